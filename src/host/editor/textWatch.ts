// Watches the documents that texts were taken from: where each text stands by now, and whether it still stands there.

import * as vscode from 'vscode';
import type { InspectionState, SubjectIndex } from '../../core/inspection';
import type { SelectionText } from '../../core/subject';
import type { Surface } from '../surfaces/surface';
import { placeOf } from './editorMemory';
import { FollowedTexts } from './followedTexts';
import { selectionTextOf } from './selectionText';

export class TextWatch implements Surface, vscode.Disposable {
  private readonly texts = new FollowedTexts();
  private shown: readonly (SelectionText | null)[] = [];
  private readonly subscriptions: readonly vscode.Disposable[];

  constructor(private readonly mark: (subject: SubjectIndex, isTextStale: boolean) => void) {
    this.subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        this.texts.edit(document.uri.toString(), contentChanges);
        this.check();
      }),
      // A document that is opened again may have been changed while it was closed.
      vscode.workspace.onDidOpenTextDocument(() => this.check()),
      vscode.workspace.onDidCloseTextDocument(() => this.check()),
    ];
  }

  /** A text that is inspected now: followed from here on, as it may be edited before it is shown. */
  follow(selection: SelectionText): SelectionText {
    this.texts.follow(selection);
    return selection;
  }

  /** UTF-16 offset in its document of the text's beginning, by now. */
  startOf(selection: SelectionText): number {
    return this.texts.placeOf(selection).start;
  }

  show({ subjects }: InspectionState): void {
    const selections = subjects.map(({ selection }) => selection);
    if (selections.length === this.shown.length && selections.every((selection, i) => selection === this.shown[i])) return;
    this.shown = selections;
    for (const selection of selections) if (selection) this.follow(selection);
    this.check();
  }

  /** What stands at the text's place now, to be inspected again. Rejects where the document is gone. */
  async now(selection: SelectionText): Promise<SelectionText> {
    if (selection.uri === null) return selection;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(selection.uri));
    const { start, end } = this.texts.placeOf(selection);
    const length = document.getText().length;
    const next = selectionTextOf(placeOf(document, Math.min(start, length), Math.min(end, length)));
    const caret = selection.caret === undefined ? undefined : Math.min(selection.caret, next.text.length);
    return this.follow({ ...next, ...(caret !== undefined && { caret }) });
  }

  dispose(): void {
    for (const subscription of this.subscriptions) subscription.dispose();
  }

  private check(): void {
    for (const [index, selection] of this.shown.entries()) this.mark(index as SubjectIndex, selection !== null && this.isStale(selection));
  }

  /** A closed document is not known to hold another text. */
  private isStale(selection: SelectionText): boolean {
    const document = vscode.workspace.textDocuments.find(({ uri, isClosed }) => !isClosed && uri.toString() === selection.uri);
    if (!document || document.version === selection.documentVersion) return false;
    const { start, end } = this.texts.placeOf(selection);
    return document.getText(new vscode.Range(document.positionAt(start), document.positionAt(end))) !== selection.text;
  }
}
