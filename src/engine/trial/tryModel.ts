// A few tiny runs of a model, once after it is loaded: they decide what the graph and the configuration leave open, and confirm what they
// say. The findings are kept in the facts of each file.

import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { Site } from '../../onnx/facts/site';
import type { GivenInputs } from '../../protocol/givenInputs';
import { namedFacts } from '../model/towerNames';
import { fixedLength } from '../session/feeds';
import type { ModelPart } from '../session/modelPart';
import { floatsOfRaw } from '../tensors/rawTensor';
import { needsCausality, withCausality } from './causality';
import { lengthsWritten, onlyLength } from './lengths';
import { type SampleOptions, sampleLength, sampleTokens } from './sample';
import { refuseUnsteady } from './steadiness';
import { type TrialRun, type TrialSetting, trialRun } from './trialRun';
import { tryInputs } from './tryInputs';

export interface TrialOptions extends SampleOptions {
  readonly given?: GivenInputs;
}

/** What a trial looks at in a file. */
export function trialTensors({ sites, positions }: GraphFacts): string[] {
  const ofSite = (site: Site) => [...(site.captures.pattern ?? []), ...(site.captures.scores ?? []), ...(needsCausality(site) ? (site.captures.z ?? []) : [])];
  return [...sites.flatMap(ofSite).map((ref) => ref.tensor), ...(positions?.index === undefined ? [] : [positions.index])];
}

const sample = (count: number, options: SampleOptions) => {
  const tokens = sampleTokens(count, options);
  return { source: tokens, target: tokens };
};

/** The axis of the text in each input, with the length that the file really takes. */
function withLength(facts: GraphFacts, length: number): GraphFacts {
  const ids = facts.inputs.find((input) => input.role === 'tokenIds' || input.role === 'decoderTokenIds')?.dims.at(-1);
  const isText = (dim: number | string | undefined, axis: number) => dim === ids || (dim === undefined && axis > 0);
  return {
    ...facts,
    inputs: facts.inputs.map((input) => ({
      ...input,
      dims: input.dims.map((dim, axis) => (isText(dim, axis) && axis === input.dims.length - 1 ? length : dim)),
    })),
  };
}

/** The row of the position table that belongs to the first token, where the numbers count on from it. */
function withFirstRow(facts: GraphFacts, run: TrialRun, part: number, count: number): GraphFacts {
  const index = facts.positions?.index;
  const raw = index === undefined ? undefined : run.tensors.raw(part, index);
  const rows = raw && [...floatsOfRaw(raw)].slice(0, count);
  const first = rows?.[0];
  if (!facts.positions || first === undefined || rows?.length !== count || rows.some((row, i) => row !== first + i)) return facts;
  return { ...facts, positions: { ...facts.positions, first } };
}

/** Problems: modelRandom, modelNotNumbers, maskBroken, inputUnknown, runtimeRefused. */
export async function tryModel(parts: readonly ModelPart[], options: TrialOptions): Promise<void> {
  const setting: TrialSetting = { parts, padId: options.padId, given: options.given, wanted: parts.map(({ facts }) => new Set(trialTensors(facts))) };
  let count = Math.max(...parts.map(({ facts }) => sampleLength(facts.inputs)));
  const run = (length: number) => trialRun(setting, sample(length, options));
  if (parts.length === 1 && parts.every(({ facts }) => fixedLength(facts.inputs, 'tokenIds') === undefined)) {
    const [only] = parts as [ModelPart];
    const length = await onlyLength(run, count, lengthsWritten(only.content.model));
    if (length !== undefined) only.learn(withLength(only.facts, length));
    count = length === undefined ? count : sampleLength(only.facts.inputs);
  }
  await tryInputs({ setting, options, count }, (part, inputs) => {
    const owner = parts[part] as ModelPart;
    owner.learn({ ...owner.facts, inputs });
  });
  const base = await run(count);
  refuseUnsteady(
    base,
    await run(count),
    parts.map((part) => part.content.file.path),
  );
  parts.forEach((part, i) => {
    part.learn(withFirstRow(part.facts, base, i, count));
  });
  if (!parts.some(({ facts }) => facts.sites.some(needsCausality))) return;
  const facts = await withCausality(setting, base, count, options);
  parts.forEach((part, i) => {
    part.learn(namedFacts(facts[i] as GraphFacts, part.content.file.role));
  });
}
