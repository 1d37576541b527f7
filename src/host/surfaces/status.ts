// The one status bar item; a click chooses another model.

import * as vscode from 'vscode';
import type { InspectionState } from '../../core/inspection';
import { statusTextOf } from './statusText';
import type { Surface } from './surface';

export class Status implements Surface, vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('transformerInspector.status', vscode.StatusBarAlignment.Right, 90);

  constructor() {
    this.item.name = 'Transformer Inspector';
    this.item.command = 'transformerInspector.chooseModel';
  }

  show(state: InspectionState): void {
    const words = statusTextOf(state);
    this.item.text = words?.text ?? '';
    this.item.tooltip = words?.tooltip;
    if (words) this.item.show();
    else this.item.hide();
  }

  dispose(): void {
    this.item.dispose();
  }
}
