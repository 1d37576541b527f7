// Check 7: the outputs of the unmodified model against those of the instrumented one, for the same feeds.
// The unmodified sessions live only for that one run, and beside the instrumented ones only where both are small. It may be made after the
// picture: then the run keeps what its own files gave until the unmodified ones have run.

import type { Check } from '../../core/check';
import { sizeOf } from '../../core/tensor';
import { checkOf } from '../checks/checkSite';
import type { DeviationSize } from '../checks/deviation';
import { differenceOf, worse } from '../checks/outputChecks';
import { toleranceOf } from '../checks/tolerance';
import { type LoadedModelState, precisionOf } from '../model/loadedModel';
import { comparedOutputs } from '../pass/comparedOutputs';
import { runPass } from '../pass/runPass';
import type { Feeds } from '../session/feeds';
import type { ModelPart } from '../session/modelPart';
import type { Session, SessionInput } from '../session/runtime';
import { floatsOfRaw, type RawData } from '../tensors/rawTensor';
import type { OutputListener, OutputTable, Pass } from './pass';

const sizeLimitInBytes = 500_000_000;
const bothAliveInBytes = 150_000_000;

export const outputKey = (part: number, step: number, name: string) => `${part} ${step} ${name}`;

function skippedOutputs(model: LoadedModelState, reason: string): Check {
  return checkOf('outputs', null, reason, toleranceOf('outputs', precisionOf(model)));
}

/** Why the comparison is not made; undefined when it is. */
function whySkipped(model: LoadedModelState): string | undefined {
  return model.description.sizeInBytes > sizeLimitInBytes ? 'the model is larger than 500 MB' : undefined;
}

const arrays: Readonly<Record<string, (count: number) => RawData>> = {
  float32: (count) => new Float32Array(count),
  float16: (count) => new Uint16Array(count),
  int64: (count) => new BigInt64Array(count),
  int32: (count) => new Int32Array(count),
  bool: (count) => new Uint8Array(count),
};

/** Inputs that the instrumented graph no longer has (those of a branch that is not taken): empty, or zero. */
function completed(feeds: Feeds, inputs: readonly SessionInput[]): Feeds {
  const result: Feeds = { ...feeds };
  for (const input of inputs) {
    const make = arrays[input.type];
    if (result[input.name] || !make) continue;
    const dims = input.dims.map((dim, axis) => (typeof dim === 'number' && dim > 0 && dim < 2 ** 31 ? dim : axis === 0 ? 1 : 0));
    result[input.name] = { type: input.type, dims, data: make(sizeOf(dims)) };
  }
  return result;
}

/** Runs the unmodified files and gives their outputs. */
export async function plainOutputs(pass: Pass): Promise<OutputTable> {
  const parts = pass.activeParts;
  const table: OutputTable = new Map();
  const sessions = new Map<number, Session>();
  // Two sessions of a large model side by side would not fit into the runtime's memory.
  const isAlone = pass.model.description.sizeInBytes > bothAliveInBytes;
  const restore = isAlone ? await Promise.all(pass.model.parts.map((part) => part.setAside())) : [];
  try {
    await runPass(
      parts,
      { source: pass.text.source, target: pass.text.target, padId: pass.model.padId, given: pass.model.given },
      async (index, feeds, outputs, step) => {
        const part = parts[index] as ModelPart;
        const session = sessions.get(index) ?? (await part.sessions.plain());
        sessions.set(index, session);
        const results = await session.run(completed(feeds, session.inputs), [...new Set([...outputs, ...comparedOutputs(part)])]);
        for (const [name, tensor] of results) table.set(outputKey(index, step, name), tensor);
        return results;
      },
    );
  } finally {
    for (const session of sessions.values()) await session.release();
    for (const again of restore) await again();
  }
  return table;
}

/** Where both files compute NaN they agree. */
const withoutSame = (values: Float32Array, others: Float32Array) =>
  values.map((value, i) => (Number.isNaN(value) && Number.isNaN(others[i] as number) && i < others.length ? 0 : value));

/** The check, from both tables. */
export function compareOutputs(model: LoadedModelState, plain: OutputTable, instrumented: OutputTable): Check {
  let worst: DeviationSize = { absolute: 0, relative: 0, cells: 0 };
  let compared = 0;
  for (const [key, expected] of plain) {
    const actual = instrumented.get(key);
    if (!actual) continue;
    const [plainly, here] = [floatsOfRaw(expected), floatsOfRaw(actual)];
    worst = worse(worst, differenceOf(withoutSame(plainly, here), withoutSame(here, plainly)));
    compared++;
  }
  return checkOf('outputs', null, compared > 0 ? worst : 'the model has no output to compare', toleranceOf('outputs', precisionOf(model)));
}

/** Whether the outputs are compared before the run is given, after it (`settleOutputs`), or not at all. */
export type OutputsWish = 'now' | 'later' | 'never';

export interface Comparison {
  /** Takes the outputs of the instrumented files. */
  readonly listen: OutputListener;
  /** Makes the check, once they have come. */
  readonly finish: () => void;
}

const isSettled = ({ outputsCheck }: LoadedModelState) => outputsCheck !== undefined && outputsCheck.state !== 'not run';

/** Check 7 of a model that has not had it: the plain run comes first, or later. Undefined where there is nothing to listen to. */
export async function beginOutputsCheck(pass: Pass, wish: OutputsWish, whyNot = 'it was not asked for'): Promise<Comparison | undefined> {
  const { model } = pass;
  if (isSettled(model)) return undefined;
  const reason = wish === 'never' ? whyNot : whySkipped(model);
  if (reason !== undefined) {
    model.outputsCheck = skippedOutputs(model, reason);
    return undefined;
  }
  return wish === 'later' ? comparedLater(pass) : comparedAtOnce(pass);
}

/** Keeps the outputs of the instrumented files; the check is said to come. */
function comparedLater(pass: Pass): Comparison {
  const kept: OutputTable = new Map();
  return {
    listen: (part, outputs, step) => {
      for (const [name, tensor] of outputs)
        if (comparedOutputs(pass.model.parts[part] as ModelPart).includes(name)) kept.set(outputKey(part, step, name), tensor);
    },
    finish: () => {
      pass.outputsToCompare = kept;
      pass.addCheck({ ...skippedOutputs(pass.model, 'the outputs are being compared'), isComing: true });
    },
  };
}

/** The check that was said to come, of a run that still has what it gave: runs the unmodified files now. */
export async function settleOutputs(pass: Pass): Promise<void> {
  const { model, outputsToCompare } = pass;
  if (!pass.checks.some((check) => check.isComing)) return;
  if (!isSettled(model) && outputsToCompare) model.outputsCheck = compareOutputs(model, await plainOutputs(pass), outputsToCompare);
  pass.outputsToCompare = undefined;
  pass.addCheck(model.outputsCheck ?? skippedOutputs(model, 'what was to be compared was let go; the next run compares'));
}

async function comparedAtOnce(pass: Pass): Promise<Comparison> {
  const { model } = pass;
  const plain = await plainOutputs(pass);
  const instrumented: OutputTable = new Map();
  return {
    listen: (part, outputs, step) => {
      for (const [name, tensor] of outputs) if (plain.has(outputKey(part, step, name))) instrumented.set(outputKey(part, step, name), tensor);
    },
    finish: () => {
      model.outputsCheck = compareOutputs(model, plain, instrumented);
    },
  };
}
