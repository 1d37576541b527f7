import { strict as assert } from 'node:assert';
import { rm } from 'node:fs/promises';
import * as vscode from 'vscode';
import { flat } from '../support/flatState';
import { activated, inspect, panelsOpen, server, showText } from './inspector';

/** Reveals the run's token `check`; returns the editors of its document. */
async function revealCheck(document: vscode.TextDocument): Promise<readonly vscode.TextEditor[]> {
  const api = await activated();
  const token = flat(api.state()).run?.tokens.source?.findIndex(({ text }) => text.includes('check')) ?? -1;
  assert.ok(token > 0);
  await api.revealToken({ list: 'source', token });
  return vscode.window.visibleTextEditors.filter((editor) => editor.document.uri.toString() === document.uri.toString());
}

describe('A token of the panel', () => {
  it('is selected in its editor, and the next run is of the text as before', async () => {
    const { document } = await showText(server, 8, 28);
    await inspect();
    const [editor] = await revealCheck(document);
    assert.equal(editor && document.getText(editor.selection), 'check');
    const { run } = await inspect();
    assert.equal(run?.text, 'can I have the check');
  });

  it('is shown beside the panel and not over it where its editor was closed', async () => {
    const { document } = await showText(server, 8, 28);
    await inspect();
    await vscode.commands.executeCommand('workbench.action.closeEditorsInGroup');
    const [editor] = await revealCheck(document);
    const isPanel = ({ input }: vscode.Tab) => input instanceof vscode.TabInputWebview;
    await panelsOpen(1);
    const group = vscode.window.tabGroups.all.find(({ tabs }) => tabs.some(isPanel));
    assert.ok(editor && group && editor.viewColumn !== group.viewColumn);
  });

  it('of a document that is gone changes nothing', async () => {
    const { document } = await showText(server, 8, 28);
    const { run } = await inspect();
    await vscode.commands.executeCommand('workbench.action.closeEditorsInGroup');
    await rm(document.uri.fsPath);
    await revealCheck(document);
    assert.equal(flat((await activated()).state()).run?.runId, run?.runId);
  });
});
