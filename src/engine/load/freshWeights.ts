// A model's file with fresh weights in the place of its own, in integers only: the same bytes on every machine, and as training/twin.py makes them.

import { refuse } from '../../core/problem';
import type { FreshWeights, WeightPiece } from '../../protocol/modelSource';
import type { ModelFiles } from './modelFiles';

/** The bits of 1.0, by width in bytes. */
const one = { 2: 0x3c00, 4: 0x3f800000 } as const;

/** Number `index` of the mulberry32 generator, 32 bits: depends on seed and index alone. */
function mulberry32(seed: number, index: number): number {
  const a = (seed + Math.imul(index + 1, 0x6d2b79f5)) | 0;
  let t = Math.imul(a ^ (a >>> 15), a | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

/** The bits of a float16 as those of the equal float32. Normal numbers and zero only: the table holds no others. */
function widened(half: number): number {
  const sign = (half & 0x8000) << 16;
  const rest = half & 0x7fff;
  return rest === 0 ? sign >>> 0 : (sign | ((rest << 13) + 0x38000000)) >>> 0;
}

/** `first`: how many random numbers the pieces before have taken. */
function write(view: DataView, { fill, width, offset, count }: WeightPiece, { seed, table }: FreshWeights, first: number): void {
  const size = table.length;
  for (let i = 0; i < count; i++) {
    // The upper bits of 32: those of the generator that are best mixed.
    const half = fill === 'random' ? (table[Math.floor((mulberry32(seed, first + i) / 2 ** 32) * size)] ?? 0) : 0;
    const at = offset + i * width;
    if (width === 2) view.setUint16(at, fill === 'one' ? one[2] : half, true);
    else view.setUint32(at, fill === 'one' ? one[4] : widened(half), true);
  }
}

/**
 * `bytes` with the weights written into them. Problem: bundledDamaged where the digest before or after is not that of the recipe: then nothing
 * of it is shown.
 */
export async function withFreshWeights(bytes: Uint8Array, weights: FreshWeights, file: string, files: Pick<ModelFiles, 'sha256'>): Promise<Uint8Array> {
  if ((await files.sha256(bytes)) !== weights.sourceSha256) refuse('bundledDamaged', { file });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let first = 0;
  for (const piece of weights.pieces) {
    write(view, piece, weights, first);
    if (piece.fill === 'random') first += piece.count;
  }
  return (await files.sha256(bytes)) === weights.sha256 ? bytes : refuse('bundledDamaged', { file });
}
