// The saved map: what it says of itself, and that the colours of its cells are those of its numbers.

import { describe, expect, it } from 'vitest';
import { hexOf, sequentialTable } from '../../../../src/present/colour/palette';
import { type MapDrawing, mapSvg } from '../../../../src/present/export/mapSvg';
import { escaped } from '../../../../src/present/export/svgText';
import { matrixLayout } from '../../../../src/present/map/matrixLayout';
import { matrixModel } from '../../../../src/present/map/matrixModel';
import { tokensOf } from '../fixtures';

const theme: MapDrawing['theme'] = { kind: 'dark', background: '#000', foreground: '#fff', muted: '#888', focus: '#00f', monospace: '"Fira", monospace' };
const tokens = tokensOf(['one', 'two', 'three']);
const weights = Float32Array.of(1, 0, 0, 0.5, 0.5, 0, 0.2, 0.2, 0.6);
const model = matrixModel({ weights, queries: tokens, keys: tokens, isCausal: true, specialTokens: 'dim', isUnitDomain: false, tile: 1 });
const room = { pixelRatio: 1, availableWidth: 400, rowLabelWidth: 60, columnLabelHeight: 40, rightMargin: 20 };
const drawing: MapDrawing = {
  model,
  layout: matrixLayout(model, room),
  queryLabels: ['a<b>&"c"', '\u0000\ud800\u001b', '</text>'],
  keyLabels: ['x', ']]>', '🙂'],
  focusRow: 1,
  numbersFrom: 0.05,
  gutterNumbersFrom: 0.005,
  theme,
  title: 'L0H1 of <m>',
  notes: ['first', 'second & third', `long ${'word '.repeat(200)}`],
};

/** Names of elements still open, what is no markup, and what no XML may hold; empty for a document that can be read. */
function brokenParts(svg: string): string[] {
  const open: string[] = [];
  const broken = [...svg.matchAll(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu)].map(([character]) => `U+${character.codePointAt(0)?.toString(16)}`);
  const rest = svg.replace(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi, (_, isEnd: string, name: string, __, isAlone: string) => {
    if (isEnd && open.pop() !== name) broken.push(`</${name}>`);
    if (!isEnd && !isAlone) open.push(name);
    return '';
  });
  return [...broken, ...open, ...(rest.match(/[<>]|&(?!amp;|lt;|gt;|quot;)/g) ?? [])];
}

function fillAt(svg: string, row: number, column: number): string | undefined {
  const corner = `<rect x="${drawing.layout.xs[column]}" y="${drawing.layout.ys[row]}"`;
  return new RegExp(`${corner} [^>]*fill="([^"]+)"`).exec(svg)?.[1];
}

describe('the map as SVG', () => {
  const svg = mapSvg(drawing);

  it('can be read as XML whatever the tokens are', () => {
    expect(brokenParts(svg)).toEqual([]);
    expect(brokenParts(`${svg}<`)).toEqual(['<']);
  });

  it('says in title and description what it shows, whole', () => {
    expect(svg).toContain('<title>L0H1 of &lt;m&gt;</title>');
    expect(svg).toContain(`<desc>first\nsecond &amp; third\n${drawing.notes[2]}</desc>`);
    expect(svg.match(/>(long )?(word ?)+…?</g)?.length).toBe(3);
  });

  it.each([
    { row: 0, column: 0, weight: 1 },
    { row: 1, column: 0, weight: 0.5 },
    { row: 2, column: 1, weight: 0.2 },
    { row: 2, column: 2, weight: 0.6 },
  ])('has the colour of $weight in cell $row, $column', ({ row, column, weight }) => {
    expect(fillAt(svg, row, column)).toBe(hexOf(sequentialTable('dark'), Math.round(weight * 255)));
  });

  it('hatches what is masked, and writes no number there', () => {
    expect(fillAt(svg, 0, 2)).toBe('url(#masked)');
    expect([...svg.matchAll(/anchor="middle"[^>]*>([^<]+)</g)].map(([, number]) => number)).toEqual(['1.00', '0.50', '0.50', '0.20', '0.20', '0.60']);
  });

  it('writes numbers into gutters only from where that is asked', () => {
    const own = tokensOf(['[CLS]', 'two', 'three']);
    const input = { weights, queries: own, keys: own, isCausal: true, specialTokens: 'dim', isUnitDomain: false, tile: 1 } as const;
    const apart = { ...drawing, model: matrixModel(input), layout: matrixLayout(matrixModel(input), room) };
    const count = (one: MapDrawing) => mapSvg(one).match(/anchor="middle"/g)?.length ?? 0;
    expect([
      count(apart),
      count({ ...apart, gutterNumbersFrom: undefined }),
      count({ ...apart, numbersFrom: undefined, gutterNumbersFrom: undefined }),
    ]).toEqual([6, 3, 0]);
  });

  it('marks what the colours do not reach', () => {
    const clipped = { ...drawing, model: { ...model, domain: { min: 0, max: 0.5 } } };
    expect([...mapSvg(clipped).matchAll(/>([\d.]+▲)</g)].map(([, number]) => number)).toEqual(['1.00▲', '0.60▲']);
  });
});

it.each([
  ['markup', '<b a="1">&', '&lt;b a=&quot;1&quot;&gt;&amp;'],
  ['what XML has no place for', 'a\u0000b\u001f\ufffe\ud800c', 'a\ufffdb\ufffd\ufffd\ufffdc'],
  ['letters of any script', 'שלום 今日 😀', 'שלום 今日 😀'],
])('%s', (_, words, expected) => expect(escaped(words)).toBe(expected));
