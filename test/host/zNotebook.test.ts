// Last by its name: a notebook is a webview of its own, and in the workbench in the browser a panel that starts beside it may wait for
// ever for VS Code's service worker ("Found unexpected service worker controller"). No test after this one needs the panel's page.

import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { inspect } from './inspector';

describe('A cell of a notebook', () => {
  it('is named by its number', async () => {
    const cells = ['one', 'Looks like I just crashed the server'].map((text) => new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, text, 'markdown'));
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData(cells));
    const { document } = notebook.cellAt(1);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(0, 0, 0, 5) });
    const { selection } = await inspect();
    assert.match(selection?.label ?? '', / · cell 2 : 1$/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
