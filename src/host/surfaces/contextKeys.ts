// What the `when` of commands and menus may ask for.

import * as vscode from 'vscode';
import type { InspectionState } from '../../core/inspection';
import type { Surface } from './surface';

export class ContextKeys implements Surface {
  private hasRun = false;

  show({ subjects: [{ run }] }: InspectionState): void {
    if ((run !== null) === this.hasRun) return;
    this.hasRun = run !== null;
    void vscode.commands.executeCommand('setContext', 'transformerInspector.hasRun', this.hasRun);
  }
}
