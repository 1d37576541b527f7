// Which head to show first: arithmetic on one site's captured tensors. Chooses nothing by name and draws nothing.

import { entropy, norm } from '../../core/arithmetic';
import { addHeadOutput, type HeadColumns, type Projection } from '../checks/outputChecks';
import type { LetteredTensor } from '../tensors/canonical';

export interface BringsInput {
  readonly pattern: LetteredTensor; // [head, query, key]
  readonly v: LetteredTensor; // [kvHead, key, e]
  readonly residPre: LetteredTensor; // [query, d]
  readonly projection: Projection;
  readonly columns: readonly HeadColumns[];
  /** Query token the measure is taken at. */
  readonly focus: number;
  /** Key tokens that count: content words other than the focus. */
  readonly keys: readonly number[];
}

/** Per head ‖Σ_j α_j v_j W_O‖ / ‖resid_pre‖ at the focus, j over `keys`: what the head brings from other content words. */
export function bringsOf(input: BringsInput): number[] {
  const { pattern, v, projection, columns, focus } = input;
  const [heads, queries, keyCount] = pattern.dims as [number, number, number];
  const size = v.dims[2] as number;
  const group = heads / (v.dims[0] as number);
  const width = input.residPre.dims[1] as number;
  const stream = norm(input.residPre.data, focus * width, width);
  return Array.from({ length: heads }, (_, head) => {
    const mix = new Float64Array(size);
    for (const key of input.keys) {
      const weight = pattern.data[(head * queries + focus) * keyCount + key] as number;
      const from = (Math.floor(head / group) * keyCount + key) * size;
      for (let i = 0; i < size; i++) mix[i] = (mix[i] as number) + weight * (v.data[from + i] as number);
    }
    const output = new Float64Array(projection.outputSize);
    addHeadOutput(output, projection, columns[head] as HeadColumns, Float32Array.from(mix), 0, size);
    return stream === 0 ? 0 : norm(output) / stream;
  });
}

/** Per head the mean entropy (nats) of the rows of content words over content words, the weights rescaled to sum to 1; null: no such row. */
export function contentEntropyOf(pattern: LetteredTensor, queryTokens: readonly number[], keyTokens: readonly number[]): (number | null)[] {
  const [heads, queries, keys] = pattern.dims as [number, number, number];
  const weights = new Float64Array(keyTokens.length);
  return Array.from({ length: heads }, (_, head) => {
    let total = 0;
    let rows = 0;
    for (const query of queryTokens) {
      const from = (head * queries + query) * keys;
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i] = pattern.data[from + (keyTokens[i] as number)] as number;
      if (!(sum > 0)) continue;
      for (let i = 0; i < weights.length; i++) weights[i] = (weights[i] as number) / sum;
      total += entropy(weights);
      rows++;
    }
    return rows === 0 || !Number.isFinite(total) ? null : total / rows;
  });
}

export interface Chosen {
  readonly site: number;
  readonly head: number;
}

/** The head with the largest (or smallest) measure over the sites' lists, null left out; ties go to the earlier layer and head. */
export function bestHead(measures: readonly (readonly (number | null)[])[], want: 'largest' | 'smallest'): Chosen {
  let best: Chosen = { site: 0, head: 0 };
  let bestValue = Number.NEGATIVE_INFINITY;
  for (const [site, values] of measures.entries()) {
    for (const [head, value] of values.entries()) {
      if (value === null) continue;
      const wanted = want === 'largest' ? value : -value;
      if (wanted <= bestValue) continue;
      bestValue = wanted;
      best = { site, head };
    }
  }
  return best;
}
