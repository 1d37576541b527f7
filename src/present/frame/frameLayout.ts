// What stands where in the panel, by its own width and height: a rule on two numbers, so that it is the same in every picture of it. Heights are CSS
// pixels at a font of 13 px; the style sheets repeat them, and the gallery's tests measure that they agree.

/** Heights of the parts above and below the view. */
export const partHeights = {
  toolbar: 36,
  focusLine: 34,
  tokenLine: 34,
  secondTokenLine: 26,
  bar: 26,
  tabs: 34,
  shelf: 136,
  foldedShelf: 30,
  readout: 34,
  tallReadout: 52,
};

/** The view is to have at least this part of the height; else parts above it fold. */
export const leastShareOfView = 0.55;

/** Width of the column of the dock. */
export const columnWidth = 262;

export type Form = 'dock' | 'shelf' | 'sheet';

export interface FrameInput {
  /** Of the panel, without the lines that say what goes on or wrong. */
  readonly width: number;
  readonly height: number;
  /** Lists of tokens, a line each. */
  readonly listCount: 1 | 2;
  /** Whether a single list needs more than a line. */
  readonly isLong: boolean;
  /** Whether the views of this group are of one head. */
  readonly hasHeads: boolean;
  /** What was folded by hand, which wins; null: never touched. */
  readonly isShelfFolded: boolean | null;
}

export interface FrameLayout {
  readonly form: Form;
  /** Where all heads stand: left of the view, in a row above it, in a line, or only behind the head's chip. */
  readonly heads: 'column' | 'shelf' | 'line' | 'none';
  /** Where the largest weights of the focus stand; `bar`: one line above the tabs. */
  readonly focusRow: 'column' | 'shelf' | 'line' | 'bar' | 'none';
  readonly tokenLines: 1 | 2;
  /** From the top of the panel, and the height that is left for it. */
  readonly viewStart: number;
  readonly viewHeight: number;
}

/** Dock from 900, shelf from 560 pixels of width. */
export function formOf(width: number): Form {
  return width >= 900 ? 'dock' : width >= 560 ? 'shelf' : 'sheet';
}

/** The frame for a size: what is largest and still leaves the view its share, in the order shelf, tokens, focus row. */
export function frameLayout(input: FrameInput): FrameLayout {
  const candidates = candidatesFor(input).map((parts) => measured(input, parts));
  return candidates.find(({ viewHeight }) => viewHeight >= leastShareOfView * input.height) ?? (candidates.at(-1) as FrameLayout);
}

type Parts = Pick<FrameLayout, 'heads' | 'focusRow' | 'tokenLines'>;

/** From nothing folded to all that may fold. */
function candidatesFor({ width, listCount, isLong, hasHeads, isShelfFolded }: FrameInput): Parts[] {
  const form = formOf(width);
  const fewest = listCount;
  const most = listCount === 2 || (isLong && form !== 'sheet') ? 2 : 1;
  const withLines = (parts: Omit<Parts, 'tokenLines'>): Parts[] => [
    { ...parts, tokenLines: most },
    ...(most === fewest ? [] : [{ ...parts, tokenLines: fewest }]),
  ];
  if (!hasHeads) return withLines({ heads: 'none', focusRow: 'none' });
  if (form === 'dock') return withLines({ heads: 'column', focusRow: 'column' });
  if (form === 'sheet') return [...withLines({ heads: 'none', focusRow: 'bar' }), { heads: 'none', focusRow: 'none', tokenLines: fewest }];
  const shelf: Parts = { heads: 'shelf', focusRow: 'shelf', tokenLines: most };
  if (isShelfFolded === false) return [shelf, { ...shelf, tokenLines: fewest }];
  const line = withLines({ heads: 'line', focusRow: 'line' });
  const last: Parts = { heads: 'line', focusRow: 'none', tokenLines: fewest };
  return isShelfFolded ? [...line, last] : [shelf, ...line, last];
}

function measured({ width, height }: FrameInput, parts: Parts): FrameLayout {
  const form = formOf(width);
  const { toolbar, focusLine, tokenLine, secondTokenLine, bar, tabs, shelf, foldedShelf, readout, tallReadout } = partHeights;
  const tokens = tokenLine + (parts.tokenLines === 2 ? secondTokenLine : 0);
  const heads = { column: 0, shelf, line: foldedShelf, none: 0 }[parts.heads];
  const viewStart = toolbar + focusLine + tokens + (parts.focusRow === 'bar' ? bar : 0) + tabs + heads;
  return { form, ...parts, viewStart, viewHeight: Math.max(0, height - viewStart - (form === 'sheet' ? tallReadout : readout)) };
}
