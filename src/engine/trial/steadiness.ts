// Whether a file computes the same numbers each time, and numbers at all: what it answers for one text, run twice.

import { refuse } from '../../core/problem';
import type { ModelPart } from '../session/modelPart';
import { floatsOfRaw } from '../tensors/rawTensor';
import type { TrialRun } from './trialRun';

/** Problem modelNotNumbers: whatever it is fed, a file answers nothing but NaN. */
export function refuseSpeechless(runs: readonly TrialRun[], parts: readonly ModelPart[]): void {
  const silentIn = ({ outputs }: TrialRun) => [...outputs].find(([, tensor]) => tensor.data.length > 0 && floatsOfRaw(tensor).every(Number.isNaN))?.[0];
  const [first] = runs.map(silentIn);
  if (first === undefined || runs.some((run) => silentIn(run) === undefined)) return;
  refuse('modelNotNumbers', { file: parts[Number(first.split(' ')[0])]?.content.file.path ?? '' });
}

/** Problems: modelRandom, modelNotNumbers. `files`: the paths of the files, in order. */
export function refuseUnsteady(first: TrialRun, second: TrialRun, files: readonly string[]): void {
  for (const [key, tensor] of first.outputs) {
    const file = files[Number(key.split(' ')[0])] ?? '';
    const [a, b] = [tensor, second.outputs.get(key) ?? tensor].map(floatsOfRaw) as [Float32Array, Float32Array];
    if (a.length > 0 && a.every(Number.isNaN)) refuse('modelNotNumbers', { file });
    if (a.length !== b.length || a.some((value, i) => Math.abs(value - (b[i] as number)) > 1e-3 * Math.max(1, Math.abs(value))))
      refuse('modelRandom', { file });
  }
}
