// Reads the weights of a map back from the pixels of its canvas: where the cells stand comes from the canvas's data attributes, what a colour means
// from the colour tables and the legend's domain. Independent of how the map was painted.

import { createRequire } from 'node:module';
import type { Frame, Page } from '@playwright/test';
import type { ColourTable, ThemeKind } from '../../src/present/colour/palette.ts';

// Playwright loads the product's sources as CommonJS, whose names an import of an .mts file does not see.
const { gutterTable, sequentialTable } = createRequire(import.meta.url)(
  '../../src/present/colour/palette.ts',
) as typeof import('../../src/present/colour/palette.ts');

/** What one cell's colour says of its weight; null: no colour of the legend (masked). */
export interface ReadCell {
  readonly query: number;
  readonly key: number;
  readonly isGutter: boolean;
  /** Smallest and largest weight that have this colour. */
  readonly range: readonly [number, number] | null;
}

interface RawCell {
  readonly query: number;
  readonly key: number;
  readonly isGutter: boolean;
  readonly rgba: readonly number[];
}

/** Every cell of the map that is shown, rows in order. Samples near a corner, where no number is written. */
export async function readMapCells(page: Frame | Page): Promise<ReadCell[]> {
  const canvas = page.locator('canvas.cells[data-domain-max]');
  const { themeKind, domainMax, cells } = await canvas.evaluate((element) => {
    const map = element as HTMLCanvasElement;
    const facts = map.dataset as Record<string, string>;
    const numbers = (name: string) => (facts[name] ? (facts[name] ?? '').split(',').map(Number) : []);
    // A copy is read, for reading the canvas itself again and again makes the browser warn.
    const copy = new OffscreenCanvas(map.width, map.height).getContext('2d', { willReadFrequently: true });
    copy?.drawImage(map, 0, 0);
    const pixels = copy?.getImageData(0, 0, map.width, map.height).data;
    const walk = (tokens: readonly number[], gutters: readonly number[], origin: number, gutter: number, cell: number) => {
      let at = origin;
      return tokens.map((token, i) => {
        const isGutter = gutters.includes(i);
        const length = isGutter ? gutter : cell;
        at += length;
        return { token, isGutter, at: at - length + Math.max(1, Math.floor((length - Number(facts.gap)) / 8)) };
      });
    };
    const rows = walk(numbers('rows'), numbers('gutterRows'), Number(facts.originY), Number(facts.gutterHeight), Number(facts.cellHeight));
    const columns = walk(numbers('columns'), numbers('gutterColumns'), Number(facts.originX), Number(facts.gutterWidth), Number(facts.cell));
    const read: RawCell[] = rows.flatMap((row) =>
      columns.map((column) => ({
        query: row.token,
        key: column.token,
        isGutter: row.isGutter || column.isGutter,
        rgba: [0, 1, 2, 3].map((channel) => pixels?.[(row.at * map.width + column.at) * 4 + channel] ?? -1),
      })),
    );
    return { themeKind: facts.themeKind as string, domainMax: Number(facts.domainMax), cells: read };
  });
  const kind = themeKind as ThemeKind;
  return cells.map(({ rgba, ...cell }) => ({
    ...cell,
    range: rangeOf(rgba, cell.isGutter ? gutterTable(kind) : sequentialTable(kind), cell.isGutter ? 1 : domainMax),
  }));
}

/** Weights whose colour this is: half a band on either side of every level that has it. */
function rangeOf(rgba: readonly number[], table: ColourTable, max: number): [number, number] | null {
  const levels = Array.from({ length: 256 }, (_, level) => level).filter((level) =>
    [0, 1, 2, 3].every((channel) => table[level * 4 + channel] === rgba[channel]),
  );
  const [first, last] = [levels[0], levels[levels.length - 1]];
  return first === undefined || last === undefined ? null : [((first - 0.5) / 255) * max, ((last + 0.5) / 255) * max];
}
