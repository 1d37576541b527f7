// The files of a model run as their framework's library feeds them, with chosen tensors as outputs. No reader, finder or feeder of the product takes part.

import * as ort from 'onnxruntime-web';
import type { Tensor } from '../../../src/core/tensor';
import type { Case } from '../support/entries';
import type { OnnxGraph } from './onnxGraph';

export interface FedCase extends Case {
  readonly token_type_ids?: readonly number[];
  readonly decoder_input_ids?: readonly number[];
}

export interface RunFile {
  readonly file: string;
  readonly graph: OnnxGraph;
  /** Tensors to give out. */
  readonly exposed: readonly string[];
}

export interface RunOptions {
  /** The file whose attention masks are filled with 0 instead of 1. */
  readonly turnedMaskOf?: string;
  /** Two inputs that get what the other one is named for. */
  readonly exchanged?: readonly string[];
  /** Whether the runtime may rewrite the graph. */
  readonly level?: 'all' | 'disabled';
}

/** Floating point tensors by file and name. */
export type Exposed = ReadonlyMap<string, ReadonlyMap<string, Tensor>>;

const isDecoder = (file: string) => /decoder/.test(file);

/** What a library feeds: ids, ones as masks, counted positions, no past. */
function feedOf(
  input: ort.InferenceSession.ValueMetadata,
  file: string,
  one: FedCase,
  { turnedMaskOf, exchanged = [] }: RunOptions,
  states: ort.Tensor | undefined,
): ort.Tensor {
  const name = exchanged.find((other) => exchanged.includes(input.name) && other !== input.name) ?? input.name;
  const ids = (isDecoder(file) && name === 'input_ids') || name === 'tgt' ? (one.decoder_input_ids ?? []) : one.input_ids;
  const int64 = (values: readonly number[]) => new ort.Tensor('int64', BigInt64Array.from(values.map(BigInt)), [1, values.length]);
  if (name === 'input_ids' || name === 'src' || name === 'tgt') return int64(ids);
  if (name === 'attention_mask' || name === 'encoder_attention_mask') return int64(one.input_ids.map(() => (turnedMaskOf === file ? 0 : 1)));
  if (name === 'token_type_ids') return int64(one.token_type_ids ?? ids.map(() => 0));
  if (name === 'position_ids') return int64(ids.map((_, i) => i));
  if (name === 'encoder_hidden_states' && states) return states;
  if (name.startsWith('past_key_values.') && input.isTensor) {
    const dims = input.shape.map((dim, axis) => (axis === 0 ? 1 : typeof dim === 'number' ? dim : 0));
    return new ort.Tensor('float32', new Float32Array(0), dims);
  }
  throw new Error(`nothing is known to feed ${name} with`);
}

async function runFile(
  { file, graph, exposed }: RunFile,
  one: FedCase,
  options: RunOptions,
  states: ort.Tensor | undefined,
): Promise<ReadonlyMap<string, ort.Tensor>> {
  const session = await ort.InferenceSession.create(graph.write(exposed), {
    executionProviders: ['wasm'],
    graphOptimizationLevel: options.level ?? 'disabled',
    logSeverityLevel: 4,
  });
  try {
    const feeds = Object.fromEntries(session.inputMetadata.map((input) => [input.name, feedOf(input, file, one, options, states)]));
    return new Map(Object.entries(await session.run(feeds, { logSeverityLevel: 4 })));
  } finally {
    await session.release();
  }
}

/** Runs the files one after the other, an encoder before its decoder. Throws what the runtime throws. */
export async function plainRun(files: readonly RunFile[], one: FedCase, options: RunOptions = {}): Promise<Exposed> {
  const all = new Map<string, ReadonlyMap<string, Tensor>>();
  let states: ort.Tensor | undefined;
  for (const file of files) {
    const outputs = await runFile(file, one, options, states);
    states = outputs.get('last_hidden_state') ?? states;
    const floats = [...outputs].filter(([, { type }]) => type === 'float32');
    all.set(
      file.file,
      new Map(floats.map(([name, tensor]): [string, Tensor] => [name, { dims: tensor.dims, data: Float32Array.from(tensor.data as Float32Array) }])),
    );
  }
  return all;
}
