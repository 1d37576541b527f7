// A length that an exporter wrote into a graph whose axes are declared free: found by running texts of several lengths.

import { ProblemError } from '../../core/problem';
import { int64 } from '../../onnx/file/elementTypes';
import type { OnnxModel } from '../../onnx/file/model';
import { tensorNumbers } from '../../onnx/graph/constants';

const longest = 4096;
const mostTried = 24;

/** Numbers larger than 1 in small whole-number constants, where reshapes keep a length. Smallest first. */
export function lengthsWritten(model: OnnxModel): number[] {
  const tensors = [
    ...model.initializers.values(),
    ...model.nodes.flatMap((node) => (node.op === 'Constant' ? (node.attributes.get('value')?.tensor ?? []) : [])),
  ].filter((tensor) => tensor.type === int64 && tensor.dims.length <= 1);
  const numbers = tensors.flatMap((tensor) => tensorNumbers(tensor, 8) ?? []);
  return [...new Set(numbers)]
    .filter((value) => value > 1 && value <= longest)
    .sort((a, b) => a - b)
    .slice(0, mostTried);
}

/** Whether a run of this many tokens works; other failures than the runtime's go on. */
async function works(run: (count: number) => Promise<unknown>, count: number): Promise<boolean> {
  try {
    await run(count);
    return true;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'runtimeRefused') return false;
    throw error;
  }
}

/**
 * The only number of tokens that the graph takes; undefined where it takes others too. `usual` is tried first. Throws what the runtime
 * says where no length works.
 */
export async function onlyLength(run: (count: number) => Promise<unknown>, usual: number, candidates: readonly number[]): Promise<number | undefined> {
  const [own, next] = [await works(run, usual), await works(run, usual + 1)];
  // Some graphs take even numbers only.
  if (own) return next || (await works(run, usual + 2)) ? undefined : usual;
  if (next) return (await works(run, usual + 3)) ? undefined : usual + 1;
  for (const count of candidates) {
    if (count === usual || count === usual + 1 || !(await works(run, count))) continue;
    return (await works(run, count + 1)) ? undefined : count;
  }
  await run(usual);
  return undefined;
}
