// The weights of an output projection as numbers: read where they lie, or measured by running the layer on the identity matrix.

import { probeModel } from '../onnx/probeModel';
import { readBias, readMatrix } from '../onnx/readMatrix';
import type { Linear } from '../onnx/site';
import type { Projection } from './checks/outputChecks';
import { mountedFiles } from './mountedFiles';
import type { PartContent } from './partContent';
import { floatsOfRaw } from './rawTensor';
import { createSession } from './runtime';

/** Rows of the identity matrix, and a last row of zeros that gives the bias alone. */
function identityRows(size: number): Float32Array {
  const rows = new Float32Array((size + 1) * size);
  for (let i = 0; i < size; i++) rows[i * size + i] = 1;
  return rows;
}

async function measured(content: PartContent, linear: Linear, inputSize: number): Promise<Projection | undefined> {
  const probe = probeModel(content.model, linear);
  if (!probe) return undefined;
  const session = await createSession(probe.bytes, mountedFiles(content, probe.mounted), content.file.path);
  try {
    const results = await session.run({ [probe.input]: { type: 'float32', dims: [inputSize + 1, inputSize], data: identityRows(inputSize) } }, [probe.output]);
    const raw = results.get(probe.output);
    if (!raw) return undefined;
    const values = floatsOfRaw(raw);
    const outputSize = values.length / (inputSize + 1);
    if (!Number.isInteger(outputSize)) return undefined;
    const bias = values.slice(inputSize * outputSize);
    const weight = values.slice(0, inputSize * outputSize).map((value, i) => value - (bias[i % outputSize] as number));
    return { inputSize, outputSize, weight, bias };
  } finally {
    await session.release();
  }
}

/** Undefined where the layer can neither be read nor run as a matrix. `inputSize`: width of what enters. */
export async function readProjection(content: PartContent, linear: Linear, inputSize: number): Promise<Projection | undefined> {
  const external = (location: string) => content.external.get(location);
  const matrix = readMatrix(content.model, linear, external);
  const bias = matrix && readBias(content.model, linear, external);
  if (!matrix || !bias) return measured(content, linear, inputSize);
  return { inputSize: matrix.rows, outputSize: matrix.columns, weight: matrix.data, ...bias };
}
