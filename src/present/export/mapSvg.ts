// The map as a drawing of lines and letters: the same cells, colours and labels as on the screen, and what they are. Valid XML whatever the tokens are.

import { gutterTable, hexOf, sequentialTable, type ThemeKind } from '../colour/palette';
import { colourOf, labelSizeOf, numberIn, writtenLabel } from '../map/mapText';
import { labelledEntries, type MatrixLayout } from '../map/matrixLayout';
import type { MatrixModel } from '../map/matrixModel';
import { limitText } from '../words/numbers';
import { shortened } from '../words/tokenLabel';
import { escaped, short, svgText } from './svgText';

export interface MapDrawing {
  readonly model: MatrixModel;
  /** At one device pixel per CSS pixel. */
  readonly layout: MatrixLayout;
  readonly queryLabels: readonly string[];
  readonly keyLabels: readonly string[];
  /** Row of the focus; −1 where it is hidden. */
  readonly focusRow: number;
  /** Smallest number that is written into a content cell; undefined: none is. */
  readonly numbersFrom: number | undefined;
  /** The same for gutters. */
  readonly gutterNumbersFrom: number | undefined;
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
  /** Below: what the colours mean, the text, how it was checked. At most three lines of each; whole in the description. */
  readonly notes: readonly string[];
}

const margin = 16;
const [titleHeight, lineHeight, legendHeight, narrowest] = [28, 18, 26, 560];
const noteSize = 12;

/** An SVG document. */
export function mapSvg(drawing: MapDrawing): string {
  const { layout, notes, theme, title } = drawing;
  const content = Math.max(layout.width, narrowest);
  const lines = notes.flatMap((note) => wrapped(note, Math.floor(content / (noteSize * 0.54))));
  const [width, below] = [content + 2 * margin, titleHeight + layout.height + legendHeight];
  const height = below + lines.length * lineHeight + 2 * margin;
  const line = (words: string, i: number) => svgText({ x: 0, y: below + (i + 0.7) * lineHeight, fill: theme.muted, size: noteSize, font: 'sans-serif' }, words);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<desc>${escaped(notes.join('\n'))}</desc>`,
    `<defs><pattern id="masked" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 6L6 0" stroke="${escaped(theme.muted)}" stroke-opacity="0.5"/></pattern></defs>`,
    `<rect width="${width}" height="${height}" fill="${escaped(theme.background)}"/>`,
    `<g transform="translate(${margin} ${margin})">`,
    svgText({ x: 0, y: 14, fill: theme.foreground, size: 14, font: 'sans-serif', isBold: true }, shortened(title, Math.floor(content / 8.4))),
    `<g transform="translate(0 ${titleHeight})">`,
    ...cells(drawing),
    ...rowLabels(drawing),
    ...columnLabels(drawing),
    focusFrame(drawing),
    '</g>',
    ...legend(drawing, titleHeight + layout.height + 8),
    ...lines.map(line),
    '</g></svg>\n',
  ].join('\n');
}

const mostLines = 3;

/** Lines of at most `limit` characters, broken between words where there are any. */
function wrapped(words: string, limit: number): string[] {
  const lines: string[] = [];
  for (let rest = words; rest !== ''; ) {
    const isLast = lines.length === mostLines - 1 || rest.length <= limit;
    const space = rest.lastIndexOf(' ', limit);
    const line = isLast ? shortened(rest, limit) : rest.slice(0, space > 0 ? space : limit);
    lines.push(line);
    rest = isLast ? '' : rest.slice(line.length).trimStart();
  }
  return lines;
}

