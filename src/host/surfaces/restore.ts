// Brings the picture back after a reload: the text that stands at the stored place now is inspected again.

import * as vscode from 'vscode';
import { documentGone } from '../editor/documentGone';
import { placeOf } from '../editor/editorMemory';
import { selectionTextOf } from '../editor/selectionText';
import type { Inspection } from '../inspection/inspection';
import { isSavedPicture } from './savedPicture';

/** Runs the stored picture anew; does nothing where none is stored, says why where its document is gone. */
export async function restore(inspection: Inspection, stored: unknown): Promise<void> {
  if (!isSavedPicture(stored)) return;
  const uri = vscode.Uri.parse(stored.uri);
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const end = Math.min(stored.end, document.getText().length);
    const place = placeOf(document, Math.min(stored.start, end), end);
    inspection.presetModel(stored.model);
    await inspection.inspect(selectionTextOf(place), stored.view);
  } catch (error) {
    inspection.showProblem(documentGone(uri, error));
  }
}
