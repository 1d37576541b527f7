import { describe, expect, it } from 'vitest';
import type { LetteredTensor } from '../../../src/engine/tensors/canonical';
import { areStates, changedAre, changedRows, changesByRow, isNeighbourhood, separatingSets, withRowsChanged } from '../../../src/engine/trial/rows/rowChanges';
import { judgeIds, judgeRows, type RowChanges } from '../../../src/engine/trial/rows/rowFindings';
import { sampleText } from '../../../src/engine/trial/sampleText';

const rows = Array.from({ length: 12 }, (_, i) => i);
const around = (offsets: readonly number[], count = rows.length) =>
  Array.from({ length: count }, (_, row) => offsets.map((offset) => row + offset).filter((other) => other >= 0 && other < count));

describe('withRowsChanged', () => {
  it.each([
    ['rows of one text', '*td', [1, 3, 4], [1], [4, 5, 6, 7]],
    ['rows whose batch comes second', 't1d', [3, 1, 4], [1], [4, 5, 6, 7]],
    ['several rows', '*td', [1, 3, 4], [0, 2], [0, 1, 2, 3, 8, 9, 10, 11]],
  ] as const)('changes %s and no others, and keeps their size', (_name, axes, dims, changed, where) => {
    const data = Float32Array.from({ length: 12 }, (_, i) => Math.sin(i));
    const after = withRowsChanged({ tensor: 'x', axes }, dims, data, new Set(changed));
    expect([...after].flatMap((value, i) => (value === data[i] ? [] : [i]))).toEqual(where);
    expect([...after].sort()).toEqual([...data].sort());
  });

  it('changes rows of equal numbers, and ids to those of the next token', () => {
    expect(withRowsChanged({ tensor: 'x', axes: '*td' }, [1, 2, 2], Float32Array.of(1, 1, 2, 2), new Set([0]))[0]).not.toBe(1);
    expect([...withRowsChanged({ tensor: 'x', axes: '*t' }, [1, 3], Float32Array.of(5, 6, 7), new Set([2]))]).toEqual([5, 6, 5]);
  });
});

describe('separatingSets', () => {
  it.each([1, 2, 6, 24, 128])('tells every two of %i rows apart in both directions', (count) => {
    const sets = separatingSets(count);
    for (let a = 0; a < Math.min(count, 24); a++) {
      expect(sets.some((set) => set.has(a))).toBe(true);
      for (let b = 0; b < count; b++) if (a !== b) expect(sets.some((set) => set.has(a) && !set.has(b))).toBe(true);
    }
    if (count === 6) expect(sets).toHaveLength(4);
  });
});

describe('changes', () => {
  const tensor = (data: readonly number[]): LetteredTensor => ({ letters: 'hke', dims: [2, 2, 2], data: Float32Array.from(data) });

  it('are the largest of all heads, as a share of the tensor', () => {
    const changes = changesByRow(tensor([1, 0, 0, 0, 0, 0, 0, 4]), tensor([1, 0, 0, 1, 2, 0, 0, 4]), 'k');
    expect(changes && [...changes]).toEqual([0.5, 0.25]);
  });

  it.each([
    ['exactly those rows', [1, 0, 0.5], [0, 2], 1e-4, true],
    ['a row too many', [1, 0.01, 0.5], [0, 2], 1e-4, false],
    ['a row too many that rounding explains', [1, 0.01, 0.5], [0, 2], 0.15, true],
    ['a row too few', [1, 0, 0], [0, 2], 0.15, false],
    ['a row that moves as much as one of those', [1, 0.1, 0.15], [0, 2], 0.15, false],
    ['no number', [Number.NaN, Number.NaN, Number.NaN], [0], 1e-4, false],
  ] as const)('%s', (_name, changes, expected, share, isSo) => expect(changedAre(Float64Array.from(changes), new Set(expected), share)).toBe(isSo));

  it('count only where they are more than rounding', () => {
    expect(changedRows(Float64Array.of(1, 1e-5, 0.2), 1e-4)).toEqual([0, 2]);
    expect(changedRows(Float64Array.of(1e-8, 0), 1e-4)).toEqual([]);
  });
});

