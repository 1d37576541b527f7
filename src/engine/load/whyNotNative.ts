// When a run on the native runtime is to be made again on WebAssembly, which is the reference.

import { failedCheckProblem } from '../../core/check';
import type { Outcome } from '../../core/problem';
import type { RunSummary } from '../../core/run';
import type { LoadedModelState } from '../model/loadedModel';
import { isOfRuntime, saidOfNative } from './loadOnRuntime';

const failedIn = ({ checks }: RunSummary) => checks.find((check) => check.state === 'failed');

/** Whether an identity failed. */
export const hasFailed = (run: RunSummary): boolean => failedIn(run) !== undefined;

/** Why: the runtime refused the text, or its numbers do not agree with each other. Undefined where neither is so, or it was WebAssembly. */
export function whyNotNative(outcome: Outcome<RunSummary>, { description }: LoadedModelState): string | undefined {
  if (description.engine.name !== 'native') return undefined;
  if (!outcome.ok) return isOfRuntime(outcome.problem) ? saidOfNative(outcome.problem) : undefined;
  const failed = failedIn(outcome.value);
  return failed && `on the native runtime ${failedCheckProblem(failed).message.replace(/^The/, 'the').replace(/\.$/, '')}`;
}
