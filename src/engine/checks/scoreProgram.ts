// The steps from q·kᵀ to the scores that softmax receives, computed for one row of keys at a time. Check 1 holds them to what the model gave;
// whoever shows the steps one by one watches the same lines. A new kind of step is a case in each of the four
// functions and tables here; the types name those that lack it.

import type { CaptureRef } from '../../onnx/facts/captures';
import type { Scalar, ScoreStep } from '../../onnx/facts/site';
import type { LetteredTensor } from '../tensors/canonical';

/** A step with its numbers read: see ScoreStep. */
export type NumericStep =
  | { readonly op: 'multiply'; readonly by: number }
  | { readonly op: 'divide'; readonly by: number }
  | { readonly op: 'softcap'; readonly by: number }
  | { readonly op: 'add'; readonly term: LetteredTensor; readonly sign: 1 | -1 }
  | { readonly op: 'where'; readonly condition: LetteredTensor; readonly keepWhen: boolean; readonly otherwise: number };

/** Changes one row of keys of a head and query in place. Whole rows, because a call per cell costs more than the arithmetic. */
type RowFunction = (row: Float64Array, head: number, query: number) => void;

/** Told of a row after each step: the step's index, or −1 of q·kᵀ itself. The row is used again; copy what is kept. */
export type StepVisitor = (step: number, row: Float64Array, head: number, query: number) => void;

/** What a step is read from. */
export interface StepReader {
  form(ref: CaptureRef): LetteredTensor | undefined;
  scalar(scalar: Scalar): number | undefined;
}

const scalarRef = (scalar: Scalar): CaptureRef[] => ('tensor' in scalar ? [[{ tensor: scalar.tensor, axes: '*' }]] : []);
const byOf = (step: Extract<ScoreStep, { op: 'multiply' | 'divide' | 'softcap' }>) => (step.op === 'softcap' ? step.cap : step.by);

/** The tensors that a step reads. */
export function stepRefs(step: ScoreStep): CaptureRef[] {
  if (step.op === 'add') return [step.term];
  if (step.op === 'where') return [step.condition, ...scalarRef(step.otherwise)];
  return scalarRef(byOf(step));
}

/** The step with its numbers; undefined where one of them cannot be had. */
export function numericStep(step: ScoreStep, reader: StepReader): NumericStep | undefined {
  if (step.op === 'add') {
    const term = reader.form(step.term);
    return term && { op: 'add', term, sign: step.subtract ? -1 : 1 };
  }
  if (step.op === 'where') {
    const condition = reader.form(step.condition);
    const otherwise = reader.scalar(step.otherwise);
    return condition && otherwise !== undefined ? { op: 'where', condition, keepWhen: step.keepWhen, otherwise } : undefined;
  }
  const by = reader.scalar(byOf(step));
  return by === undefined ? undefined : { op: step.op, by };
}

/** Whether what the step adds or chooses by fits the scores: each of its axes is 1 or as long as theirs. */
export function stepFits(step: NumericStep, scores: LetteredTensor): boolean {
  const tensor = step.op === 'add' ? step.term : step.op === 'where' ? step.condition : undefined;
  return [...(tensor?.letters ?? '')].every((letter, i) => {
    const axis = scores.letters.indexOf(letter);
    return axis >= 0 && (tensor?.dims[i] === 1 || tensor?.dims[i] === scores.dims[axis]);
  });
}

interface RowReader {
  /** Where row (head, query) begins. */
  readonly start: (head: number, query: number) => number;
  /** From key to key: 0 where one number stands for all. */
  readonly step: number;
}

/** Reads rows of keys of a tensor whose axes are of full size, of size 1, or missing. */
function rowsIn(tensor: LetteredTensor): RowReader {
  const stepOf = (letter: string) => {
    const axis = tensor.letters.indexOf(letter);
    if (axis < 0 || tensor.dims[axis] === 1) return 0;
    return tensor.dims.slice(axis + 1).reduce((product, dim) => product * dim, 1);
  };
  const [h, q] = [stepOf('h'), stepOf('q')];
  return { start: (head, query) => head * h + query * q, step: stepOf('k') };
}

const eachCell =
  (apply: (value: number) => number): RowFunction =>
  (row) => {
    for (let key = 0; key < row.length; key++) row[key] = apply(row[key] as number);
  };

const functions: { readonly [Op in NumericStep['op']]: (step: Extract<NumericStep, { readonly op: Op }>) => RowFunction } = {
  multiply: ({ by }) => eachCell((value) => value * by),
  divide: ({ by }) => eachCell((value) => value / by),
  softcap: ({ by }) => eachCell((value) => by * Math.tanh(value / by)),
  add: ({ term, sign }) => {
    const { start, step } = rowsIn(term);
    return (row, head, query) => {
      let at = start(head, query);
      for (let key = 0; key < row.length; key++, at += step) row[key] = (row[key] as number) + sign * (term.data[at] as number);
    };
  },
  where: ({ condition, keepWhen, otherwise }) => {
    const { start, step } = rowsIn(condition);
    return (row, head, query) => {
      let at = start(head, query);
      for (let key = 0; key < row.length; key++, at += step) if ((condition.data[at] !== 0) !== keepWhen) row[key] = otherwise;
    };
  },
};

/** Runs all steps over a row that holds q·kᵀ of one head and query; afterwards it holds the scores. */
export function scoreProgram(steps: readonly NumericStep[], visit?: StepVisitor): RowFunction {
  const all = steps.map((step) => (functions[step.op] as (one: NumericStep) => RowFunction)(step));
  return (row, head, query) => {
    visit?.(-1, row, head, query);
    for (let i = 0; i < all.length; i++) {
      (all[i] as RowFunction)(row, head, query);
      visit?.(i, row, head, query);
    }
  };
}
