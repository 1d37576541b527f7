// What an ONNX runtime throws, as Problems of ours.

import { refuse } from '../../core/problem';
import { runtimeReason } from './runtimeWords';

const memoryWords = /bad_alloc|out of memory|Out of memory|Aborted\(|memory access out of bounds|failed to allocate|Array buffer allocation/i;

/** What WebAssembly says when its code has broken off: nothing that it holds can be trusted afterwards. */
const brokenWords = /RuntimeError|unreachable|null function|table index is out of bounds|indirect call|function signature mismatch/i;

const unknownOperators = [
  /([\w.]+:\w+)\(-?\d+\) is not a registered function\/op/,
  /No Op registered for (\w+) with domain_version/,
  /[Cc]ould not find an implementation for (\w+)/,
];

/** The operator that the runtime lacks, at all or for these types; undefined where it complains of something else. */
export function unknownOperator(message: string): string | undefined {
  return unknownOperators.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined);
}

export const isOutOfMemory = (error: unknown): boolean => memoryWords.test(String(error));

/** Turns what the runtime throws into a Problem. `memory`: what its memory ends at. */
export function refuseRuntime(error: unknown, file: string, memory: string): never {
  const message = error instanceof Error ? error.message : String(error);
  // Inside the runtime an exhausted heap may surface as a bare number.
  if (memoryWords.test(message) || /^\d+$/.test(message)) return refuse('outOfMemory', { reason: memory });
  if (brokenWords.test(`${error instanceof Error ? error.name : ''} ${message}`)) return refuse('engineEnded', { reason: 'the ONNX runtime broke off' });
  const operator = unknownOperator(message);
  if (operator !== undefined) return refuse('operatorUnknown', { file, operator });
  return refuse('runtimeRefused', { file, reason: runtimeReason(message) });
}
