// The text editor that was used last: none is active while a webview has the focus.

import * as vscode from 'vscode';
import type { TextPlace } from './selectionText';

/** Editors that show no text of the user. */
const foreignSchemes: ReadonlySet<string> = new Set(['output', 'debug', 'comment']);

export class EditorMemory implements vscode.Disposable {
  private document: vscode.TextDocument | null = null;
  private selection: vscode.Selection | null = null;
  private readonly subscriptions: vscode.Disposable[];

  constructor() {
    this.remember(vscode.window.activeTextEditor);
    this.subscriptions = [
      vscode.window.onDidChangeActiveTextEditor((editor) => this.remember(editor)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.remember(textEditor)),
    ];
  }

  /** The document and the selection in it; undefined when no text editor was used, or its document is closed. */
  findPlace(): TextPlace | undefined {
    this.remember(vscode.window.activeTextEditor);
    const { document, selection } = this;
    return document && selection && !document.isClosed ? placeOf(document, document.offsetAt(selection.start), document.offsetAt(selection.end)) : undefined;
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private remember(editor: vscode.TextEditor | undefined): void {
    if (!editor || foreignSchemes.has(editor.document.uri.scheme)) return;
    this.document = editor.document;
    this.selection = editor.selection;
  }
}

/** A range of a document as the inspection takes it. */
export function placeOf(document: vscode.TextDocument, start: number, end: number): TextPlace {
  const { path } = document.uri;
  const fileName = path.slice(path.lastIndexOf('/') + 1);
  return { text: document.getText(), uri: document.uri.toString(), fileName, documentVersion: document.version, start, end };
}
