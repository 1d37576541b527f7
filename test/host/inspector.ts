// Hands for the tests inside VS Code: the extension's own api, a document with a selection, waiting for a state.

import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { InspectionState } from '../../src/core/inspection';
import type { ExtensionApi } from '../../src/host/activate';
import { type FlatState, flat } from '../support/flatState';

export const server = 'Server, can I have the check?\nLooks like I just crashed the server\n';

const folders: string[] = [];
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** A file of its own folder, both gone after the tests. */
export async function temporaryFile(name: string, content: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'inspector-'));
  folders.push(folder);
  const file = path.join(folder, name);
  await writeFile(file, content);
  return file;
}

function getExtension(): vscode.Extension<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('transformer-inspector.transformer-inspector');
  assert.ok(extension, 'the extension is not installed');
  return extension;
}

/** The activated extension. */
export async function activated(): Promise<ExtensionApi> {
  return getExtension().activate();
}

/** The commands of the manifest. */
export function contributedCommands(): readonly { readonly command: string }[] {
  return getExtension().packageJSON.contributes.commands;
}

/** Absolute path of a file of the project. */
export function projectPath(relative: string): string {
  return vscode.Uri.joinPath(getExtension().extensionUri, relative).fsPath;
}

/** Shows a file of that text with `start … end` selected (the caret, where they are equal). */
export async function showText(content: string, start: number, end = start): Promise<vscode.TextEditor> {
  // A file and no untitled document: VS Code would ask whether to save it.
  const document = await vscode.workspace.openTextDocument(await temporaryFile('text.txt', content));
  const selection = new vscode.Range(document.positionAt(start), document.positionAt(end));
  return vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, selection });
}

/** Resolves with the first state for which `holds`, the present one included. */
export async function stateThat(holds: (state: FlatState) => boolean, timeoutMs = 90_000): Promise<FlatState> {
  const api = await activated();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no such state; the last one: ${JSON.stringify({ ...flat(api.state()), model: null, run: null })}`)),
      timeoutMs,
    );
    const stop = api.onChange(check);
    check(api.state());
    function check(given: InspectionState): void {
      const state = flat(given);
      if (!holds(state)) return;
      clearTimeout(timer);
      stop?.();
      resolve(state);
    }
  });
}

/** Runs the command and waits until it has shown a text or said why not. */
export async function inspect(): Promise<FlatState> {
  await vscode.commands.executeCommand('transformerInspector.inspectSelection');
  return stateThat(({ phase }) => phase.name === 'ready' || phase.name === 'idle');
}

/** Waits until as many panels are open: VS Code learns of tabs a little later. */
export async function panelsOpen(count: number): Promise<void> {
  const isPanel = ({ input }: vscode.Tab) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('transformerInspector.panel');
  for (const end = Date.now() + 60_000; ; ) {
    const panels = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter(isPanel);
    if (panels.length === count) return assert.ok(panels.every((tab) => tab.label === 'Transformer Inspector'));
    if (Date.now() > end) assert.fail(`${panels.length} panels are open, not ${count}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
