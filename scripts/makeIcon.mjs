// Draws media/icon.png (256 × 256): a causal attention pattern, as the panel shows one, on a dark rounded square. `npm run icon`.

import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { root } from './run.mjs';

const size = 256;
const samples = 4;
const cellCount = 6;
const border = 44;
const step = (size - 2 * border) / cellCount;
const background = [16, 20, 38];
const empty = [34, 40, 66];

/** Attention of a made-up row: most to itself, some to one earlier token. [query, key] */
const weightOf = (/** @type {number} */ query, /** @type {number} */ key) => {
  if (key > query) return 0;
  const peak = [0, 0, 1, 0, 3, 2][query];
  return key === peak ? 1 : Math.max(0.12, 0.5 - 0.13 * (query - key));
};

/** From deep blue over teal to yellow. @param {number} weight 0 … 1 */
function colourOf(weight) {
  const stops = [
    [52, 62, 140],
    [38, 130, 142],
    [94, 201, 120],
    [253, 231, 76],
  ];
  const at = weight * (stops.length - 1);
  const index = Math.min(Math.floor(at), stops.length - 2);
  const [from = [], to = []] = stops.slice(index, index + 2);
  return from.map((value, i) => value + ((to[i] ?? 0) - value) * (at - index));
}

/** Whether a point lies in a rounded rectangle. @param {number} x @param {number} y @param {{left: number, top: number, side: number, radius: number}} box */
function isInside(x, y, { left, top, side, radius }) {
  const dx = Math.max(left + radius - x, x - (left + side - radius), 0);
  const dy = Math.max(top + radius - y, y - (top + side - radius), 0);
  return x >= left && y >= top && x <= left + side && y <= top + side && dx * dx + dy * dy <= radius * radius;
}

/** RGBA of one point. @param {number} x @param {number} y */
function pointColour(x, y) {
  if (!isInside(x, y, { left: 0, top: 0, side: size, radius: 52 })) return [0, 0, 0, 0];
  const key = Math.floor((x - border) / step);
  const query = Math.floor((y - border) / step);
  const isCell = key >= 0 && query >= 0 && key < cellCount && query < cellCount;
  const box = { left: border + key * step + 2.5, top: border + query * step + 2.5, side: step - 5, radius: 6 };
  if (!isCell || !isInside(x, y, box)) return [...background, 255];
  const weight = weightOf(query, key);
  return [...(weight > 0 ? colourOf(weight) : empty), 255];
}

/** A pixel, smoothed over its samples; colour weighted by coverage. @param {number} column @param {number} row */
function pixel(column, row) {
  const sums = [0, 0, 0, 0];
  for (let i = 0; i < samples * samples; i++) {
    const [r = 0, g = 0, b = 0, a = 0] = pointColour(column + ((i % samples) + 0.5) / samples, row + (Math.floor(i / samples) + 0.5) / samples);
    [r * a, g * a, b * a, a].forEach((value, channel) => {
      sums[channel] = (sums[channel] ?? 0) + value;
    });
  }
  const [r = 0, g = 0, b = 0, a = 0] = sums;
  return [r / (a || 1), g / (a || 1), b / (a || 1), a / (samples * samples)].map(Math.round);
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  const check = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

const rows = Array.from({ length: size }, (_, row) => Buffer.from([0, ...Array.from({ length: size }, (_, column) => pixel(column, row)).flat()]));
const header = Buffer.alloc(13);
header.writeUInt32BE(size, 0);
header.writeUInt32BE(size, 4);
header.set([8, 6, 0, 0, 0], 8);
const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
const image = Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', deflateSync(Buffer.concat(rows), { level: 9 })), chunk('IEND', Buffer.alloc(0))]);
writeFileSync(path.join(root, 'media/icon.png'), image);
console.log(`media/icon.png  ${image.length} bytes`);
