// The judge itself: rows of a capture, a reference and what must be said.

import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/core/tensor';
import { activationOf, compare, crop, type Rules } from './compare';

const row = (...values: number[]): Tensor => ({ dims: [1, 1, values.length], data: Float32Array.from(values) });
const flat = (dims: number[], ...values: number[]): Tensor => ({ dims, data: Float32Array.from(values) });
const full: Rules = { expect: 'full', tolerance: { pattern: 1e-4, default: 1e-3 }, isEncoderDecoder: false };
const key = 'decoder.0.self.pattern';
const scores = 'decoder.0.self.scores';
const lowest = -3.4e38;

interface Row {
  readonly says: string;
  readonly captured: Record<string, Tensor>;
  readonly reference: Record<string, Tensor>;
  readonly rules?: Partial<Rules>;
  readonly statuses: readonly string[];
}

const rows: Row[] = [
  { says: 'equal within the tolerance of pattern', captured: { [key]: row(0.50009, 0.5) }, reference: { [key]: row(0.5, 0.5) }, statuses: ['ok'] },
  { says: 'beyond the tolerance of pattern', captured: { [key]: row(0.5002, 0.5) }, reference: { [key]: row(0.5, 0.5) }, statuses: ['bad'] },
  { says: 'the default tolerance for others', captured: { logits: row(1.0009) }, reference: { logits: row(1) }, statuses: ['ok'] },
  { says: 'missing', captured: {}, reference: { [key]: row(1) }, statuses: ['miss'] },
  { says: 'missing but optional', captured: {}, reference: { logits: row(1) }, rules: { optional: ['logits'] }, statuses: ['skip'] },
  { says: 'wrong but optional', captured: { logits: row(2) }, reference: { logits: row(1) }, rules: { optional: ['logits'] }, statuses: ['skip'] },
  {
    says: 'only the pattern is asked for',
    captured: { [key]: row(1) },
    reference: { [key]: row(1), logits: row(1) },
    rules: { expect: 'pattern' },
    statuses: ['ok', 'skip'],
  },
  {
    says: 'what is not asked for but captured is judged all the same',
    captured: { logits: row(2) },
    reference: { logits: row(1) },
    rules: { expect: 'pattern' },
    statuses: ['bad'],
  },
  { says: 'wrong shape', captured: { [key]: flat([1, 2, 1], 0.5, 0.5) }, reference: { [key]: row(0.5, 0.5) }, statuses: ['bad'] },
  { says: 'NaN', captured: { [key]: row(Number.NaN) }, reference: { [key]: row(1) }, statuses: ['bad'] },
  { says: 'masked in both, whatever the value', captured: { [scores]: row(2, -1e4) }, reference: { [scores]: row(2, lowest) }, statuses: ['ok'] },
  {
    says: 'NaN and −∞ count as masked',
    captured: { [scores]: row(Number.NaN, Number.NEGATIVE_INFINITY) },
    reference: { [scores]: row(lowest, lowest) },
    statuses: ['ok'],
  },
  { says: 'masked in one only', captured: { [scores]: row(2, -5) }, reference: { [scores]: row(2, lowest) }, statuses: ['bad'] },
  { says: 'the twin matches', captured: { q: row(3) }, reference: { q: row(1), 'q@before_norm': row(3) }, statuses: ['ok'] },
  { says: 'neither twin matches', captured: { q: row(2) }, reference: { q: row(1), 'q@before_norm': row(3) }, statuses: ['bad'] },
  {
    says: 'one more decoder position is cropped',
    captured: { [key]: row(0.5, 0.5, 9) },
    reference: { [key]: row(0.5, 0.5) },
    rules: { isEncoderDecoder: true },
    statuses: ['ok'],
  },
  {
    says: 'two more are not',
    captured: { [key]: row(0.5, 0.5, 9, 9) },
    reference: { [key]: row(0.5, 0.5) },
    rules: { isEncoderDecoder: true },
    statuses: ['bad'],
  },
  { says: 'a decoder-only model has no closing token to crop', captured: { [key]: row(0.5, 0.5, 9) }, reference: { [key]: row(0.5, 0.5) }, statuses: ['bad'] },
  {
    says: 'an encoder is not cropped',
    captured: { 'encoder.0.self.pattern': row(0.5, 0.5, 9) },
    reference: { 'encoder.0.self.pattern': row(0.5, 0.5) },
    rules: { isEncoderDecoder: true },
    statuses: ['bad'],
  },
  {
    says: 'padded positions are cropped',
    captured: { 'encoder.0.self.pattern': row(0.5, 0.5, 0, 0, 0, 0) },
    reference: { 'encoder.0.self.pattern': row(0.5, 0.5) },
    rules: { padded_to: 6 },
    statuses: ['ok'],
  },
  {
    says: 'a pattern that the model does not have',
    captured: { [key]: row(1), 'decoder.1.self.pattern': row(1) },
    reference: { [key]: row(1) },
    statuses: ['ok', 'bad'],
  },
];

describe('compare', () => {
  it.each(rows)('$says', ({ captured, reference, rules, statuses }) => {
    const judged = compare(new Map(Object.entries(captured)), new Map(Object.entries(reference)), { ...full, ...rules });
    expect(judged.map((one) => one.status)).toEqual(statuses);
  });

  it('crops a corner of every axis', () => {
    expect(crop(flat([2, 3], 1, 2, 3, 4, 5, 6), [1, 2], 1)).toEqual(flat([1, 2], 1, 2));
    expect(crop(flat([1, 2, 2], 1, 2, 3, 4), [2, 2], 1).dims).toEqual([2, 2]);
  });

  it('reads the activation off a key', () => {
    expect(activationOf('decoder.0.self.q@before_norm')).toBe('q');
  });
});
