// What a head brings to the focus: arithmetic on one site's captured tensors. Chooses nothing by name and draws nothing.

import { norm } from '../../core/arithmetic';
import { addHeadOutput, type HeadColumns, type Projection } from '../checks/outputChecks';
import type { LetteredTensor } from '../tensors/canonical';

export interface FocusReading {
  readonly pattern: LetteredTensor; // [head, query, key]
  /** Query token the measure is taken at. */
  readonly focus: number;
  /** Key tokens that count: words other than the focus. */
  readonly keys: readonly number[];
  /** Query tokens of the other words, whose rows are compared with; undefined: too few words, nothing is compared. */
  readonly otherRows: readonly number[] | undefined;
  /** Whether rows and columns are one list, so that a distance means something. */
  readonly isSelf: boolean;
}

/**
 * Per head [keys]: what of the focus row's weight of a key is beyond what the other words read at the same distance, and of the same key:
 * max(0, α_j − max(mean of α at that distance, mean of α of that key)), both over the rows that may see the key (their weight is not 0), a mean of no row
 * left out; a word's reading of itself says nothing of what the others read of it. A head that reads everyone's neighbour, or a key that everyone reads, brings nothing of its own. Without other rows α_j itself.
 */
export function readBeyond({ pattern, focus, keys, otherRows, isSelf }: FocusReading): Float64Array[] {
  const [heads, queries, keyCount] = pattern.dims as [number, number, number];
  const weightAt = (head: number, query: number, key: number) => pattern.data[(head * queries + query) * keyCount + key] as number;
  return Array.from({ length: heads }, (_, head) =>
    Float64Array.from(keys, (key) => {
      const weight = weightAt(head, focus, key);
      if (!otherRows) return weight;
      const ofKey = meanOf(otherRows, (row) => (isSelf && row === key ? 0 : weightAt(head, row, key)));
      const atDistance = isSelf ? meanOf(otherRows, (row) => weightIn(row + key - focus, keyCount, (other) => weightAt(head, row, other))) : 0;
      return Math.max(0, weight - Math.max(ofKey, atDistance));
    }),
  );
}

/** The weight of the key that stands there, whatever token it is; 0 beside the text. */
function weightIn(key: number, keyCount: number, weightOf: (key: number) => number): number {
  return key >= 0 && key < keyCount ? weightOf(key) : 0;
}

/** Mean of the weights that are not 0; 0 where there is none. */
function meanOf(rows: readonly number[], weightOf: (row: number) => number): number {
  let sum = 0;
  let count = 0;
  for (const row of rows) {
    const weight = weightOf(row);
    sum += weight;
    if (weight !== 0) count++;
  }
  return count === 0 ? 0 : sum / count;
}

export interface OutputNorms {
  readonly v: LetteredTensor; // [kvHead, key, e]
  readonly residPre: LetteredTensor; // [query, d]
  readonly projection: Projection;
  readonly columns: readonly HeadColumns[];
}

/** What a head brings of one word: the largest over its keys, and of which (index into `keys`; −1: nothing of any). */
export interface Brought {
  readonly measure: number;
  readonly largest: number;
}

/** Per head max_j part_j ‖v_j W_O‖ / ‖resid_pre‖ at the focus; max_j part_j where the norms cannot be had. */
export function broughtBy(parts: readonly Float64Array[], { focus, keys }: Pick<FocusReading, 'focus' | 'keys'>, norms: OutputNorms | undefined): Brought[] {
  const width = norms?.residPre.dims[1] as number;
  const stream = norms ? norm(norms.residPre.data, focus * width, width) : 1;
  return parts.map((own, head) => {
    const terms = own.map((part, i) =>
      part === 0 || stream === 0 ? 0 : (part * (norms ? outputNorm(norms, head, parts.length, keys[i] as number) : 1)) / stream,
    );
    const measure = Math.max(0, ...terms);
    return { measure, largest: measure === 0 ? -1 : terms.indexOf(measure) };
  });
}

/** ‖v_j W_O‖ of one head. */
function outputNorm({ v, projection, columns }: OutputNorms, head: number, headCount: number, key: number): number {
  const [kvHeads, keyCount, size] = v.dims as [number, number, number];
  const from = (Math.floor((head * kvHeads) / headCount) * keyCount + key) * size;
  const output = new Float64Array(projection.outputSize);
  addHeadOutput(output, projection, columns[head] as HeadColumns, v.data as Float32Array, from, size);
  return norm(output);
}
