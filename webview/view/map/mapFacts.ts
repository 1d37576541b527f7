// What the map's canvas says of itself in data attributes: where its cells stand (device pixels) and what its colours mean.
// Cell (r, c) starts at origin + the widths (heights) before it; an entry is gutterWidth (gutterHeight) long where it is listed as a gutter, else cell (cellHeight).

import { siteName } from '../../../src/core/names';
import type { AxisEntry } from '../../../src/present/map/matrixModel';
import type { MapScene } from '../../../src/reading/mapScene';

/** Values for `dataset`. */
export function mapFacts({ picture, model, layout }: MapScene): Record<string, string> {
  return {
    pixelRatio: String(layout.pixelRatio),
    cell: String(layout.cell),
    cellHeight: String(layout.cellHeight),
    gutterWidth: String(layout.gutterWidth),
    gutterHeight: String(layout.gutterHeight),
    gap: String(layout.gap),
    originX: String(layout.originX),
    originY: String(layout.originY),
    rows: tokensOf(model.rows),
    columns: tokensOf(model.columns),
    gutterRows: guttersOf(model.rows),
    gutterColumns: guttersOf(model.columns),
    tile: String(model.tile),
    domainMin: String(model.domain.min),
    domainMax: String(model.domain.max),
    site: siteName(picture.site),
    head: String(picture.view.head ?? 'mean'),
    run: String(picture.run.runId),
  };
}

function tokensOf(axis: readonly AxisEntry[]): string {
  return axis.map((entry) => entry.index).join();
}

function guttersOf(axis: readonly AxisEntry[]): string {
  return axis.flatMap((entry, i) => (entry.isGutter ? [i] : [])).join();
}
