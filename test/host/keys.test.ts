import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import * as vscode from 'vscode';
import { projectPath } from './inspector';

interface Binding {
  readonly key: string;
  readonly command: string;
}

/** VS Code's own are those of editors, lists and terminals, and of webviews with its find field: none of them has the focus together with the panel. */
const ofPlace = ['ctrl+f'];

describe('The key of the command', () => {
  it('is taken by none of VS Code’s defaults', async () => {
    const defaults = await vscode.workspace.openTextDocument(vscode.Uri.parse('vscode://defaultsettings/keybindings.json'));
    const bindings = [...defaults.getText().matchAll(/"key": "([^"]+)",\s*"command": "([^"]+)"/g)].map(
      ([, key = '', command = '']): Binding => ({ key, command }),
    );
    const manifest = JSON.parse(readFileSync(projectPath('package.json'), 'utf8')) as { contributes: { keybindings: Binding[] } };
    for (const { key, command } of manifest.contributes.keybindings.filter((binding) => !ofPlace.includes(binding.key))) {
      const taken = bindings.filter((binding) => binding.key === key || binding.key.startsWith(`${key} `) || `${key} `.startsWith(`${binding.key} `));
      assert.deepEqual(
        taken.map((binding) => binding.command),
        [command],
      );
    }
    assert.ok(bindings.length > 500);
  });
});