describe('isNeighbourhood', () => {
  it.each([
    ['the row alone', around([0]), true],
    ['around the row', around([-2, -1, 0, 1, 2]), true],
    ['from the row on', around([0, 1, 2]), true],
    ['one of an even width', around([-1, 0]), true],
    ['the next row', around([1]), false],
    ['up to the row', around([-3, -2, -1, 0]), false],
    ['every row', rows.map(() => rows), false],
    ['blocks', rows.map((row) => [row & ~1, row | 1]), false],
    ['two rows exchanged', around([0]).map((own, row) => (row === 3 ? [4] : row === 4 ? [3] : own)), false],
  ] as const)('%s', (_name, changed, isSo) => expect(isNeighbourhood(changed, rows.length)).toBe(isSo));
});

describe('areStates', () => {
  const [count, width] = [4, 2];
  /** Each column reads in one direction, and stands `shift` rows later. */
  const states = (directions: readonly ('forward' | 'backward')[], shift = 0) =>
    Array.from({ length: count }, (_, token): LetteredTensor => {
      const data = new Float32Array(count * width);
      for (let row = 0; row < count; row++)
        directions.forEach((direction, column) => {
          if (direction === 'forward' ? row >= token + shift : row <= token + shift) data[row * width + column] = 1;
        });
      return { letters: 'qd', dims: [count, width], data };
    });
  const none: LetteredTensor = { letters: 'qd', dims: [count, width], data: new Float32Array(count * width) };

  it('reads both ways', () => expect(areStates(none, states(['forward', 'backward']))).toBe(true));
  it('is not one token late or early', () => {
    expect(areStates(none, states(['forward', 'forward'], 1))).toBe(false);
    expect(areStates(none, states(['forward', 'forward'], -1))).toBe(false);
    expect(areStates(none, states(['forward', 'backward'], 1))).toBe(false);
  });
});

describe('findings', () => {
  const changes = (change: Partial<RowChanges>): RowChanges => ({
    changed: around([0]),
    isOwnLargest: true,
    isRounded: false,
    found: 12,
    tokens: 12,
    ...change,
  });
  const dense = rows.map(() => rows);
  const target = (rowsOf: 'keys' | 'rows of the stream') => ({ name: '', rowsOf, ref: [], sources: [] });

  it.each([
    ['keys', changes({}), 'holds'],
    ['keys', undefined, 'not run'],
    ['keys', changes({ found: 6 }), 'failed'],
    ['keys', changes({ changed: dense }), 'failed'],
    ['keys', changes({ changed: dense, isRounded: true }), 'not run'],
    ['keys', changes({ changed: around([1]), isRounded: true }), 'failed'],
    ['keys', changes({ changed: around([0]).slice(0, 4) }), 'not run'],
    ['rows of the stream', changes({ changed: dense }), 'holds'],
    ['rows of the stream', changes({ changed: dense, isOwnLargest: false }), 'not run'],
    ['rows of the stream', changes({ changed: rows.map((row) => rows.slice(row)), isOwnLargest: false }), 'holds'],
    ['rows of the stream', changes({ changed: around([1]) }), 'failed'],
  ] as const)('%s %j: %s', (rowsOf, one, state) => expect(judgeRows(target(rowsOf), one).state).toBe(state));

  it.each([
    [[5, 3, 4], 'holds', undefined],
    [[4, 3, 5], 'failed', /order of the text/],
    [[6, 4, 5], 'failed', /others beside them/],
    [[5, 3], 'not run', /computed/],
    [[7, 1, 2], 'not run', /computed/],
  ] as const)('rows %j for the ids 5, 3, 4: %s', (used, state, reason) => {
    const finding = judgeIds([5, 3, 4], used);
    expect(finding.state).toBe(state);
    if (reason) expect(finding.reason).toMatch(reason);
  });
});

describe('sampleText', () => {
  it.each([2, 5, 6, 7, 8, 24, 35])('has %i different ids, in no order', (count) => {
    const ids = sampleText(count, { padId: 0 }).map(({ id }) => id);
    expect(new Set(ids).size).toBe(count);
    if (count > 2) expect(ids).not.toEqual([...ids].sort((a, b) => a - b));
  });
  it('stays within the vocabulary', () => expect(Math.max(...sampleText(24, { padId: 0, vocabularySize: 16 }).map(({ id }) => id))).toBeLessThan(16));
});
