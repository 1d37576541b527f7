// The map as a drawing of lines and letters: the same cells, colours and labels as on the screen, and what they are. Valid XML whatever the tokens are.

import { gutterTable, hexOf, luminanceOf, sequentialTable, type ThemeKind } from '../colour/palette';
import { levelOf, unitDomain } from '../colour/scale';
import { labelledEntries, type MatrixLayout } from '../map/matrixLayout';
import type { MatrixModel } from '../map/matrixModel';
import { cellText, limitText } from '../words/numbers';
import { shortened } from '../words/tokenLabel';

export interface MapDrawing {
  readonly model: MatrixModel;
  /** At one device pixel per CSS pixel. */
  readonly layout: MatrixLayout;
  readonly queryLabels: readonly string[];
  readonly keyLabels: readonly string[];
  /** Row of the focus; −1 where it is hidden. */
  readonly focusRow: number;
  readonly numbersFrom: number | undefined;
  readonly theme: {
    readonly kind: ThemeKind;
    readonly background: string;
    readonly foreground: string;
    readonly muted: string;
    readonly focus: string;
    readonly monospace: string;
  };
  /** First line: model and head. */
  readonly title: string;
  /** Lines below: what the colours mean, the text, how it was checked. */
  readonly notes: readonly string[];
}

const margin = 16;
const [titleHeight, lineHeight, legendHeight] = [28, 18, 26];
const [longestLabel, labelSize, numberSize] = [14, 12, 11];

/** An SVG document. */
export function mapSvg(drawing: MapDrawing): string {
  const { layout, notes, theme, title } = drawing;
  const width = Math.max(layout.width, 420) + 2 * margin;
  const below = titleHeight + layout.height + legendHeight;
  const height = below + notes.length * lineHeight + 2 * margin;
  const lines = notes.map((note, i) => text({ x: 0, y: below + (i + 0.7) * lineHeight, fill: theme.muted, size: labelSize, font: 'sans-serif' }, note));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title><desc>${escaped(notes.join('. '))}</desc>`,
    `<rect width="${width}" height="${height}" fill="${escaped(theme.background)}"/>`,
    `<g transform="translate(${margin} ${margin})">`,
    text({ x: 0, y: 14, fill: theme.foreground, size: 14, font: 'sans-serif', isBold: true }, title),
    `<g transform="translate(0 ${titleHeight})">${masks(theme)}${cells(drawing)}${labels(drawing)}${focus(drawing)}</g>`,
    legend(drawing, titleHeight + layout.height + 8),
    ...lines,
    '</g></svg>\n',
  ].join('\n');
}

function masks({ muted }: MapDrawing['theme']): string {
  return `<defs><pattern id="masked" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" stroke="${escaped(muted)}" stroke-opacity="0.4"/></pattern></defs>`;
}

function cells(drawing: MapDrawing): string {
  const { model, layout, theme } = drawing;
  return model.rows
    .flatMap((row, r) =>
      model.columns.map((column, c) => {
        const at = r * model.columns.length + c;
        const isGutter = row.isGutter || column.isGutter;
        const box = {
          x: layout.xs[c] as number,
          y: layout.ys[r] as number,
          width: (layout.widths[c] as number) - layout.gap,
          height: (layout.heights[r] as number) - layout.gap,
        };
        const place = `x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}"`;
        if (model.masked[at]) return `<rect ${place} fill="url(#masked)"/>`;
        const value = model.values[at] as number;
        const table = isGutter ? gutterTable(theme.kind) : sequentialTable(theme.kind);
        const level = levelOf(value, isGutter ? unitDomain : model.domain);
        return `<rect ${place} fill="${hexOf(table, level)}"/>${number(drawing, value, isGutter, box, luminanceOf(table, level) > 0.18)}`;
      }),
    )
    .join('');
}

function number(
  { numbersFrom }: MapDrawing,
  value: number,
  isGutter: boolean,
  { x, y, width, height }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  isLight: boolean,
): string {
  const size = isGutter ? numberSize * 0.85 : numberSize;
  const isWritten = numbersFrom !== undefined && value >= (isGutter ? 0.005 : numbersFrom) && width >= 2.7 * size && height >= 1.25 * size;
  if (!isWritten) return '';
  return text(
    { x: x + width / 2, y: y + height / 2 + size * 0.36, fill: isLight ? '#000000' : '#ffffff', size, font: 'monospace', anchor: 'middle' },
    cellText(value),
  );
}

