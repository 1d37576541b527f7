// Steps of one text become one tensor: queries one after another, keys as far as each step could read. Knows nothing of what the tensors mean.

import { sizeOf } from '../../core/tensor';
import { concatenated, type LetteredTensor } from './canonical';

const sizeAt = ({ letters, dims }: LetteredTensor, letter: string) => dims[letters.indexOf(letter)] as number;

/** The tensor with its key axis made longer; new cells hold `filler`. */
function lengthened(tensor: LetteredTensor, keys: number, filler: number): LetteredTensor {
  const axis = tensor.letters.indexOf('k');
  const own = tensor.dims[axis] as number;
  if (own === keys) return tensor;
  const inner = sizeOf(tensor.dims.slice(axis + 1));
  const data = new Float32Array((tensor.data.length / own) * keys).fill(filler);
  for (let from = 0, to = 0; from < tensor.data.length; from += own * inner, to += keys * inner) data.set(tensor.data.subarray(from, from + own * inner), to);
  return { ...tensor, dims: tensor.dims.map((size, i) => (i === axis ? keys : size)), data };
}

/** Whether each step repeats, bit for bit, what the step before had. */
function isContinued(steps: readonly LetteredTensor[]): boolean {
  return steps.every((step, i) => {
    const next = steps[i + 1];
    if (!next) return true;
    const axis = step.letters.indexOf('k');
    const inner = sizeOf(step.dims.slice(axis + 1));
    const [own, later] = [sizeAt(step, 'k') * inner, sizeAt(next, 'k') * inner];
    return step.data.every((value, at) => Object.is(value, next.data[Math.floor(at / own) * later + (at % own)]));
  });
}

/** The last `count` keys. */
function tail(tensor: LetteredTensor, count: number): LetteredTensor {
  const axis = tensor.letters.indexOf('k');
  const own = tensor.dims[axis] as number;
  const inner = sizeOf(tensor.dims.slice(axis + 1));
  const data = tensor.data.filter((_, at) => Math.floor(at / inner) % own >= own - count);
  return { ...tensor, dims: tensor.dims.map((size, i) => (i === axis ? count : size)), data };
}

/**
 * Keys or values of steps: the same at every step (those of another text), all so far, of which the last step has all, or what each step has
 * of its own token, alone or behind what it was given.
 */
function joinKeys(steps: readonly LetteredTensor[]): LetteredTensor | undefined {
  if (isContinued(steps)) return steps.at(-1);
  const counts = steps.map((step) => sizeAt(step, 'k'));
  const isAlone = counts.every((count) => count === 1);
  if (!isAlone && !counts.every((count, i) => count === i + 1)) return undefined;
  return concatenated(isAlone ? steps : steps.map((step) => tail(step, 1)), 'k');
}

/**
 * All steps as one tensor; undefined where they do not fit each other. Where later steps have more keys, `filler` stands in the cells of
 * keys that a step could not read yet (0 for weights, −∞ for scores), and `reach` tells how many keys each query could.
 */
export function joinSteps(steps: readonly LetteredTensor[], filler: number): LetteredTensor | undefined {
  const [first] = steps;
  if (!first || steps.length === 1) return first;
  const [hasQueries, hasKeys] = ['q', 'k'].map((letter) => first.letters.includes(letter));
  if (steps.some((step) => step.letters !== first.letters)) return undefined;
  if (!hasQueries) return hasKeys ? joinKeys(steps) : first;
  if (!hasKeys) return concatenated(steps, 'q');
  const keys = steps.map((step) => sizeAt(step, 'k'));
  if (keys.every((count) => count === keys[0])) return concatenated(steps, 'q');
  if (keys.some((count, i) => count < (keys[i - 1] ?? 0))) return undefined;
  const all = concatenated(
    steps.map((step) => lengthened(step, keys.at(-1) as number, filler)),
    'q',
  );
  return all && { ...all, reach: steps.flatMap((step, i) => Array.from({ length: sizeAt(step, 'q') }, () => keys[i] as number)) };
}
