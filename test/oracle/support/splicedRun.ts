// A model of the oracle run with some of its tensors replaced: what its files answer so, and what they answer as they are.

import { type SiteKey, siteName } from '../../../src/core/names';
import { ProblemError } from '../../../src/core/problem';
import { rowsOf } from '../../../src/engine/checks/headColumns';
import { type HeadColumns, mergeDeviation } from '../../../src/engine/checks/outputChecks';
import { textOf } from '../../../src/engine/engine';
import { loadOnRuntime } from '../../../src/engine/load/loadOnRuntime';
import { comparedOutputs } from '../../../src/engine/pass/comparedOutputs';
import { runPass } from '../../../src/engine/pass/runPass';
import { outputKey, plainOutputs } from '../../../src/engine/run/outputsCheck';
import type { OutputTable } from '../../../src/engine/run/pass';
import { Run } from '../../../src/engine/run/run';
import type { Feeds } from '../../../src/engine/session/feeds';
import type { ModelPart } from '../../../src/engine/session/modelPart';
import type { Splicing } from '../../../src/engine/session/splicing';
import type { LetteredTensor } from '../../../src/engine/tensors/canonical';
import type { RawTensor } from '../../../src/engine/tensors/rawTensor';
import { RunTensors } from '../../../src/engine/tensors/runTensors';
import type { Site } from '../../../src/onnx/facts/site';
import { instrument } from '../../../src/onnx/instrument/instrument';
import type { Splice } from '../../../src/onnx/instrument/plan';
import type { Case, Entry } from './entries';
import { platformInProcess } from './inProcess';
import { sourceOf } from './sourceOf';

export const one = (value: number) => ({ dims: [], values: [value] });
/** Nothing takes the tensor's place, whatever would. */
export const off = (splice: Splice, value = 7): Splicing => ({ ...splice, mask: one(0), value: one(value) });
export const allZero = (splice: Splice): Splicing => ({ ...splice, mask: one(1), value: one(0) });

/** Why a plan with this splice is refused; undefined: it is not. */
export function whyImpossible(part: ModelPart, splice: Splice, captures: readonly string[] = []): string | undefined {
  try {
    instrument({ model: part.content.model, added: part.facts.added }, { captures, splices: [splice] });
    return undefined;
  } catch (error) {
    if (error instanceof ProblemError && error.problem.code === 'spliceImpossible') return error.problem.message;
    throw error;
  }
}

/** Every tensor that is captured as it stands in the graph or enters W_O, and can be replaced; by file. */
export function possibleSplices(parts: readonly ModelPart[]): Splice[][] {
  return parts.map((part) => {
    const { sites, blocks } = part.facts;
    const refs = [...sites, ...blocks].flatMap(({ captures }) => Object.values(captures).flat());
    const entering = sites.flatMap(({ outputProjection }) => (outputProjection ? [outputProjection.input] : []));
    const tensors = [...new Set([...refs, ...entering].map(({ tensor }) => tensor))];
    return tensors.map((tensor): Splice => ({ tensor, readers: 'all' })).filter((splice) => whyImpossible(part, splice) === undefined);
  });
}

export interface SplicedResult {
  readonly outputs: OutputTable;
  /** Captured tensors and what splices make of them, of the first step, by file. */
  readonly tensors: readonly ReadonlyMap<string, RawTensor>[];
}

export interface Spliceable {
  readonly run: Run;
  /** Of the unmodified files. */
  plain(): Promise<OutputTable>;
  /** With these splices and captures, by file. */
  spliced(splicings: readonly (readonly Splicing[])[], captures?: readonly ReadonlySet<string>[]): Promise<SplicedResult>;
  release(): Promise<void>;
}

export async function spliceable(entry: Entry, text: Case): Promise<Spliceable> {
  const platform = platformInProcess();
  const model = await loadOnRuntime(1, { source: await sourceOf(entry.modelFolder), threads: 1, memoryLimitInBytes: 2 ** 28 }, platform);
  const run = new Run(1, model, textOf(model, { modelId: 1, text: text.text, pair: text.text_pair, target: text.target, truncate: false }));
  const { activeParts, text: tokens } = run.first;
  return {
    run,
    plain: () => plainOutputs(run.first),
    async spliced(splicings, captures = []) {
      const outputs: OutputTable = new Map();
      const tensors: Map<string, RawTensor>[] = activeParts.map(() => new Map());
      const input = { source: tokens.source, target: tokens.target, padId: model.padId, given: model.given };
      await runPass(activeParts, input, async (index, feeds: Feeds, carried, step) => {
        const part = activeParts[index] as ModelPart;
        const wanted = { tensors: captures[index] ?? new Set<string>(), splicings: splicings[index] ?? [] };
        const results = await part.run(feeds, { ...wanted, outputs: [...new Set([...carried, ...comparedOutputs(part)])] });
        for (const name of comparedOutputs(part)) outputs.set(outputKey(index, step, name), results.get(name) as RawTensor);
        if (step === 0) tensors[index] = results;
        return results;
      });
      return { outputs, tensors };
    },
    async release() {
      for (const part of model.parts) await part.release();
    },
  };
}

/** The columns of one head in what enters W_O, as zeros. */
export async function headOff(model: Spliceable, key: SiteKey, head: number): Promise<Splicing[][]> {
  const { activeParts } = model.run.first;
  const part = activeParts.findIndex(({ facts }) => facts.sites.some((site) => siteName(site) === siteName(key)));
  const site = activeParts[part]?.facts.sites.find((one) => siteName(one) === siteName(key)) as Site;
  const { input } = site.outputProjection as NonNullable<Site['outputProjection']>;
  const tensors = new RunTensors();
  const names = new Set([...(site.captures.z ?? []), input].map(({ tensor }) => tensor));
  const captured = await model.spliced(
    [],
    activeParts.map((_, index) => (index === part ? names : new Set<string>())),
  );
  tensors.put(part, captured.tensors[part] as ReadonlyMap<string, RawTensor>, 0);
  const z = tensors.read(part, site.captures.z, 'hqe') as LetteredTensor;
  const merged = rowsOf(tensors.form(part, [input])) as LetteredTensor;
  const { start, stride } = mergeDeviation(z, merged).columns[head] as HeadColumns;
  const size = z.dims[2] as number;
  const isOwn = (column: number) => column >= start && (column - start) % stride === 0 && (column - start) / stride < size;
  const width = merged.dims[1] as number;
  const mask = { dims: [width], values: Array.from({ length: width }, (_, column) => (isOwn(column) ? 1 : 0)) };
  return activeParts.map((_, index) => (index === part ? [{ tensor: input.tensor, readers: 'all', mask, value: one(0) }] : []));
}
