// Runs a new text: records what is asked for, at once or some layers after the others where the memory is short, and checks it.

import { refuse } from '../../core/problem';
import { throwIfAborted } from '../../protocol/abort';
import type { InspectParams, Watching } from '../../protocol/engineApi';
import { inputsCheck } from '../inputs/inputsCheck';
import { asksForAll, type PlannedCapture, requested } from '../model/captureTable';
import type { LoadedModelState } from '../model/loadedModel';
import type { CaptureStore } from './captureStore';
import { capturesOf } from './captures';
import { beginOutputsCheck, type OutputsWish } from './outputsCheck';
import type { Pass } from './pass';
import { bytesInWords } from './predictBytes';
import { predictedTotal } from './predictedTotal';
import type { Run } from './run';

/** Problems: captureTooLarge, activationAbsent (every attention is closed), those of the runtime. */
export async function recordRun(run: Run, params: InspectParams, store: CaptureStore<Run>, { signal, progress }: Watching): Promise<void> {
  const { model, first: pass } = run;
  const captures = requested(capturesOf(pass), params.request);
  const allIdentities = asksForAll(capturesOf(pass), params.request);
  const total = predictedTotal(pass, captures);
  if (total > (params.captureLimitInBytes ?? Number.POSITIVE_INFINITY)) refuse('captureTooLarge', { size: bytesInWords(total) });
  const groups = total <= store.limitInBytes ? [captures] : withinLimit(pass, byLayer(captures), store.limitInBytes);
  store.use(run);
  // A session made for everything would record more than there is room for.
  pass.recordsOnlyWanted = predictedTotal(pass, requested(capturesOf(pass), undefined)) > store.limitInBytes;
  pass.addCheck(inputsCheck(model.description.inputs, whyUntried(model)));
  const wish = wishOf(params, groups.length);
  if (!model.outputsCheck && wish === 'now') progress?.({ stage: 'comparing' });
  const comparison = await beginOutputsCheck(pass, wish, params.whyNotCompared);
  for (const [index, group] of groups.entries()) {
    throwIfAborted(signal);
    if (groups.length > 1) progress?.({ stage: 'running', done: index, of: groups.length });
    if (index > 0) run.drop();
    await pass.capture(group, { listen: index === 0 ? comparison?.listen : undefined, allIdentities });
    if (index === 0) comparison?.finish();
    store.use(run);
  }
  pass.refuseClosed();
  if (model.outputsCheck && !pass.outputsToCompare)
    pass.addCheck(comparison || model.outputsCheck.reason ? model.outputsCheck : { ...model.outputsCheck, reason: 'compared once, with the first text' });
  throwIfAborted(signal);
}

/** What a run recorded in groups gave is let go between them: there is nothing to compare later. */
function wishOf({ compareOutputs = true }: InspectParams, groupCount: number): OutputsWish {
  if (compareOutputs === 'later') return groupCount > 1 ? 'now' : 'later';
  return compareOutputs ? 'now' : 'never';
}

/** Values that fit one text only leave nothing to try the inputs with. */
function whyUntried({ given = {} }: LoadedModelState): string | undefined {
  return Object.values(given).some((one) => one.dims !== undefined) ? 'inputs cannot be tried with values that fit one text only' : undefined;
}

/** As many neighbours together as there is room for: the files run once for each group. */
function withinLimit(pass: Pass, groups: readonly PlannedCapture[][], limitInBytes: number): PlannedCapture[][] {
  const packed: PlannedCapture[][] = [];
  for (const group of groups) {
    const joined = [...(packed.at(-1) ?? []), ...group];
    if (packed.length > 0 && predictedTotal(pass, joined) <= limitInBytes) packed[packed.length - 1] = joined;
    else packed.push(group);
  }
  return packed;
}

/** One group per layer of a tower, and one for what belongs to no layer. */
function byLayer(captures: readonly PlannedCapture[]): PlannedCapture[][] {
  const groups = new Map<string, PlannedCapture[]>();
  for (const capture of captures) {
    const name = `${capture.key.tower ?? ''}.${capture.key.layer ?? ''}`;
    groups.set(name, [...(groups.get(name) ?? []), capture]);
  }
  return [...groups.values()];
}
