// Whether attention is causal, where the mask does not tell: a later token is changed, and earlier rows stay equal or not.
// One pattern alone never tells that a site is causal.

import type { Token } from '../core/token';
import type { Site } from '../onnx/site';
import { ModelPart } from './modelPart';
import { runPass, takesTarget } from './runPass';
import { RunTensors } from './runTensors';
import { namedFacts } from './towerNames';

const tokenCount = 6;

function sampleTokens(last: number, vocabularySize: number): Token[] {
  const ids = [...Array.from({ length: tokenCount - 1 }, (_, i) => i + 3), last];
  return ids.map((id) => ({ id: id % vocabularySize, text: '', start: 0, end: 0, isSpecial: false, sequence: 0 as const, typeId: 0 }));
}

const needsTest = (site: Site) => site.isCausal === undefined && site.kind === 'self' && site.captures.z !== undefined && site.captures.pattern !== undefined;

async function runWith(parts: readonly ModelPart[], source: readonly Token[], target: readonly Token[], padId: number): Promise<RunTensors> {
  const tensors = new RunTensors();
  const wanted = parts.map(
    (part) =>
      new Set(part.facts.sites.filter(needsTest).flatMap((site) => [...(site.captures.z ?? []), ...(site.captures.pattern ?? [])].map((ref) => ref.tensor))),
  );
  await runPass(parts, { source, target, padId }, async (index, feeds, outputs, step) => {
    const results = await (parts[index] as ModelPart).run(feeds, wanted[index] as Set<string>, outputs);
    tensors.put(index, results, step);
    return results;
  });
  return tensors;
}

/** Rows before the changed token; what stands after it in a graph of fixed length is padding. */
function earlierRowsEqual(a: Float32Array, b: Float32Array, rows: number, size: number): boolean {
  for (let i = 0; i < a.length; i++) {
    const row = Math.floor(i / size) % rows;
    if (row < tokenCount - 1 && Math.abs((a[i] as number) - (b[i] as number)) > 1e-6) return false;
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
function causalityOf(part: number, site: Site, runs: readonly [RunTensors, RunTensors]): boolean | undefined {
  const [a, b] = runs.map((run) => run.read(part, site.captures.z, 'hqe'));
  if (!a || !b || a.data.length !== b.data.length || (a.dims[1] as number) < tokenCount) return undefined;
  if (earlierRowsEqual(a.data, b.data, a.dims[1] as number, a.dims[2] as number)) return true;
  return readsLater(runs[0], part, site) ? false : undefined;
}

/** Parts whose self-attentions say whether they are causal, and whose towers are named by it. Runs the model only where the mask does not tell. */
export async function withCausality(parts: readonly ModelPart[], padId: number): Promise<readonly ModelPart[]> {
  if (!parts.some((part) => part.facts.sites.some(needsTest))) return parts;
  const size = parts[0]?.facts.vocabularySize ?? Number.POSITIVE_INFINITY;
  const [plain, changed] = [sampleTokens(9, size), sampleTokens(10, size)];
  const probe = async () => {
    const base = await runWith(parts, plain, plain, padId);
    const source = await runWith(parts, changed, plain, padId);
    // A decoder with a text of its own: only that text changes, or the encoder's states would bring the change in.
    return { base, source, target: takesTarget(parts) ? await runWith(parts, plain, changed, padId) : source };
  };
  const { base, source, target } = await probe().finally(() => Promise.all(parts.map((part) => part.release())));
  return parts.map((part, index) => {
    const { content } = part;
    const sites = content.facts.sites.map((site) =>
      needsTest(site) ? { ...site, isCausal: causalityOf(index, site, [base, site.tower === 'decoder' ? target : source]) } : site,
    );
    return new ModelPart({ ...content, facts: namedFacts({ ...content.facts, sites }, content.file.role) });
  });
}
