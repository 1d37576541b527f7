// Numbers → pixels, one pixel per cell, through a table of 256 colours. Enlarging, labels and borders are the drawing's business.

import type { ColourTable } from './palette';
import { type Domain, levelOf } from './scale';

export interface RasterOptions {
  readonly table: ColourTable;
  readonly domain: Domain;
  /** 1 where the cell is masked: left transparent, so that the drawing can show its own look. */
  readonly masked?: Uint8Array;
}

/** RGBA of `values`, in their order; 4 bytes per value. */
export function raster(values: ArrayLike<number>, options: RasterOptions): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    if (options.masked?.[i]) continue;
    const level = levelOf(values[i] as number, options.domain) * 4;
    pixels[i * 4] = options.table[level] as number;
    pixels[i * 4 + 1] = options.table[level + 1] as number;
    pixels[i * 4 + 2] = options.table[level + 2] as number;
    pixels[i * 4 + 3] = 255;
  }
  return pixels;
}
