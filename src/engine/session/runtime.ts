// The ONNX runtime behind a narrow door: sessions from bytes, runs from raw tensors. The only file beside the entry that knows onnxruntime-web.
// Its errors become Problems; calls must not overlap (see runQueue.ts).

import * as ort from 'onnxruntime-web';
import { refuse } from '../../core/problem';
import type { RawTensor } from '../tensors/rawTensor';
import { runtimeReason } from './runtimeWords';

export interface MountedFile {
  readonly path: string;
  readonly data: Uint8Array;
}

export interface SessionInput {
  readonly name: string;
  /** float32, int64 … */
  readonly type: string;
  /** Numbers, or names of what may vary. */
  readonly dims: readonly (number | string)[];
}

export interface Session {
  /** Runs once; only the outputs named are copied out. */
  run(feeds: Readonly<Record<string, RawTensor>>, outputs: readonly string[]): Promise<Map<string, RawTensor>>;
  readonly inputs: readonly SessionInput[];
  release(): Promise<void>;
}

const memoryWords = /bad_alloc|out of memory|Out of memory|Aborted\(|memory access out of bounds|failed to allocate|Array buffer allocation/i;

/** What WebAssembly says when its code has broken off: nothing that it holds can be trusted afterwards. */
const brokenWords = /RuntimeError|unreachable|null function|table index is out of bounds|indirect call|function signature mismatch/i;

let last: Promise<unknown> = Promise.resolve();

/** The runtime's WebAssembly holds one call at a time, and the files of one session being made. */
function exclusive<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work, work);
  last = turn.catch(() => undefined);
  return turn;
}

const unknownOperators = [
  /([\w.]+:\w+)\(-?\d+\) is not a registered function\/op/,
  /No Op registered for (\w+) with domain_version/,
  /[Cc]ould not find an implementation for (\w+)/,
];

/** The operator that the runtime lacks, at all or for these types; undefined where it complains of something else. */
export function unknownOperator(message: string): string | undefined {
  return unknownOperators.map((pattern) => pattern.exec(message)?.[1]).find((name) => name !== undefined);
}

/** Turns what the runtime throws into a Problem. */
function refuseRuntime(error: unknown, file: string): never {
  const message = error instanceof Error ? error.message : String(error);
  // Inside the runtime an exhausted heap may surface as a bare number.
  if (memoryWords.test(message) || /^\d+$/.test(message)) return refuse('outOfMemory', { reason: 'its heap holds 4 GB at most' });
  if (brokenWords.test(`${error instanceof Error ? error.name : ''} ${message}`)) return refuse('engineEnded', { reason: 'the ONNX runtime broke off' });
  const operator = unknownOperator(message);
  if (operator !== undefined) return refuse('operatorUnknown', { file, operator });
  return refuse('runtimeRefused', { file, reason: runtimeReason(message) });
}

async function create(bytes: Uint8Array, mounted: readonly MountedFile[], level: 'all' | 'disabled'): Promise<ort.InferenceSession> {
  const externalData = mounted.map(({ path, data }) => ({ path, data }));
  return exclusive(() =>
    ort.InferenceSession.create(bytes, {
      executionProviders: ['wasm'],
      graphOptimizationLevel: level,
      logSeverityLevel: 4,
      ...(externalData.length > 0 && { externalData }),
    }),
  );
}

/** A session; without graph optimisations where the runtime refuses the file with them. Problems: runtimeRefused, outOfMemory. */
export async function createSession(bytes: Uint8Array, mounted: readonly MountedFile[], file: string): Promise<Session> {
  await warm;
  try {
    const session = await create(bytes, mounted, 'all').catch((error) => {
      if (memoryWords.test(String(error))) throw error;
      return create(bytes, mounted, 'disabled');
    });
    return sessionOf(session, file);
  } catch (error) {
    return refuseRuntime(error, file);
  }
}

function sessionOf(session: ort.InferenceSession, file: string): Session {
  return {
    inputs: session.inputMetadata.flatMap((input) => (input.isTensor ? [{ name: input.name, type: input.type, dims: input.shape }] : [])),
    async run(feeds, outputs) {
      try {
        const inputs = Object.fromEntries(
          Object.entries(feeds).map(([name, tensor]) => [name, new ort.Tensor(tensor.type as 'float32', tensor.data as Float32Array, tensor.dims)]),
        );
        const results = await exclusive(() => session.run(inputs, [...outputs], { logSeverityLevel: 4 }));
        return new Map(outputs.map((name) => [name, rawOf(results[name] as ort.Tensor)]));
      } catch (error) {
        return refuseRuntime(error, file);
      }
    },
    release: () => exclusive(() => session.release()),
  };
}

function rawOf(tensor: ort.Tensor): RawTensor {
  return { type: tensor.type, dims: tensor.dims, data: tensor.data as RawTensor['data'] };
}

/** A graph of one Identity node: `y = x`, float, one element. */
const smallestModel = [
  8, 7, 58, 55, 10, 16, 10, 1, 120, 18, 1, 121, 34, 8, 73, 100, 101, 110, 116, 105, 116, 121, 18, 1, 103, 90, 15, 10, 1, 120, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2,
  8, 1, 98, 15, 10, 1, 121, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2, 8, 1, 66, 4, 10, 0, 16, 13,
];

let warm: Promise<void> | undefined;

/** Starts compiling the runtime's WebAssembly; its failure shows when the first model is loaded. Later sessions wait for it. */
export function warmUp(): Promise<void> {
  warm ??= create(Uint8Array.from(smallestModel), [], 'disabled').then(
    (session) => session.release(),
    () => undefined,
  );
  return warm;
}
