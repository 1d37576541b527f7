// The colours and ends of a legend: from the colour of the domain's minimum to that of its maximum.

import { limitText } from '../words/numbers';
import { gutterTable, hexOf, sequentialTable, type ThemeKind } from './palette';
import type { Domain } from './scale';

/** `#rrggbb` of every 15th entry of the table, the smallest value first. */
export function legendColours(kind: ThemeKind, isGutter: boolean): string[] {
  const table = isGutter ? gutterTable(kind) : sequentialTable(kind);
  return Array.from({ length: 18 }, (_, i) => hexOf(table, i * 15));
}

/** What stands at the ends of the bar. */
export function legendEnds({ min, max }: Domain): readonly [string, string] {
  return [limitText(min), limitText(max)];
}
