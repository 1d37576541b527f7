// Colour tables of 256 RGBA entries for the four kinds of themes. Sequential: lightness runs evenly from the ground of the theme to
// its opposite, so the order survives every kind of colour blindness and print.
// Depends on the theme kind alone, so that a test can rebuild the table and read numbers back from pixels.

import { type Lab, type Rgb, toLinear, toOklab, toRgb } from './oklab';

export const themeKinds = ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const;
export type ThemeKind = (typeof themeKinds)[number];

/** 256 × RGBA. */
export type ColourTable = Uint8ClampedArray;

const sequentialStops: Record<ThemeKind, readonly Rgb[]> = {
  dark: [
    [33, 33, 36],
    [71, 36, 84],
    [139, 41, 84],
    [203, 84, 54],
    [240, 166, 76],
    [254, 240, 172],
  ],
  light: [
    [249, 248, 246],
    [250, 214, 150],
    [238, 143, 84],
    [200, 72, 84],
    [124, 36, 98],
    [46, 14, 66],
  ],
  'high-contrast': [
    [14, 10, 20],
    [74, 24, 96],
    [160, 36, 88],
    [230, 96, 48],
    [255, 186, 80],
    [255, 255, 214],
  ],
  'high-contrast-light': [
    [255, 255, 255],
    [250, 205, 130],
    [232, 120, 72],
    [180, 48, 88],
    [96, 20, 92],
    [16, 0, 32],
  ],
};

/** Below, at and above 0: the middle is as quiet as the ground. */
const divergingStops: Record<ThemeKind, readonly [Rgb, Rgb, Rgb]> = {
  dark: [
    [64, 170, 255],
    [44, 44, 46],
    [255, 150, 60],
  ],
  light: [
    [0, 92, 184],
    [240, 240, 240],
    [190, 82, 0],
  ],
  'high-contrast': [
    [96, 190, 255],
    [20, 20, 20],
    [255, 176, 64],
  ],
  'high-contrast-light': [
    [0, 64, 150],
    [246, 246, 246],
    [150, 56, 0],
  ],
};

const gutterStops: Record<ThemeKind, readonly Rgb[]> = {
  dark: [
    [44, 44, 46],
    [186, 186, 188],
  ],
  light: [
    [236, 236, 236],
    [92, 92, 92],
  ],
  'high-contrast': [
    [20, 20, 20],
    [200, 200, 200],
  ],
  'high-contrast-light': [
    [240, 240, 240],
    [70, 70, 70],
  ],
};

/** Colours for 0 … 1, evenly spaced in OKLab lightness. The table is shared: copy before changing it. */
export function sequentialTable(kind: ThemeKind): ColourTable {
  return sequential[kind];
}

/** Colours for −1 … 1: blue below 0, orange above. Shared. */
export function divergingTable(kind: ThemeKind): ColourTable {
  return diverging[kind];
}

/** Greys for special tokens, 0 … 1: apart from the colours of content cells, never reaching the ends of the theme. Shared. */
export function gutterTable(kind: ThemeKind): ColourTable {
  return gutter[kind];
}

/** Relative luminance (WCAG 2.2) of entry `level`: cell numbers are written dark above about 0.18 and light below. */
export function luminanceOf(table: ColourTable, level: number): number {
  const [r, g, b] = [0, 1, 2].map((channel) => toLinear(table[level * 4 + channel] as number)) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** `#rrggbb` of entry `level`. */
export function hexOf(table: ColourTable, level: number): string {
  return `#${[0, 1, 2].map((channel) => (table[level * 4 + channel] as number).toString(16).padStart(2, '0')).join('')}`;
}

function tableOf(stops: readonly Lab[], positions: readonly number[]): ColourTable {
  const table = new Uint8ClampedArray(256 * 4);
  for (let level = 0; level < 256; level++) {
    const at = level / 255;
    const next = Math.max(
      1,
      positions.findIndex((position) => position >= at - 1e-9),
    );
    const from = stops[next - 1] as Lab;
    const to = stops[next] as Lab;
    const start = positions[next - 1] as number;
    const part = (at - start) / ((positions[next] as number) - start);
    const mixed = from.map((value, i) => value + part * ((to[i] as number) - value)) as unknown as Lab;
    table.set([...toRgb(mixed), 255], level * 4);
  }
  return table;
}

function evenInLightness(stops: readonly Lab[]): number[] {
  const first = stops[0] as Lab;
  const last = stops[stops.length - 1] as Lab;
  return stops.map((stop) => (stop[0] - first[0]) / (last[0] - first[0]));
}

function tablesOf(
  stops: Record<ThemeKind, readonly Rgb[]>,
  positionsOf: (stops: readonly Lab[]) => readonly number[] = evenInLightness,
): Record<ThemeKind, ColourTable> {
  const table = (kind: ThemeKind) => {
    const labs = stops[kind].map(toOklab);
    return tableOf(labs, positionsOf(labs));
  };
  return { dark: table('dark'), light: table('light'), 'high-contrast': table('high-contrast'), 'high-contrast-light': table('high-contrast-light') };
}

const sequential = tablesOf(sequentialStops);
const gutter = tablesOf(gutterStops);
const diverging = tablesOf(divergingStops, () => [0, 0.5, 1]);
