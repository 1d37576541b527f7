// Saving the map as a picture: the page draws it, for it knows fonts and colours; here it is written where the user says.

import * as vscode from 'vscode';
import { fileReason } from '../../core/files/fileReason';
import type { InspectionState } from '../../core/inspection';
import { problem } from '../../core/problem';
import { viewName } from '../../present/heads/headWords';
import type { Panel } from '../surfaces/panel/panel';
import { tell } from './copies';

/** Asks where, draws, writes. */
export async function savePicture(panel: Panel, { subjects: [{ run, selection }], view }: InspectionState): Promise<void> {
  if (!run || !view) return void tell(problem('nothingToCopy', { reason: 'no text has been inspected' }));
  const name = `${(selection?.label ?? 'attention').replace(/[^\p{L}\p{N}.]+/gu, '-')}-${viewName(run, view).replace(/[^\p{L}\p{N}]+/gu, '-')}.svg`;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { SVG: ['svg'], PNG: ['png'] },
    title: 'Save the Map as a Picture',
  });
  if (!target) return;
  const drawn = await panel.drawPicture(/\.png$/i.test(target.path) ? 'png' : 'svg');
  if (!drawn) return void tell(problem('pictureHidden'));
  try {
    await vscode.workspace.fs.writeFile(target, drawn);
  } catch (error) {
    return void tell(problem('fileNotWritten', { path: target.fsPath, reason: fileReason(error) }));
  }
  vscode.window.setStatusBarMessage(`Saved ${vscode.workspace.asRelativePath(target)}`, 4000);
}
