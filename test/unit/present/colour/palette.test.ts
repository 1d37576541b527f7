// The colour tables: reversible (a colour names one level), steadily lighter or darker, and readable with the numbers on them.

import { describe, expect, it } from 'vitest';
import { toOklab } from '../../../../src/present/colour/oklab';
import { type ColourTable, gutterTable, hexOf, luminanceOf, sequentialTable, themeKinds } from '../../../../src/present/colour/palette';
import { raster } from '../../../../src/present/colour/raster';

const lightness = (table: ColourTable, level: number) =>
  toOklab([table[level * 4] as number, table[level * 4 + 1] as number, table[level * 4 + 2] as number])[0];
const levels = Array.from({ length: 256 }, (_, level) => level);

describe.each(themeKinds)('the tables of %s', (kind) => {
  it('names one level by every sequential colour', () => {
    expect(new Set(levels.map((level) => hexOf(sequentialTable(kind), level))).size).toBe(256);
  });

  it.each([
    ['sequential', sequentialTable(kind)],
    ['gutter', gutterTable(kind)],
  ])('runs evenly in lightness: %s', (_, table) => {
    const steps = levels.slice(1).map((level) => lightness(table, level) - lightness(table, level - 1));
    const direction = Math.sign(lightness(table, 255) - lightness(table, 0));
    expect(lightness(table, 128)).toBeCloseTo((lightness(table, 0) + lightness(table, 255)) / 2, 2);
    expect(Math.min(...steps.map((step) => step * direction))).toBeGreaterThan(-0.003);
  });

  it('gives numbers a contrast of at least 4.5 on every cell', () => {
    for (const table of [sequentialTable(kind), gutterTable(kind)]) {
      const contrasts = levels.map((level) => {
        const luminance = luminanceOf(table, level);
        return luminance > 0.18 ? (luminance + 0.05) / 0.05 : 1.05 / (luminance + 0.05);
      });
      expect(Math.min(...contrasts)).toBeGreaterThanOrEqual(4.5);
    }
  });
});

it('colours values through the table and leaves masked ones transparent', () => {
  const table = sequentialTable('dark');
  const pixels = raster([0, 0.5, 2, 1], { table, domain: { min: 0, max: 1 }, masked: Uint8Array.of(0, 0, 0, 1) });
  const expected = [0, 128, 255].flatMap((level) => [...table.slice(level * 4, level * 4 + 4)]);
  expect([...pixels]).toEqual([...expected, 0, 0, 0, 0]);
});
