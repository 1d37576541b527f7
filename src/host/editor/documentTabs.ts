// Where a document is among VS Code's tabs: in a text editor, or as a cell of a notebook.

import * as vscode from 'vscode';
import { isPanelTab } from '../platform/panelTab';
import type { ColumnGroup } from './columns';

export interface NotebookCell {
  readonly notebook: vscode.NotebookDocument;
  /** Counted from 1, as people do. */
  readonly number: number;
}

/** The cell whose text the document is; undefined where it is none. */
export function cellOf(uri: string): NotebookCell | undefined {
  for (const notebook of vscode.workspace.notebookDocuments) {
    const index = notebook.getCells().findIndex((cell) => cell.document.uri.toString() === uri);
    if (index >= 0) return { notebook, number: index + 1 };
  }
  return undefined;
}

/** Whether a tab shows the document. */
export function isTabOf(uri: string): (tab: vscode.Tab) => boolean {
  const notebook = cellOf(uri)?.notebook.uri.toString();
  return ({ input }) =>
    (input instanceof vscode.TabInputText && input.uri.toString() === uri) || (input instanceof vscode.TabInputNotebook && input.uri.toString() === notebook);
}

/** The groups of tabs, as far as the document and the panel are in them. */
export function columnGroupsOf(uri: string): readonly ColumnGroup[] {
  const isIts = isTabOf(uri);
  return vscode.window.tabGroups.all.map(({ viewColumn, tabs }) => ({ viewColumn, hasDocument: tabs.some(isIts), hasPanel: tabs.some(isPanelTab) }));
}
