// Saving what a run computed: the same file as the command line's `capture` writes of the same text.

import * as vscode from 'vscode';
import { captureList } from '../../captures/captureList';
import { fileReason } from '../../core/files/fileReason';
import { type Problem, ProblemError, problem } from '../../core/problem';
import type { SeenRun } from '../../core/run';
import type { Subject } from '../../core/subject';
import type { EngineLink } from '../engine/engineLink';
import type { Platform } from '../platform/platform';
import { tell } from './copies';

export interface SaveParts {
  readonly subject: Subject;
  readonly engine: Pick<EngineLink, 'read' | 'finishChecks'>;
  readonly platform: Pick<Platform, 'writeCapture'>;
  /** Of the extension. */
  readonly version: string;
}

/** Asks where, then reads and writes tensor by tensor; can be given up. */
export async function saveCapture({ subject: { run, model, selection }, engine, platform, version }: SaveParts): Promise<void> {
  if (!run || !model) return tell(problem('nothingToCopy', { reason: 'no text has been inspected' }));
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const name = `${(selection?.label ?? 'run').replace(/[^\p{L}\p{N}.]+/gu, '-')}.safetensors`;
  const target = await vscode.window.showSaveDialog({
    ...(folder && { defaultUri: vscode.Uri.joinPath(folder, name) }),
    filters: { safetensors: ['safetensors'], 'NumPy archive': ['npz'] },
    title: 'Save What the Model Computed',
  });
  if (!target) return;
  if (target.scheme !== 'file' || !/\.(safetensors|npz)$/i.test(target.path)) return tell(problem('captureNotSaved', { path: target.toString(true) }));
  const progress = { location: vscode.ProgressLocation.Notification, title: 'Saving the capture', cancellable: true };
  await vscode.window.withProgress(progress, async (report, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    let told = 0;
    const onPart = (part: number) => {
      report.report({ increment: (part - told) * 100 });
      told = part;
    };
    const { keys } = captureList(model, {});
    try {
      const checked = await checkedRun(run, engine, controller.signal);
      const wish = { path: target.fsPath, keys, run: checked, modelSha256: model.sha256, version };
      await platform.writeCapture(engine, wish, { signal: controller.signal, onPart });
      vscode.window.setStatusBarMessage(`Saved ${vscode.workspace.asRelativePath(target)}`, 4000);
    } catch (error) {
      if (!controller.signal.aborted) await tell(failureOf(error, target.fsPath));
    }
  });
}

/** A file says what came of all checks: of those that come after the picture, too. */
async function checkedRun(run: SeenRun, engine: SaveParts['engine'], signal: AbortSignal): Promise<SeenRun> {
  if (!run.checks.some((check) => check.isComing)) return run;
  const outcome = await engine.finishChecks(run.runId, signal);
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  return { ...run, ...outcome.value };
}

function failureOf(error: unknown, path: string): Problem {
  return error instanceof ProblemError ? error.problem : problem('fileNotWritten', { path, reason: fileReason(error) });
}