/** The numbers stand above all cells. */
function cells(drawing: MapDrawing): string[] {
  const { model, layout, theme, numbersFrom = Number.POSITIVE_INFINITY, gutterNumbersFrom = Number.POSITIVE_INFINITY } = drawing;
  const boxes: string[] = [];
  const numbers: string[] = [];
  const input = { model, kind: theme.kind, pixelRatio: layout.pixelRatio, numbersFrom, gutterNumbersFrom };
  model.values.forEach((_, at) => {
    const [row, column] = [Math.floor(at / model.columns.length), at % model.columns.length];
    const [x, y] = [layout.xs[column] as number, layout.ys[row] as number];
    const [width, height] = [(layout.widths[column] as number) - layout.gap, (layout.heights[row] as number) - layout.gap];
    const { table, level } = colourOf(model, theme.kind, at);
    const fill = model.masked[at] ? 'url(#masked)' : hexOf(table, level);
    boxes.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`);
    const written = numberIn(input, at, width, height);
    const place = written && { x: x + width / 2, y: y + height / 2 + written.size * 0.36, size: written.size, fill: written.colour };
    if (written && place) numbers.push(svgText({ ...place, font: theme.monospace, anchor: 'middle' }, written.text));
  });
  return [...boxes, ...numbers];
}

function rowLabels({ model, layout, queryLabels, theme, focusRow }: MapDrawing): string[] {
  return labelledEntries(model.rows, layout.heights, labelSizeOf(layout) * 1.1, [focusRow]).map((r) => {
    const { index = 0, isGutter = false } = model.rows[r] ?? {};
    const size = labelSizeOf(layout, isGutter);
    const y = (layout.ys[r] as number) + ((layout.heights[r] as number) - layout.gap) / 2 + size * 0.36;
    const fill = isGutter ? theme.muted : theme.foreground;
    const style = { x: layout.originX - 8, y, fill, size, font: theme.monospace, anchor: 'end', isBold: r === focusRow } as const;
    return svgText(style, writtenLabel(queryLabels[index] ?? '', isGutter));
  });
}

function columnLabels({ model, layout, keyLabels, theme }: MapDrawing): string[] {
  return labelledEntries(model.columns, layout.widths, labelSizeOf(layout) * 1.1 * Math.SQRT2, []).map((c) => {
    const { index = 0, isGutter = false } = model.columns[c] ?? {};
    const size = labelSizeOf(layout, isGutter);
    const x = (layout.xs[c] as number) + ((layout.widths[c] as number) - layout.gap) / 2;
    const style = { x: 0, y: size * 0.36, fill: isGutter ? theme.muted : theme.foreground, size, font: theme.monospace };
    const label = svgText(style, writtenLabel(keyLabels[index] ?? '', isGutter));
    return `<g transform="translate(${short(x)} ${layout.originY - 7}) rotate(-45)">${label}</g>`;
  });
}

function focusFrame({ layout, theme, focusRow }: MapDrawing): string {
  if (focusRow < 0) return '';
  const last = layout.xs.length - 1;
  const width = (layout.xs[last] ?? 0) + (layout.widths[last] ?? 0) - layout.gap - layout.originX + 2;
  const place = `x="${layout.originX - 1}" y="${(layout.ys[focusRow] ?? 0) - 1}" width="${width}" height="${(layout.heights[focusRow] ?? 0) - layout.gap + 2}"`;
  return `<rect ${place} fill="none" stroke="${escaped(theme.focus)}" stroke-width="2"/>`;
}

const steps = 32;

/** The colours with both ends written, those of special tokens beside them where there are any. */
function legend({ model, theme }: MapDrawing, y: number): string[] {
  const bar = (x: number, width: number, table: ReturnType<typeof sequentialTable>, [from, to]: readonly [string, string]) => {
    const step = (i: number) =>
      `<rect x="${short(x + (i * width) / steps)}" y="${y}" width="${short(width / steps + 0.5)}" height="10" fill="${hexOf(table, Math.round((i * 255) / (steps - 1)))}"/>`;
    const end = (at: number, anchor: 'start' | 'end', words: string) =>
      svgText({ x: at, y: y + 9, fill: theme.muted, size: 11, font: theme.monospace, anchor }, words);
    return [...Array.from({ length: steps }, (_, i) => step(i)), end(x - 6, 'end', from), end(x + width + 6, 'start', to)];
  };
  const hasGutters = [...model.rows, ...model.columns].some(({ isGutter }) => isGutter);
  const content = bar(24, 120, sequentialTable(theme.kind), [limitText(model.domain.min), limitText(model.domain.max)]);
  return hasGutters ? [...content, ...bar(240, 60, gutterTable(theme.kind), ['0', '1'])] : content;
}
