// From a token of the run to its characters in the text editor. The focus stays where it is.

import * as vscode from 'vscode';
import type { InspectionState } from '../core/inspection';

export interface TokenPlace {
  readonly list: 'source' | 'target';
  readonly token: number;
}

/** Selects the token's range in the editor of its document; says so where the text is no longer there. */
export async function revealToken(state: InspectionState, { list, token }: TokenPlace): Promise<void> {
  const { selection, run } = state;
  const found = run?.tokens[list]?.[token];
  if (!selection?.uri || !run || !found || found.sequence !== 0 || list !== 'source' || found.start === found.end) return;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(selection.uri));
  const range = new vscode.Range(document.positionAt(selection.start + found.start), document.positionAt(selection.start + found.end));
  if (document.getText(range) !== run.text.slice(found.start, found.end)) {
    vscode.window.setStatusBarMessage('The text was changed after it was inspected.', 4000);
    return;
  }
  const visible = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  const viewColumn = visible?.viewColumn ?? vscode.ViewColumn.One;
  await vscode.window.showTextDocument(document, { viewColumn, preserveFocus: true, selection: range });
}
