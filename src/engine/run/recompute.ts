// Rows after a norm, made anew from the rows before it with the parameters of the file, to be held against what the model gave.

import type { OnnxModel } from '../../onnx/file/readModel';
import { recomputedRows } from '../../onnx/stream/norms';
import type { Recompute } from '../checks/checkResidual';
import { sampledRows } from '../checks/deviation';
import type { LetteredTensor } from '../tensors/canonical';

/** About as many steps as a norm takes for each number of a row. */
const stepsPerNumber = 40;
const budget = 8_000_000;

/** Rows of a long text are sampled. */
export function recomputeWith(model: OnnxModel): Recompute {
  return (map, from, beside) => {
    const [count, width] = from.dims as [number, number];
    const rows = sampledRows(count, width * stepsPerNumber, budget);
    const of = ({ dims, data }: LetteredTensor) =>
      rows.map((row) => Float64Array.from(data.subarray(row * (dims[1] as number), (row + 1) * (dims[1] as number))));
    const found = recomputedRows(model, map, of(from), beside && of(beside));
    return found && { rows, values: found.rows, isUnrounded: found.isUnrounded };
  };
}
