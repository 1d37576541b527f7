// An ONNX runtime behind a narrow door: sessions from bytes, runs from raw tensors. WebAssembly and native have the same library in front of
// them; what differs is given. Its errors become Problems; calls must not overlap (see runQueue.ts).

import type { EngineName } from '../../core/engineName';
import type { RawTensor } from '../tensors/rawTensor';
import { isOutOfMemory, refuseRuntime } from './runtimeProblems';

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

export interface Runtime {
  readonly name: EngineName;
  readonly version: string;
  /** A session of a file as it is; without graph optimisations where the runtime refuses it with them. Problems: runtimeRefused, operatorUnknown, outOfMemory, engineEnded. */
  createSession(bytes: Uint8Array, mounted: readonly MountedFile[], file: string): Promise<Session>;
  /** The same of a model made from a file, whose tensors are outputs: there is nothing to put together, and to look for it takes time. */
  createDerivedSession(bytes: Uint8Array, mounted: readonly MountedFile[], file: string): Promise<Session>;
  /** Begins what the first session needs (compiling); its failure shows when the first model is loaded. Later sessions wait for it. */
  warmUp(): Promise<void>;
  /** Runs a graph of one operation. Throws what the library throws. */
  tryOut(): Promise<void>;
}

type Tensor = import('onnxruntime-web').Tensor;
type InferenceSession = import('onnxruntime-web').InferenceSession;

/** What both packages export. */
export type OrtLibrary = Pick<typeof import('onnxruntime-web'), 'InferenceSession' | 'Tensor'>;

export interface RuntimeOptions {
  readonly name: EngineName;
  readonly version: string;
  readonly provider: 'wasm' | 'cpu';
  /** Threads of a session; undefined: set for all of them. */
  readonly threads?: number;
  /** What its memory ends at. */
  readonly memory: string;
  /** Graph optimisations of derived models. */
  readonly derivedLevel: Level;
}

type Level = 'all' | 'basic' | 'disabled';

/** A graph of one Identity node: `y = x`, float, one element. */
const smallestModel = [
  8, 7, 58, 55, 10, 16, 10, 1, 120, 18, 1, 121, 34, 8, 73, 100, 101, 110, 116, 105, 116, 121, 18, 1, 103, 90, 15, 10, 1, 120, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2,
  8, 1, 98, 15, 10, 1, 121, 18, 10, 10, 8, 8, 1, 18, 4, 10, 2, 8, 1, 66, 4, 10, 0, 16, 13,
];

export class OrtRuntime implements Runtime {
  readonly name: EngineName;
  readonly version: string;
  private last: Promise<unknown> = Promise.resolve();
  private warm: Promise<void> | undefined;

  constructor(
    private readonly library: OrtLibrary,
    private readonly options: RuntimeOptions,
  ) {
    this.name = options.name;
    this.version = options.version;
  }

  createSession(bytes: Uint8Array, mounted: readonly MountedFile[], file: string): Promise<Session> {
    return this.createAt('all', bytes, mounted, file);
  }

  createDerivedSession(bytes: Uint8Array, mounted: readonly MountedFile[], file: string): Promise<Session> {
    return this.createAt(this.options.derivedLevel, bytes, mounted, file);
  }

  private async createAt(level: Level, bytes: Uint8Array, mounted: readonly MountedFile[], file: string): Promise<Session> {
    await this.warm;
    try {
      const session = await this.create(bytes, mounted, level).catch((error) => {
        if (isOutOfMemory(error)) throw error;
        return this.create(bytes, mounted, 'disabled');
      });
      return this.sessionOf(session, file);
    } catch (error) {
      return this.refuse(error, file);
    }
  }

  warmUp(): Promise<void> {
    this.warm ??= this.create(Uint8Array.from(smallestModel), [], 'disabled').then(
      (session) => session.release(),
      () => undefined,
    );
    return this.warm;
  }

  async tryOut(): Promise<void> {
    const session = await this.create(Uint8Array.from(smallestModel), [], 'disabled');
    const { y } = await session.run({ x: new this.library.Tensor('float32', Float32Array.of(2.5), [1]) }, ['y']);
    await session.release();
    if (y?.data[0] !== 2.5) throw new Error('it does not give back what it was fed');
  }

  private refuse(error: unknown, file: string): never {
    return refuseRuntime(error, file, this.options.memory);
  }

  /** The runtime holds one call at a time, and WebAssembly the files of one session being made. */
  private exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private create(bytes: Uint8Array, mounted: readonly MountedFile[], level: Level): Promise<InferenceSession> {
    const externalData = mounted.map(({ path, data }) => ({ path, data }));
    const { provider, threads } = this.options;
    return this.exclusive(() =>
      this.library.InferenceSession.create(bytes, {
        executionProviders: [provider],
        graphOptimizationLevel: level,
        logSeverityLevel: 4,
        // Threads that wait for the next run by spinning take the cores from the arithmetic of the checks between two runs.
        ...(threads !== undefined && { intraOpNumThreads: threads, extra: { session: { intra_op: { allow_spinning: '0' } } } }),
        ...(externalData.length > 0 && { externalData }),
      }),
    );
  }

  private sessionOf(session: InferenceSession, file: string): Session {
    const { Tensor } = this.library;
    return {
      inputs: session.inputMetadata.flatMap((input) => (input.isTensor ? [{ name: input.name, type: input.type, dims: input.shape }] : [])),
      run: async (feeds, outputs) => {
        try {
          const inputs = Object.fromEntries(
            Object.entries(feeds).map(([name, tensor]) => [name, new Tensor(tensor.type as 'float32', tensor.data as Float32Array, tensor.dims)]),
          );
          const results = await this.exclusive(() => session.run(inputs, [...outputs], { logSeverityLevel: 4 }));
          return new Map(outputs.map((name) => [name, rawOf(results[name] as Tensor)]));
        } catch (error) {
          return this.refuse(error, file);
        }
      },
      release: () => this.exclusive(() => session.release()),
    };
  }
}

function rawOf(tensor: Tensor): RawTensor {
  return { type: tensor.type, dims: tensor.dims, data: tensor.data as RawTensor['data'] };
}
