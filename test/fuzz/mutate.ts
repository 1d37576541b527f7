// Damages bytes in the ways that disks, downloads and attackers do. Seeded: the same random numbers give the same damage.

import type { Random } from '../oracle/support/random';

export interface Mutant {
  readonly bytes: Uint8Array;
  /** For people: what was done, so that a failure can be repeated. */
  readonly how: string;
}

type Mutation = (bytes: Uint8Array, place: number, random: Random, other: Uint8Array) => Mutant;

function replaced(bytes: Uint8Array, from: number, to: number, inserted: Uint8Array): Uint8Array {
  const result = new Uint8Array(from + inserted.length + bytes.length - to);
  result.set(bytes.subarray(0, from));
  result.set(inserted, from);
  result.set(bytes.subarray(to), from + inserted.length);
  return result;
}

/** Varints from one beyond 32 bits to eleven bytes that never end well. */
const hugeVarints = [
  [0xff, 0xff, 0xff, 0xff, 0x0f],
  [0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0x07],
].map((bytes) => Uint8Array.from(bytes));

const mutations: readonly Mutation[] = [
  (bytes, place, random) => {
    const copy = Uint8Array.from(bytes);
    const bit = random.below(8);
    copy[place] = (copy[place] as number) ^ (1 << bit);
    return { bytes: copy, how: `bit ${bit} of byte ${place} flipped` };
  },
  (bytes, place, random) => {
    const copy = Uint8Array.from(bytes);
    const count = 2 + random.below(7);
    for (let i = 0; i < count && place + i < copy.length; i++) copy[place + i] = random.below(256);
    return { bytes: copy, how: `${count} random bytes at ${place}` };
  },
  (bytes, place) => ({ bytes: bytes.subarray(0, place), how: `cut at ${place}` }),
  (bytes, place, random, other) => {
    const from = random.below(other.length);
    const piece = other.subarray(from, from + 1 + random.below(200));
    const over = random.below(2) * piece.length;
    return {
      bytes: replaced(bytes, place, Math.min(bytes.length, place + over), piece),
      how: `${piece.length} foreign bytes at ${place}${over ? '' : ', inserted'}`,
    };
  },
  (bytes, place, random) => {
    const varint = hugeVarints[random.below(hugeVarints.length)] as Uint8Array;
    const over = random.below(2);
    return { bytes: replaced(bytes, place, Math.min(bytes.length, place + over), varint), how: `varint of ${varint.length} bytes at ${place}` };
  },
  (bytes, place, random) => {
    const to = Math.min(bytes.length, place + 1 + random.below(64));
    return { bytes: replaced(bytes, place, to, new Uint8Array()), how: `bytes ${place} to ${to} left out` };
  },
  (bytes, place, random) => {
    const piece = bytes.subarray(place, place + 1 + random.below(400));
    return { bytes: replaced(bytes, place, place, piece), how: `${piece.length} bytes doubled at ${place}` };
  },
  (bytes, place) => {
    const copy = Uint8Array.from(bytes);
    copy.fill(0, place, place + 16);
    return { bytes: copy, how: `zeros at ${place}` };
  },
];

/** Random damage at one of the places that `placeIn` draws; `other` lends foreign bytes. */
export function mutate(bytes: Uint8Array, random: Random, placeIn: (random: Random) => number, other: Uint8Array): Mutant {
  const mutation = mutations[random.below(mutations.length)] as Mutation;
  return mutation(bytes, placeIn(random), random, other);
}
