// How large the thumbnails of all heads are in the room that they have. Too small ones are not drawn: one layer's heads stand there instead.

export interface GridRoom {
  /** CSS pixels; `height` null: as high as it needs, for it scrolls. */
  readonly width: number;
  readonly height: number | null;
  readonly headCount: number;
  readonly layerCount: number;
}

export interface HeadGridLayout {
  /** CSS pixels. */
  readonly side: number;
  readonly gap: number;
  /** Thumbnails beside each other, the mean at the end of them included. */
  readonly columns: number;
  /** Whether all layers stand there, or one. */
  readonly isOneLayer: boolean;
}

/** Nothing can be seen of smaller ones. */
export const smallestSide = 14;
const largestSide = 56;
/** Of the names of the layers, and of the heads' numbers. */
export const [layerNameWidth, headNumberHeight] = [24, 14];
/** Of the name of the one layer with the ways to the next. */
export const layerChoiceWidth = 74;

/** All layers as large as fit; where that is too small, one layer's heads, in as many lines as fit. */
export function headGridLayout({ width, height, headCount, layerCount }: GridRoom): HeadGridLayout {
  const columns = headCount + 1;
  const across = (width - layerNameWidth) / columns;
  const down = height === null ? Number.POSITIVE_INFINITY : (height - headNumberHeight) / Math.max(1, layerCount);
  const pitch = Math.min(across, down);
  const [side, gap] = sideOf(pitch);
  if (side >= smallestSide || height === null) return { side: Math.max(side, smallestSide), gap, columns, isOneLayer: false };
  return { ...oneLayer(width, height, columns), isOneLayer: true };
}

/** Between large thumbnails there is more room. */
function sideOf(pitch: number): [side: number, gap: number] {
  const gap = pitch >= 22 ? 4 : 2;
  return [Math.min(largestSide, Math.floor(pitch) - gap), gap];
}

/** Largest thumbnails of which `count` fit into the room, line after line; where none do, as many of one line as fit. */
function oneLayer(width: number, height: number, count: number): Pick<HeadGridLayout, 'side' | 'gap' | 'columns'> {
  const room = width - layerChoiceWidth;
  const ways = Array.from({ length: count }, (_, i) => {
    const columns = Math.ceil(count / (i + 1));
    const [side, gap] = sideOf(Math.min(room / columns, height / (i + 1)));
    return { side, gap, columns };
  });
  const largest = ways.reduce((best, way) => (way.side > best.side ? way : best));
  if (largest.side >= smallestSide) return largest;
  const [side, gap] = sideOf(Math.max(smallestSide + 2, height));
  return { side, gap, columns: Math.max(1, Math.floor(room / (side + gap))) };
}

/** The first head that is drawn where not all are, so that the selected one is among them. */
export function firstInSight(selected: number, count: number, inSight: number): number {
  return Math.max(0, Math.min(count - inSight, selected - Math.floor(inSight / 2)));
}
