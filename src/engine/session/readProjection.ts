// The weights of an output projection as numbers: read where they lie, or measured by running the layer on the identity matrix.

import { ProblemError } from '../../core/problem';
import type { Tensor } from '../../core/tensor';
import type { Linear } from '../../onnx/facts/linear';
import { probeModel } from '../../onnx/instrument/probeModel';
import { readBias, readMatrix } from '../../onnx/weights/readMatrix';
import type { Projection } from '../checks/outputChecks';
import { addWeightedRows } from '../checks/weightedRows';
import type { LetteredTensor } from '../tensors/canonical';
import { floatsOfRaw } from '../tensors/rawTensor';
import type { PartContent } from './partContent';
import type { PartSessions } from './partSessions';

/** Rows of the identity matrix, a row of zeros that gives the bias alone, and a last one without a pattern. All within 0 … 1, so that rounding is alike. */
function probeRows(size: number): Float32Array {
  const rows = new Float32Array((size + 2) * size);
  for (let i = 0; i < size; i++) {
    rows[i * size + i] = 1;
    rows[(size + 1) * size + i] = Math.abs(Math.cos(i * i + 1));
  }
  return rows;
}

/** How far rounding may move the last row. */
const linearTolerance = (content: PartContent) => (content.facts.precision === 'float32' ? 1e-3 : 5e-2);

/** Whether the last row is what the others add up to: else there was no matrix to measure. */
function isLinear({ inputSize, outputSize, weight, bias }: Projection, rows: Float32Array, given: Float32Array, tolerance: number): boolean {
  const expected = new Float64Array(outputSize);
  if (bias) expected.set(bias);
  addWeightedRows(expected, { data: weight, width: outputSize, start: 0, stride: outputSize }, rows, (inputSize + 1) * inputSize, inputSize);
  const size = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-12);
  return expected.every((value, i) => Math.abs(value - (given[i] as number)) <= tolerance * size);
}

/** A stretch that does not run by itself, because its shapes are those of one text: there is nothing to measure. */
function unlessRefused(error: unknown): undefined {
  if (error instanceof ProblemError && error.problem.code === 'runtimeRefused') return undefined;
  throw error;
}

/** A session of one layer that is run by itself. */
export interface LayerSession {
  /** Rows [row, in] → [row, out]; undefined where the runtime refuses them. */
  run(rows: Tensor): Promise<LetteredTensor | undefined>;
  release(): Promise<void>;
}

/** Undefined where the layer cannot be run by itself. */
export async function layerSession(content: PartContent, sessions: PartSessions, linear: Linear): Promise<LayerSession | undefined> {
  const probe = probeModel(content.model, linear);
  if (!probe) return undefined;
  const session = await sessions.derived(probe).catch(unlessRefused);
  return (
    session && {
      async run({ dims, data }) {
        const results = await session.run({ [probe.input]: { type: 'float32', dims, data } }, [probe.output]).catch(unlessRefused);
        const raw = results?.get(probe.output);
        const values = raw && floatsOfRaw(raw);
        const [rows] = dims as [number, number];
        return values && Number.isInteger(values.length / rows) ? { letters: 'qd', dims: [rows, values.length / rows], data: values } : undefined;
      },
      release: () => session.release(),
    }
  );
}

async function measured(content: PartContent, sessions: PartSessions, linear: Linear, inputSize: number): Promise<Projection | undefined> {
  const rows = probeRows(inputSize);
  const session = await layerSession(content, sessions, linear);
  const applied = await session?.run({ dims: [inputSize + 2, inputSize], data: rows });
  await session?.release();
  if (!applied) return undefined;
  const { dims, data } = applied;
  const outputSize = dims[1] as number;
  const bias = data.slice(inputSize * outputSize, (inputSize + 1) * outputSize);
  const weight = data.slice(0, inputSize * outputSize).map((value, i) => value - (bias[i % outputSize] as number));
  const projection = { inputSize, outputSize, weight, bias };
  return isLinear(projection, rows, data.subarray((inputSize + 1) * outputSize), linearTolerance(content)) ? projection : undefined;
}

/** Undefined where the layer can neither be read nor run as a matrix. `inputSize`: width of what enters. */
export async function readProjection(content: PartContent, sessions: PartSessions, linear: Linear, inputSize: number): Promise<Projection | undefined> {
  const external = (location: string) => content.external.get(location);
  const matrix = readMatrix(content.model, linear, external);
  const bias = matrix && readBias(content.model, linear, external);
  if (!matrix || !bias) return measured(content, sessions, linear, inputSize);
  return { inputSize: matrix.rows, outputSize: matrix.columns, weight: matrix.data, ...bias };
}
