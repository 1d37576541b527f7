// A vector as a strip of colours, one cell for each dimension: blue below 0, orange above.

import { divergingTable, type ThemeKind } from '../../src/present/colour/palette';
import { levelOf } from '../../src/present/colour/scale';

/** Paints `values` over the whole canvas, a pixel each (the style sheet makes them wide), colours from −`largest` to `largest`. */
export function drawStrip(canvas: HTMLCanvasElement, values: Float32Array, largest: number, kind: ThemeKind): void {
  const width = Math.max(1, values.length);
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== 1) canvas.height = 1;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(width, 1);
  const table = divergingTable(kind);
  values.forEach((value, i) => {
    const level = levelOf(value, { min: -largest, max: largest });
    image.data.set(table.subarray(level * 4, level * 4 + 4), i * 4);
  });
  context.putImageData(image, 0, 0);
  Object.assign(canvas.dataset, { largest: String(largest), themeKind: kind });
}

/** The largest number of all vectors, whatever its sign; 1 where all are 0. */
export function largestOf(vectors: readonly (Float32Array | undefined)[]): number {
  let largest = 0;
  for (const vector of vectors) for (const value of vector ?? []) largest = Math.max(largest, Math.abs(value));
  return largest || 1;
}
