// The text editor that was used last: none is active while a webview has the focus.

import * as vscode from 'vscode';
import { cellOf, isTabOf } from './documentTabs';
import { RevealMemory } from './revealMemory';
import type { TextPlace } from './selectionText';

/** Editors that show no text of the user. */
const foreignSchemes: ReadonlySet<string> = new Set(['output', 'debug', 'comment']);

const byUser: ReadonlySet<vscode.TextEditorSelectionChangeKind | undefined> = new Set([
  vscode.TextEditorSelectionChangeKind.Keyboard,
  vscode.TextEditorSelectionChangeKind.Mouse,
]);

export class EditorMemory implements vscode.Disposable {
  /** Selections that the panel made and not the user. */
  readonly reveals = new RevealMemory();
  private document: vscode.TextDocument | null = null;
  private selection: vscode.Selection | null = null;
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.remember(vscode.window.activeTextEditor);
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor((editor) => this.remember(editor)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor, kind }) => {
        if (byUser.has(kind) && isUsable(textEditor)) this.reveals.forget();
        this.remember(textEditor);
      }),
    ];
  }

  /** The document and what the user selected in it; undefined when no text editor is open. */
  findPlace(): TextPlace | undefined {
    this.remember(vscode.window.activeTextEditor);
    // After a reload the panel may have the focus from the start.
    if (!isShown(this.document)) this.remember(vscode.window.visibleTextEditors.find(isUsable));
    const { document, selection } = this;
    if (!document || !selection || !isShown(document)) return undefined;
    return this.reveals.placeBehind(placeOf(document, document.offsetAt(selection.start), document.offsetAt(selection.end)));
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private remember(editor: vscode.TextEditor | undefined): void {
    if (!editor || !isUsable(editor)) return;
    this.document = editor.document;
    this.selection = editor.selection;
  }
}

function isUsable({ document }: vscode.TextEditor): boolean {
  return !foreignSchemes.has(document.uri.scheme);
}

/** Whether the document is in a tab or seen in another kind of editor: VS Code keeps documents for minutes after their tab was closed. */
function isShown(document: vscode.TextDocument | null): boolean {
  if (!document || document.isClosed) return false;
  const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
  return tabs.some(isTabOf(document.uri.toString())) || vscode.window.visibleTextEditors.some((editor) => editor.document === document);
}

/** A range of a document as the inspection takes it. */
export function placeOf(document: vscode.TextDocument, start: number, end: number): TextPlace {
  const uri = document.uri.toString();
  const cell = cellOf(uri);
  const { path } = cell?.notebook.uri ?? document.uri;
  const name = path.slice(path.lastIndexOf('/') + 1);
  return { text: document.getText(), uri, fileName: cell ? `${name} · cell ${cell.number}` : name, version: document.version, start, end };
}
