// The overview: every layer × head of one tower and kind as a small map on one scale. Says which heads exist and what their thumbnails hold;
// a site that may not be shown, or whose thumbnail is not there, has no values.

import type { Kind, Tower } from '../../core/names';
import type { RunSite, RunSummary } from '../../core/run';
import { bytesIn, floatsOf, type TensorPack } from '../../core/tensorPack';
import type { Domain } from '../colour/scale';

export interface HeadThumbnail {
  readonly head: number;
  /** [row, column] 0 … 255 of the domain, special tokens left out; null where there is no picture. */
  readonly levels: Uint8Array | null;
}

export interface GridLayer {
  readonly site: RunSite;
  readonly heads: readonly HeadThumbnail[];
  /** The mean of the heads, never renormalised. */
  readonly mean: Uint8Array | null;
}

export interface HeadGridModel {
  readonly layers: readonly GridLayer[];
  /** Cells of one thumbnail. */
  readonly rows: number;
  readonly columns: number;
  /** Most heads of any layer. */
  readonly headCount: number;
  /** The one domain of all thumbnails; null before they are there. */
  readonly domain: Domain | null;
}

/** The sites of one tower and kind, layers in order. */
export function sitesOf(run: RunSummary, tower: Tower, kind: Kind): RunSite[] {
  return run.sites.filter((site) => site.tower === tower && site.kind === kind).sort((a, b) => a.layer - b.layer);
}

/** View model of the overview; `thumbnails` is null while it is being fetched. */
export function headGridModel(sites: readonly RunSite[], thumbnails: TensorPack | null): HeadGridModel {
  const limits = thumbnails && floatsOf(thumbnails, 'domain');
  const header = thumbnails?.headers.find((candidate) => candidate.type === 'u8');
  const [, rows = 0, columns = 0] = header?.dims ?? [];
  const layers = sites.map((site): GridLayer => {
    const levels = thumbnails && site.isTrusted ? bytesIn(thumbnails, `L${site.layer}`) : undefined;
    const pictureOf = (index: number) => {
      const own = levels?.subarray(index * rows * columns, (index + 1) * rows * columns);
      return own && own.length === rows * columns && own.length > 0 ? own : null;
    };
    const heads = Array.from({ length: site.headCount }, (_, head): HeadThumbnail => ({ head, levels: pictureOf(head) }));
    return { site, heads, mean: pictureOf(site.headCount) };
  });
  const headCount = Math.max(0, ...sites.map((site) => site.headCount));
  const domain = limits && limits.length === 2 ? { min: limits[0] as number, max: limits[1] as number } : null;
  return { layers, rows, columns, headCount, domain };
}
