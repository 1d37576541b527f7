import { strict as assert } from 'node:assert';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { flat } from '../support/flatState';
import { tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';
import { activated, inspect, server, showText, stateThat } from './inspector';

async function edited(editor: vscode.TextEditor, offset: number, text: string): Promise<void> {
  await editor.edit((edit) => edit.insert(editor.document.positionAt(offset), text));
}

async function inspectAgain() {
  await vscode.commands.executeCommand('transformerInspector.inspectAgain');
  return stateThat(({ phase }) => phase.name === 'ready' || phase.name === 'idle');
}

describe('A text that is edited after it was inspected', () => {
  it('is marked where the edit is in it, and inspected again as it stands', async () => {
    const editor = await showText(server, 0, 29);
    await inspect();
    await edited(editor, 30, 'Well. ');
    assert.equal(flat((await activated()).state()).isTextStale, false);
    await edited(editor, 0, 'So: ');
    assert.equal(flat((await activated()).state()).isTextStale, false);
    await edited(editor, 4 + 'Server, can I have the '.length, 'last ');
    await stateThat((state) => state.isTextStale === true);
    const { run, selection, isTextStale } = await inspectAgain();
    assert.deepEqual([run?.text, selection?.start, isTextStale], ['Server, can I have the last check?', 4, false]);
  });

  it('is not marked any more once the edit is undone', async () => {
    const editor = await showText(server, 0, 29);
    await inspect();
    await edited(editor, 3, 'x');
    await stateThat((state) => state.isTextStale === true);
    await vscode.window.showTextDocument(editor.document, vscode.ViewColumn.One);
    await vscode.commands.executeCommand('undo');
    await stateThat((state) => state.isTextStale === false);
  });
});

describe('A model whose files change', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'inspector-model-'));
    await mkdir(path.join(folder, 'm'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is loaded anew before the next run, and refused by name where it is gone', async () => {
    const [model, other] = [path.join(folder, 'm', 'model.onnx'), path.join(folder, 'other.onnx')];
    await writeFile(model, tinyTransformer({ layers: 2 }));
    await writeFile(other, tinyTransformer({ layers: 3 }));
    await writeFile(path.join(folder, 'm', 'tokenizer.json'), wordTokenizer());
    await showText(server, 0, 29);
    await inspect();
    const api = await activated();
    assert.equal(await api.useModel(path.join(folder, 'm')), null);
    assert.equal(flat(api.state()).model?.towers[0]?.layerCount, 2);
    await copyFile(other, model);
    await inspect();
    assert.equal(flat(api.state()).model?.towers[0]?.layerCount, 3);
    const { run } = flat(api.state());
    await rm(path.join(folder, 'm'), { recursive: true });
    const after = await inspect();
    assert.deepEqual([after.problem?.code, after.run?.runId], ['modelNotFound', run?.runId]);
    assert.equal(await api.useModel('bundled:encoder'), null);
  });
});

describe('The commands of the panel', () => {
  it('step through heads, layers and candidates', async () => {
    await showText(server, 0, 29);
    const { view, run } = await inspect();
    const at = (layer: number | undefined, head: number | null | undefined) =>
      stateThat((state) => state.view?.site.layer === layer && state.view?.head === head);
    const sites = run?.sites.filter(({ kind }) => kind === 'self') ?? [];
    const step = (name: string) => vscode.commands.executeCommand(`transformerInspector.${name}`);
    await step('nextHead');
    await step('previousHead');
    await at(view?.site.layer, view?.head);
    await step('nextLayer');
    await at(((view?.site.layer ?? 0) + 1) % sites.length, view?.head);
    await step('nextCandidate');
    const first = run?.firstSight;
    await at(first?.site.layer, first?.head);
  });

  it('open an example that the next command inspects, beside the panel that shared its group', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('transformerInspector.openExample');
    const { run } = await inspect();
    assert.equal(run?.text, 'Looks like I just crashed the server');
    const isPanel = ({ input }: vscode.Tab) => input instanceof vscode.TabInputWebview;
    const isApart = () => vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(isPanel))?.tabs.every(isPanel) === true;
    // VS Code learns of tabs a little later.
    const comes = async (isWanted: boolean) => {
      for (const end = Date.now() + 20_000; isApart() !== isWanted && Date.now() < end; ) await new Promise((resolve) => setTimeout(resolve, 50));
      assert.equal(isApart(), isWanted);
    };
    await vscode.commands.executeCommand('workbench.action.joinAllGroups');
    await comes(false);
    await inspect();
    await comes(true);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});
