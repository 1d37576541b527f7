// Builds the untrained twin's ONNX file from the encoder's, as models/encoder-untrained/twin.json says. Node built-ins only; checks digests on both sides.
// usage: node training/buildTwin.mjs [MODELS_FOLDER]
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ONE = { 2: 0x3c00, 4: 0x3f800000 };

/** Number `index` of the mulberry32 generator, 32 bits. */
function mulberry32(seed, index) {
  const a = (seed + Math.imul(index + 1, 0x6d2b79f5)) | 0;
  let t = Math.imul(a ^ (a >>> 15), a | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return (t ^ (t >>> 14)) >>> 0;
}

/** The bits of a float16 as those of the equal float32. Normal numbers and zero only: the table holds no others. */
function widen(half) {
  const sign = (half & 0x8000) << 16;
  const rest = half & 0x7fff;
  return rest === 0 ? sign : (sign | ((rest << 13) + 0x38000000)) >>> 0;
}

function digest(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}

function fill(view, piece, twin, first) {
  for (let i = 0; i < piece.count; i++) {
    const half = piece.fill === 'random' ? twin.table[mulberry32(twin.seed, first + i) >>> 20] : 0;
    const at = piece.offset + i * piece.width;
    const bits = piece.fill === 'one' ? ONE[piece.width] : piece.width === 2 ? half : widen(half);
    piece.width === 2 ? view.setUint16(at, bits, true) : view.setUint32(at, bits, true);
  }
}

function build(folder) {
  const twin = JSON.parse(readFileSync(join(folder, 'twin.json'), 'utf8'));
  const target = join(folder, 'onnx', 'model.onnx');
  if (existsSync(target) && digest(readFileSync(target)) === twin.sha256) return `${target} is up to date`;
  const data = readFileSync(join(folder, twin.source));
  if (digest(data) !== twin.source_sha256) throw new Error(`${twin.source} is not the encoder that twin.json was made for`);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let first = 0;
  for (const piece of twin.pieces) {
    fill(view, piece, twin, first);
    if (piece.fill === 'random') first += piece.count;
  }
  if (digest(data) !== twin.sha256) throw new Error('the built file differs from the one that twin.json describes');
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.part`, data);
  renameSync(`${target}.part`, target);
  return `${target} written`;
}

const models = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..', 'models');
console.log(build(join(models, 'encoder-untrained')));