function labels({ model, layout, queryLabels, keyLabels, theme, focusRow }: MapDrawing): string {
  const size = Math.min(labelSize, Math.max(9, layout.cellHeight * 0.62));
  const rows = labelledEntries(model.rows, layout.heights, size * 1.1, [focusRow]).map((r) => {
    const { index = 0, isGutter = false } = model.rows[r] ?? {};
    const y = (layout.ys[r] as number) + ((layout.heights[r] as number) - layout.gap) / 2 + size * 0.36;
    return text(
      { x: layout.originX - 8, y, fill: isGutter ? theme.muted : theme.foreground, size, font: theme.monospace, anchor: 'end', isBold: r === focusRow },
      shortened(queryLabels[index] ?? '', longestLabel),
    );
  });
  const columns = labelledEntries(model.columns, layout.widths, size * 1.1 * Math.SQRT2, []).map((c) => {
    const { index = 0, isGutter = false } = model.columns[c] ?? {};
    const x = (layout.xs[c] as number) + ((layout.widths[c] as number) - layout.gap) / 2;
    const written = text(
      { x: 0, y: size * 0.36, fill: isGutter ? theme.muted : theme.foreground, size, font: theme.monospace },
      shortened(keyLabels[index] ?? '', longestLabel),
    );
    return `<g transform="translate(${x} ${layout.originY - 7}) rotate(-45)">${written}</g>`;
  });
  return [...rows, ...columns].join('');
}

function focus({ layout, theme, focusRow }: MapDrawing): string {
  if (focusRow < 0) return '';
  const last = layout.xs.length - 1;
  const right = (layout.xs[last] ?? 0) + (layout.widths[last] ?? 0) - layout.gap;
  const height = (layout.heights[focusRow] ?? 0) - layout.gap;
  return `<rect x="${layout.originX - 1}" y="${(layout.ys[focusRow] ?? 0) - 1}" width="${right - layout.originX + 2}" height="${height + 2}" fill="none" stroke="${escaped(theme.focus)}" stroke-width="2"/>`;
}

function legend({ model, theme }: MapDrawing, y: number): string {
  const bar = (x: number, width: number, table: ReturnType<typeof sequentialTable>, [from, to]: readonly [string, string]) => {
    const steps = Array.from(
      { length: 32 },
      (_, i) => `<rect x="${x + (i * width) / 32}" y="${y}" width="${width / 32 + 0.5}" height="10" fill="${hexOf(table, Math.round((i * 255) / 31))}"/>`,
    );
    const end = (at: number, anchor: 'start' | 'end', words: string) =>
      text({ x: at, y: y + 9, fill: theme.muted, size: 11, font: 'monospace', anchor }, words);
    return `${steps.join('')}${end(x - 6, 'end', from)}${end(x + width + 6, 'start', to)}`;
  };
  const hasGutters = [...model.rows, ...model.columns].some(({ isGutter }) => isGutter);
  const content = bar(24, 120, sequentialTable(theme.kind), [limitText(model.domain.min), limitText(model.domain.max)]);
  return `${content}${hasGutters ? bar(240, 60, gutterTable(theme.kind), ['0', '1']) : ''}`;
}

interface TextStyle {
  readonly x: number;
  readonly y: number;
  readonly fill: string;
  readonly size: number;
  readonly font: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly isBold?: boolean;
}

function text({ x, y, fill, size, font, anchor = 'start', isBold }: TextStyle, words: string): string {
  return `<text x="${x}" y="${y}" fill="${escaped(fill)}" font-size="${size}" font-family="${escaped(font)}" text-anchor="${anchor}"${isBold ? ' font-weight="bold"' : ''} xml:space="preserve">${escaped(words)}</text>`;
}

/** Text for XML: markup escaped, characters that XML has no place for replaced. */
export function escaped(words: string): string {
  const allowed = words.replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
  return allowed.replace(/[&<>"]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character] as string);
}
