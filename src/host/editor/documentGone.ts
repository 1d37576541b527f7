// The problem of a text whose document is no longer there.

import type * as vscode from 'vscode';
import { type Problem, problem } from '../../core/problem';

/** Why a document could not be opened, in VS Code's own words. */
export function documentGone(uri: vscode.Uri, error: unknown): Problem {
  return problem('fileMissing', { path: uri.fsPath, reason: error instanceof Error ? error.message.replace(/\.$/, '') : 'unknown' });
}
