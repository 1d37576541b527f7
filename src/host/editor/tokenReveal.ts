// From a token of the run to its characters in the text editor. The focus stays where it is, and so does what is inspected next.

import * as vscode from 'vscode';
import type { SelectionText, Subject } from '../../core/subject';
import { revealColumnOf } from './columns';
import { columnGroupsOf } from './documentTabs';
import type { RevealMemory } from './revealMemory';

export interface TokenPlace {
  readonly list: 'source' | 'target';
  readonly token: number;
}

export class TokenReveal {
  constructor(
    private readonly reveals: RevealMemory,
    /** Where in its document a text begins by now. */
    private readonly startOf: (selection: SelectionText) => number,
  ) {}

  /** Selects the token's range in the editor of its document; says so where the text, or the document, is no longer there. */
  async show({ selection, run }: Subject, { list, token }: TokenPlace): Promise<void> {
    const found = run?.tokens[list]?.[token];
    if (!selection?.uri || !run || !found || found.sequence !== 0 || list !== 'source' || found.start === found.end) return;
    const document = await openDocument(selection.uri);
    if (!document) return say('The document of this text is no longer there.');
    const textStart = this.startOf(selection);
    const [start, end] = [textStart + found.start, textStart + found.end];
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    if (document.getText(range) !== run.text.slice(found.start, found.end)) return say('The text was changed after it was inspected.');
    this.reveals.note({ uri: document.uri.toString(), start, end, selection: { ...selection, start: textStart } });
    await vscode.window.showTextDocument(document, { viewColumn: columnOf(document), preserveFocus: true, selection: range });
  }
}

/** Undefined where the file was deleted or the untitled document closed. */
async function openDocument(uri: string): Promise<vscode.TextDocument | undefined> {
  try {
    return await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
  } catch {
    return undefined;
  }
}

function columnOf(document: vscode.TextDocument): vscode.ViewColumn {
  const visible = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  return visible?.viewColumn ?? revealColumnOf(columnGroupsOf(document.uri.toString())) ?? vscode.ViewColumn.Beside;
}

function say(words: string): void {
  vscode.window.setStatusBarMessage(words, 4000);
}
