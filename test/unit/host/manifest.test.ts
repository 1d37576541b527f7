// What package.json promises VS Code, held to what the extension does.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as {
  capabilities: { untrustedWorkspaces: { restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; icon?: string }[];
    keybindings: { command: string; key: string; when: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    walkthroughs: { steps: unknown[] }[];
    configuration: { properties: Record<string, { scope?: string }> };
  };
};
const { commands, keybindings, menus, configuration } = manifest.contributes;
const known = commands.map(({ command }) => command);

describe('in a workspace that is not trusted', () => {
  it('settings that name files, or say what the engine may use, are left alone', () => {
    const wanted = Object.keys(configuration.properties).filter((name) => /\.(model|models|engine)\./.test(name));
    expect(wanted.length).toBeGreaterThan(3);
    expect([...manifest.capabilities.untrustedWorkspaces.restrictedConfigurations].sort()).toEqual(wanted.sort());
  });
});

it('the walkthrough has four steps that lead to commands that there are', () => {
  const [walkthrough] = manifest.contributes.walkthroughs;
  expect(walkthrough?.steps).toHaveLength(4);
  const linked = [...JSON.stringify(walkthrough).matchAll(/(?:onCommand|command):([\w.]+)/g)].map(([, command = '']) => command);
  expect(linked.length).toBeGreaterThanOrEqual(8);
  expect(linked.filter((command) => !known.includes(command))).toEqual([]);
});

it('what it names goes into the package', () => {
  const allowed = readFileSync(path.join(root, '.vscodeignore'), 'utf8').split('\n');
  for (const pattern of ['!media/walkthrough/**', '!examples/*.txt', '!dist/*.js']) expect(allowed).toContain(pattern);
});

describe('keys and menus', () => {
  it('call commands that there are', () => {
    const called = [...keybindings, ...Object.values(menus).flat()].map(({ command }) => command);
    expect(called.filter((command) => !known.includes(command))).toEqual([]);
  });

  it('of letters alone are the panel’s, while nothing else is written into or has the focus', () => {
    const plain = keybindings.filter(({ key }) => !/ctrl|alt|cmd|meta/.test(key));
    expect(plain.length).toBeGreaterThan(8);
    for (const { key, when } of plain) {
      expect(`${key}: ${when}`).toMatch(/: activeWebviewPanelId == 'transformerInspector\.panel' && !inputFocus && /);
    }
  });

  it('give each key to one command', () => {
    const keys = keybindings.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    // VS Code's own way through tabs.
    expect(keys.filter((key) => /pageup|pagedown/.test(key))).toEqual([]);
  });

  it('show an icon in the title bar of the panel, and only there', () => {
    for (const { command, when } of menus['editor/title'] ?? []) {
      expect(commands.find((one) => one.command === command)?.icon).toMatch(/^\$\(/);
      expect(when).toBe("activeWebviewPanelId == 'transformerInspector.panel'");
    }
  });
});

it('the files that it names are there', () => {
  const named = [...JSON.stringify(manifest).matchAll(/"(media\/[^"]+)"/g)].map(([, file = '']) => file);
  expect(named.length).toBeGreaterThan(0);
  for (const file of named) expect([file, existsSync(path.join(root, file))]).toEqual([file, true]);
});
