// Token labels, the table's pages, the overview's thumbnails.

import { expect, it } from 'vitest';
import { pack } from '../../../src/core/tensorPack';
import type { Token } from '../../../src/core/token';
import { isBeyond, levelOf } from '../../../src/present/colour/scale';
import { headGridModel } from '../../../src/present/heads/headGridModel';
import { tableModel } from '../../../src/present/map/tableModel';
import { isolated, placedLabel, shortened, tokenLabel } from '../../../src/present/words/tokenLabel';
import { siteOf } from './fixtures';

const token = (text: string, start: number, end: number, isSpecial = false): Token => ({ id: 1, text, start, end, isSpecial, sequence: 0, typeId: 0 });

it.each([
  [token('server', 0, 6), 'Server', 'server'],
  [token('##ing', 0, 3), 'ing', '##ing'],
  [token('Ġthe', 1, 5), 'a the', 'the'],
  [token('▁la', 0, 2), 'la', 'la'],
  [token('Ã©', 0, 1), 'é', 'é'],
  [token('Ċ', 0, 1), '\n', '⏎'],
  [token('Ġ', 0, 1), ' ', '␣'],
  [token('[CLS]', 0, 0, true), 'x', '[CLS]'],
  [token('cafe', 0, 4), 'Café', 'cafe'],
  [token('[UNK]', 0, 5), 'مرحبا', '[UNK] مرحبا'],
  [token('<0xE2>', 0, 1), '…', '<0xE2> …'],
  [token('[UNK]', 0, 5), '[UNK]', '[UNK]'],
  [token('', 0, 0, true), 'x', '∅'],
])('labels %o', (given, text, expected) => expect(tokenLabel(given, text)).toBe(expected));

it('adds the place to a label that several tokens have', () => {
  const labels = ['the', 'server', 'the'];
  expect(labels.map((_, index) => placedLabel(labels, index))).toEqual(['the₀', 'server', 'the₂']);
  expect(placedLabel(Array(13).fill('of'), 12)).toBe('of₁₂');
  expect(placedLabel(['שלום', 'שלום'], 1)).toBe('\u2068שלום\u2069₁');
});

it('keeps labels that run from right to left apart from what stands beside them', () => {
  const apart = ['[UNK] مرحبا', 'שלום', 'ދިވެހި', 'ߒߞߏ', 'ܫܠܡܐ', '𞤀𞤁', 'ࠀ', '،'];
  expect(['server', '12', 'été', ...apart].map(isolated)).toEqual(['server', '12', 'été', ...apart.map((label) => `\u2068${label}\u2069`)]);
});

it('cuts labels between characters', () => {
  expect(shortened('👩👩👩👩', 3)).toBe('👩👩…');
  expect(shortened('abc', 3)).toBe('abc');
});

it('writes every weight with six decimals, page by page', () => {
  const input = {
    weights: Float32Array.from({ length: 100 * 3 }, (_, i) => i / 1000),
    queryCount: 100,
    keyCount: 3,
    isMasked: (query: number, key: number) => key > query,
    fromKey: 0,
  };
  const first = tableModel({ ...input, fromQuery: 0 });
  expect(first.pageText).toBe('rows 0–63 of 100, columns 0–2 of 3');
  expect(first.rows[1]?.cells).toEqual([
    { key: 0, text: '0.003000', isMasked: false },
    { key: 1, text: '0.004000', isMasked: false },
    { key: 2, text: '0.005000', isMasked: true },
  ]);
  expect(tableModel({ ...input, fromQuery: 70 }).rows.map((row) => row.query)).toEqual(Array.from({ length: 36 }, (_, i) => 64 + i));
  expect(tableModel({ ...input, queryCount: 4, fromQuery: 0 }).pageText).toBeUndefined();
  expect(tableModel({ ...input, fromQuery: 448 }).from).toEqual({ query: 64, key: 0 });
});

it('reads thumbnails by layer and head, and has none for a site that may not be shown', () => {
  const data = Uint8Array.from({ length: 8 }, (_, i) => i);
  const thumbnails = pack([
    { name: 'L0', dims: [2, 2, 2], data },
    { name: 'L1', dims: [2, 2, 2], data },
    { name: 'domain', dims: [2], data: Float32Array.of(0, 0.5) },
  ]);
  const model = headGridModel([siteOf(0), siteOf(1, { isTrusted: false }), siteOf(2)], thumbnails);
  expect(model.layers.map((layer) => layer.heads.map((head) => head.levels && [...head.levels]))).toEqual([
    [
      [0, 1, 2, 3],
      [4, 5, 6, 7],
    ],
    [null, null],
    [null, null],
  ]);
  expect(model.domain).toEqual({ min: 0, max: 0.5 });
  expect(headGridModel([siteOf(0)], null)).toMatchObject({ headCount: 2, domain: null });
});

it.each([
  [0, 0],
  [0.5, 255],
  [0.9, 255],
  [-1, 0],
  [0.25, 128],
])('spreads %d over the domain to level %d', (value, level) => {
  const domain = { min: 0, max: 0.5 };
  expect(levelOf(value, domain)).toBe(level);
  expect(isBeyond(value, domain)).toBe(value > 0.5 || value < 0);
});
