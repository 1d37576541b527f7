// All heads of one tower and kind at a glance, with the scale in words, and the choice of tower and kind where there are several.

import { html, nothing, type TemplateResult } from 'lit';
import type { RunSummary, TokenListName, View } from '../../src/core/inspection';
import { type SiteKey, siteName } from '../../src/core/names';
import type { TensorPack } from '../../src/core/tensorPack';
import { type HeadGridModel, headGridModel, sitesOf } from '../../src/present/headGridModel';
import { overviewScaleText, siteKindText } from '../../src/present/words';
import type { PanelContext } from './context';

/** The overview of the view's tower and kind. */
export function overview(context: PanelContext, run: RunSummary, view: View): TemplateResult {
  const { thumbnails, theme, actions } = context;
  const { model, titles } = gridOf(run, view.site, thumbnails?.state === 'ready' ? thumbnails.pack : null);
  const scale = thumbnails?.state === 'failed' ? `No thumbnails: ${thumbnails.reason}` : overviewScaleText(model.domain, isPooled(run, model));
  return html`<section class="overview" aria-labelledby="overview-title">
    <h2 id="overview-title">All heads · ${siteKindText(view.site)}</h2>
    ${siteChoice(context, run, view)}
    <ti-head-grid .model=${model} .theme=${theme} .selectedLayer=${view.site.layer} .selectedHead=${view.head} .titles=${titles} .onShow=${actions.showHead}></ti-head-grid>
    <p class="note">${scale}</p>
  </section>`;
}

/** Whether thumbnails have fewer cells than the text has content tokens. */
function isPooled(run: RunSummary, { layers, rows, columns }: HeadGridModel): boolean {
  const site = layers[0]?.site;
  const content = (list: TokenListName) => run.tokens[list]?.filter((token) => !token.isSpecial).length ?? 0;
  return site !== undefined && (content(site.queryTokens) > rows || content(site.keyTokens) > columns);
}

interface Grid {
  readonly name: string;
  readonly pack: TensorPack | null;
  readonly model: HeadGridModel;
  readonly titles: (site: SiteKey, head: number) => string;
}

const grids = new WeakMap<RunSummary, Grid>();

/** The same object while nothing of it changed, so that moving the pointer paints no thumbnail again. */
function gridOf(run: RunSummary, { tower, kind }: SiteKey, pack: TensorPack | null): Grid {
  const name = siteKindText({ tower, kind });
  const known = grids.get(run);
  if (known && known.name === name && known.pack === pack) return known;
  const grid = { name, pack, model: headGridModel(sitesOf(run, tower, kind), pack), titles: titlesOf(run) };
  grids.set(run, grid);
  return grid;
}

function titlesOf(run: RunSummary): (site: SiteKey, head: number) => string {
  const { measures, chosenBy, focusWord } = run.firstSight;
  const bySite = new Map(measures.map((measure) => [siteName(measure.site), measure.values]));
  return (site, head) => {
    const value = bySite.get(siteName(site))?.[head];
    if (value === undefined) return `L${site.layer}H${head}`;
    return `L${site.layer}H${head} · ${chosenBy === 'brings' ? `brings ${value.toFixed(3)} to ${focusWord} (length relative to its residual stream)` : `entropy over words ${value.toFixed(3)}`}`;
  };
}

function siteChoice({ actions }: PanelContext, run: RunSummary, view: View): TemplateResult | typeof nothing {
  const firsts = run.sites.filter((site, i) => run.sites.findIndex((other) => other.tower === site.tower && other.kind === site.kind) === i);
  if (firsts.length < 2) return nothing;
  return html`<div class="choice" role="group" aria-label="Tower and kind">
    ${firsts.map((site) => {
      const isShown = site.tower === view.site.tower && site.kind === view.site.kind;
      return html`<button type="button" aria-pressed=${isShown ? 'true' : 'false'} @click=${() => actions.showHead(site, view.head === null ? null : 0)}>${siteKindText(site)}</button>`;
    })}
  </div>`;
}
