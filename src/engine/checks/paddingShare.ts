// Part of check 8 where a text was padded: the rows that are shown read the text, not the padding that is cropped away.

import type { LetteredTensor } from '../tensors/canonical';

/** What a mask may leave of the padding: soft ones add −10 or so, others −10⁴ and less. */
export const mostPadding = 1e-3;

/** Largest share of a visible row's weight that lies on padding, over heads; weights [head, query, key] with their padding. */
export function paddingShare(weights: LetteredTensor, counts: { readonly q: number; readonly k: number }): number {
  const [heads, queries, keys] = weights.dims as [number, number, number];
  let largest = 0;
  for (let head = 0; head < heads; head++)
    for (let query = 0; query < Math.min(queries, counts.q); query++) {
      const from = (head * queries + query) * keys;
      let [text, padding] = [0, 0];
      for (let key = 0; key < keys; key++) {
        if (key < counts.k) text += weights.data[from + key] as number;
        else padding += weights.data[from + key] as number;
      }
      if (padding > 0) largest = Math.max(largest, padding / (text + padding));
    }
  return largest;
}
