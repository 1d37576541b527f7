// The panel as VS Code's tabs know it.

import * as vscode from 'vscode';

export const panelType = 'transformerInspector.panel';

/** VS Code puts a prefix of its own before the type. */
export function isPanelTab({ input }: vscode.Tab): boolean {
  return input instanceof vscode.TabInputWebview && input.viewType.endsWith(panelType);
}
