// Says once that WebAssembly ran a text though the native runtime was wished for, and why.

import * as vscode from 'vscode';
import type { InspectionState } from '../../core/inspection';
import { engineSentence } from '../../present/words/engineWords';
import { settingsSection } from '../platform/settings';
import type { Surface } from './surface';

const openSettings = 'Open Settings';

export class EngineNotice implements Surface {
  private readonly said = new Set<string>();

  show({ subjects }: InspectionState): void {
    for (const { run } of subjects) {
      if (run?.engine.whyNotNative === undefined || this.said.has(run.engine.whyNotNative)) continue;
      this.said.add(run.engine.whyNotNative);
      void vscode.window.showWarningMessage(engineSentence(run.engine), openSettings).then((choice) => {
        if (choice) void vscode.commands.executeCommand('workbench.action.openSettings', `${settingsSection}.engine`);
      });
    }
  }
}
