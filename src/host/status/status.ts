// The one status bar item; a click chooses another model.

import * as vscode from 'vscode';
import type { InspectionState } from '../../core/inspection';
import { statusTextOf } from './statusText';

export class Status implements vscode.Disposable {
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
