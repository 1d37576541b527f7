// Where the structure of an ONNX file lies: all bytes but the payloads of weights, so that damage does not only change numbers.

import { payloadsOf, readFields } from '../oracle/support/protobuf';
import type { Random } from '../oracle/support/random';

const graph = 7;
const initializer = 5;
const rawData = 9;
/** Smaller payloads are shapes and indices: structure too. */
const weightSizeInBytes = 256;

/** Stretches [from, to) of the file that are no weights, in order. */
export function structureOf(bytes: Uint8Array): readonly (readonly [number, number])[] {
  const tensors = payloadsOf(readFields(bytes), graph).flatMap((body) => payloadsOf(readFields(body), initializer));
  const weights = tensors.flatMap((tensor) => payloadsOf(readFields(tensor), rawData)).filter((payload) => payload.length >= weightSizeInBytes);
  const holes = weights
    .map((payload): [number, number] => [payload.byteOffset - bytes.byteOffset, payload.byteOffset - bytes.byteOffset + payload.length])
    .sort((a, b) => a[0] - b[0]);
  const stretches: [number, number][] = [];
  let at = 0;
  for (const [from, to] of holes) {
    stretches.push([at, from]);
    at = to;
  }
  return [...stretches, [at, bytes.length]];
}

/** Draws a byte of the structure, or one time in twenty any byte. */
export function placesIn(bytes: Uint8Array): (random: Random) => number {
  const stretches = structureOf(bytes);
  const total = stretches.reduce((sum, [from, to]) => sum + to - from, 0);
  return (random) => {
    if (random.below(20) === 0) return random.below(bytes.length);
    let rest = random.below(total);
    for (const [from, to] of stretches) {
      if (rest < to - from) return from + rest;
      rest -= to - from;
    }
    return 0;
  };
}
