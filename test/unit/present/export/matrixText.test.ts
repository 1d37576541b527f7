// What is copied can be read back, to the last bit, whatever the tokens are.

import { describe, expect, it } from 'vitest';
import { floatText, type LabelledMatrix, withRows } from '../../../../src/present/export/labelledMatrix';
import { matrixText } from '../../../../src/present/export/matrixText';

const labels = ['[CLS]', 'a|b', 'tab\tand\nline', 'say "so"', 'back\\slash', '\u0085\u2028', 'שלום\u202e', 'the', 'the', '<b>*x*</b>'];
const values = Float32Array.from({ length: labels.length ** 2 }, (_, i) => (i % 7 === 0 ? (i % 2 === 0 ? 0 : -0) : Math.fround(1 / (i + 1) + i * 1e-9)));
const matrix: LabelledMatrix = { title: 'Weights of L0H3\nof a text', rows: labels, columns: labels, values, isMasked: (row, column) => column > row };

const numbersIn = (cells: readonly string[]) => cells.map(Number);

describe('a copied table', () => {
  it('has the fewest digits that give the same float32 back', () => {
    expect([0, -0, 1, 0.5, Math.fround(0.1), Math.fround(1e-30), 2 ** -149, Math.fround(123456.789)].map(floatText)).toEqual([
      '0',
      '-0',
      '1',
      '0.5',
      '0.1',
      '1e-30',
      '1e-45',
      '123456.79',
    ]);
    for (const value of [...values, 3.4028234663852886e38, Math.fround(Math.PI)]) expect(Math.fround(Number(floatText(value)))).toBe(value);
  });

  it('is aligned as tab-separated text, the corner empty', () => {
    const lines = matrixText('tsv', matrix)
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(lines.map((cells) => cells.length)).toEqual(Array(labels.length + 1).fill(labels.length + 1));
    expect(lines[0]?.slice(0, 4)).toEqual(['', '[CLS]', 'a|b', 'tab\\tand\\nline']);
    expect(lines[0]?.[7]).toBe('שלום\\u202e');
    expect(Float32Array.from(lines.slice(1).flatMap(([, ...cells]) => numbersIn(cells)))).toEqual(values);
  });

  it('is a table in Markdown, of which no label breaks a cell', () => {
    const lines = matrixText('markdown', matrix).trimEnd().split('\n');
    const cells = lines.map((line) => line.slice(2, -2).split(/(?<!\\) \| /));
    expect(cells.map((row) => row.length)).toEqual(Array(labels.length + 2).fill(labels.length + 1));
    expect(cells[3]?.[0]).toBe('a\\|b');
    expect(cells[11]?.[0]).toBe('\\<b\\>\\*x\\*\\</b\\>');
    expect(Float32Array.from(cells.slice(2).flatMap(([, ...row]) => numbersIn(row)))).toEqual(values);
  });

  it('is a program in Python, with the masked cells', () => {
    const text = matrixText('numpy', matrix);
    expect(text).not.toMatch(/[\u0080-\u009f\u2028-\u202e]/);
    const [title = ''] = text.split('\n');
    expect(title).toBe('# Weights of L0H3\\nof a text');
    const listAfter = (name: string) => text.slice(text.indexOf(`${name} = `) + name.length + 3).split('\n')[0] ?? '';
    expect(JSON.parse(listAfter('rows'))).toEqual(labels);
    const array = text.slice(text.indexOf('weights = np.array([') + 20, text.indexOf('], dtype'));
    expect(Float32Array.from(JSON.parse(`[${array.trim().replace(/,$/, '')}]`).flat())).toEqual(values);
    expect(text).toContain('    [False, True, True');
    expect(text).toMatch(/^ {4}\[0, .*-0\.0, /m);
    expect(matrixText('numpy', { ...matrix, isMasked: () => false })).not.toContain('masked');
  });

  it('is of some rows alone', () => {
    const part = withRows(matrix, [3, 1]);
    expect([part.rows, part.isMasked(1, 2), part.isMasked(0, 2)]).toEqual([['say "so"', 'a|b'], true, false]);
    expect(part.values).toEqual(Float32Array.of(...values.subarray(30, 40), ...values.subarray(10, 20)));
  });
});
