// Soft caps among the steps of scores: three steps in the graph that are one.

import type { ScoreStep } from '../../facts/site';

const factorValue = (step: ScoreStep | undefined) =>
  step && (step.op === 'divide' || step.op === 'multiply') && 'value' in step.by ? step.by.value : undefined;

/** x / c, tanh, · c becomes one soft cap. */
export function mergedCaps(steps: readonly ScoreStep[]): ScoreStep[] {
  const result: ScoreStep[] = [];
  for (let i = 0; i < steps.length; i++) {
    const [before, cap, after] = [steps[i], steps[i + 1], steps[i + 2]];
    const value = factorValue(after);
    const isCap =
      cap?.op === 'softcap' &&
      value !== undefined &&
      after?.op === 'multiply' &&
      ((before?.op === 'divide' && factorValue(before) === value) || (before?.op === 'multiply' && Math.abs((factorValue(before) ?? 0) * value - 1) < 1e-6));
    if (isCap) {
      result.push({ op: 'softcap', cap: { value } });
      i += 2;
    } else result.push(steps[i] as ScoreStep);
  }
  return result;
}
