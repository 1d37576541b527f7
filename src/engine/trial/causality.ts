// Whether attention is causal, where the mask does not tell: a later token is changed, and earlier rows stay equal or not.
// One pattern alone never tells that a site is causal.

import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { Site } from '../../onnx/facts/site';
import { takesTarget } from '../pass/runPass';
import type { RunTensors } from '../tensors/runTensors';
import { changedTokens, type SampleOptions, sampleTokens } from './sample';
import { type TrialRun, type TrialSetting, trialRun } from './trialRun';

export const needsCausality = (site: Site) =>
  site.isCausal === undefined && site.kind === 'self' && site.captures.z !== undefined && site.captures.pattern !== undefined;

/** Rows before the changed token, the last of `count`; what stands after it in a graph of fixed length is padding. */
function earlierRowsEqual(a: Float32Array, b: Float32Array, shape: { readonly rows: number; readonly size: number; readonly count: number }): boolean {
  const { rows, size, count } = shape;
  for (let i = 0; i < a.length; i++) {
    const row = Math.floor(i / size) % rows;
    if (row < count - 1 && Math.abs((a[i] as number) - (b[i] as number)) > 1e-6) return false;
  }
  return true;
}

function readsLater(tensors: RunTensors, part: number, site: Site): boolean {
  const pattern = tensors.read(part, site.captures.pattern, 'hqk');
  if (!pattern) return false;
  const [heads, queries, keys] = pattern.dims as [number, number, number];
  for (let head = 0; head < heads; head++)
    for (let query = 0; query < queries; query++)
      for (let key = query + 1; key < keys; key++) if ((pattern.data[(head * queries + query) * keys + key] as number) > 1e-6) return true;
  return false;
}

/** True when earlier rows do not change; false when the site reads later tokens; undefined when neither is known. */
function causalityOf(part: number, site: Site, runs: readonly [TrialRun, TrialRun], count: number): boolean | undefined {
  const [a, b] = runs.map((run) => run.tensors.read(part, site.captures.z, 'hqe'));
  if (!a || !b || a.data.length !== b.data.length || (a.dims[1] as number) < count) return undefined;
  if (earlierRowsEqual(a.data, b.data, { rows: a.dims[1] as number, size: a.dims[2] as number, count })) return true;
  return readsLater(runs[0].tensors, part, site) ? false : undefined;
}

/** Facts of each file whose self-attentions say whether they are causal. `base`: a run of the sample. */
export async function withCausality(setting: TrialSetting, base: TrialRun, count: number, options: SampleOptions): Promise<readonly GraphFacts[]> {
  const { parts } = setting;
  const plain = sampleTokens(count, options);
  const changed = changedTokens(plain, count - 1, options);
  const source = await trialRun(setting, { source: changed, target: plain });
  // A decoder with a text of its own: only that text changes, or the encoder's states would bring the change in.
  const target = takesTarget(parts) ? await trialRun(setting, { source: plain, target: changed }) : source;
  return parts.map(({ facts }, part) => {
    const sites = facts.sites.map((site) =>
      needsCausality(site) ? { ...site, isCausal: causalityOf(part, site, [base, site.tower === 'decoder' ? target : source], count) } : site,
    );
    return { ...facts, sites };
  });
}
