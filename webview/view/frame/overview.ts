// All heads of one tower and kind at a glance, with their scale in words: in a column, a shelf or a line beside the focus row, or over the view.

import { html, nothing, type TemplateResult } from 'lit';
import type { SiteKey } from '../../../src/core/names';
import type { SeenRun, TokenListName } from '../../../src/core/run';
import type { TensorPack } from '../../../src/core/tensorPack';
import { type HeadGridModel, headGridModel, sitesOf } from '../../../src/present/heads/headGridModel';
import { headTitle, siteKindText } from '../../../src/present/heads/headWords';
import { overviewScaleText } from '../../../src/present/words/panelWords';
import type { Picture } from '../../../src/reading/picture';
import { icon, type PanelContext } from '../context';

export interface OverviewPlace {
  readonly id: string;
  /** CSS pixels for the thumbnails; null: as high as they need. */
  readonly height: number | null;
  /** What stands beside the title. */
  readonly button?: TemplateResult;
  readonly hasTitle: boolean;
}

/** The overview of the view's tower and kind. */
export function overview(context: PanelContext, { run, view }: Picture, { id, height, button, hasTitle }: OverviewPlace): TemplateResult {
  const { thumbnails, theme, actions } = context;
  const { model, titles } = gridOf(run, view.site, thumbnails?.state === 'ready' ? thumbnails.pack : null);
  const scale =
    thumbnails?.state === 'failed'
      ? `No thumbnails: ${thumbnails.reason}`
      : overviewScaleText(model.domain, { ...scaleFacts(run, model), isOwnScale: context.ui.isOwnScale });
  const show = (site: SiteKey, head: number | null) => {
    actions.showHead(site, head);
    if (height === null) actions.openDetails(null);
  };
  return html`<section class="overview" aria-label="All heads">
    ${hasTitle ? html`<div class="overview-head"><h2 title=${scale}>All heads · ${siteKindText(view.site)}</h2>${ownScale(context)}${button ?? nothing}</div>` : nothing}
    <ti-head-grid id=${id} .model=${model} .theme=${theme} .selectedLayer=${view.site.layer} .selectedHead=${view.head} .titles=${titles} .height=${height} .onShow=${show}></ti-head-grid>
    ${hasTitle ? html`<p class="note">${scale}</p>` : button}
  </section>`;
}

/** The switch between one scale for all heads and one for each. */
function ownScale({ ui, actions }: PanelContext): TemplateResult {
  return html`<button type="button" class="own-scale" aria-pressed=${ui.isOwnScale ? 'true' : 'false'} aria-label="Each head on its own scale"
    title="Each head on its own scale: weak heads are seen, and heads cannot be compared" @click=${() => actions.setUi({ isOwnScale: !ui.isOwnScale })}>${icon('symbol-ruler')}</button>`;
}

/** Whether thumbnails have fewer cells than the text has content tokens, and whether some of them are masked. */
function scaleFacts(run: SeenRun, { layers, rows, columns }: HeadGridModel): { isPooled: boolean; isCausal: boolean } {
  const site = layers[0]?.site;
  const content = (list: TokenListName) => run.tokens[list]?.filter((token) => !token.isSpecial).length ?? 0;
  const isPooled = site !== undefined && (content(site.queryTokens) > rows || content(site.keyTokens) > columns);
  return { isPooled, isCausal: layers.some((layer) => layer.site.isCausal === true && layer.site.kind === 'self') };
}

interface Grid {
  readonly name: string;
  readonly pack: TensorPack | null;
  readonly model: HeadGridModel;
  readonly titles: (site: SiteKey, head: number) => string;
}

const grids = new WeakMap<SeenRun, Grid>();

/** The same object while nothing of it changed, so that moving the pointer paints no thumbnail again. */
function gridOf(run: SeenRun, { tower, kind }: SiteKey, pack: TensorPack | null): Grid {
  const name = siteKindText({ tower, kind });
  const known = grids.get(run);
  if (known && known.name === name && known.pack === pack) return known;
  const grid: Grid = { name, pack, model: headGridModel(sitesOf(run, tower, kind), pack), titles: (site, head) => headTitle(run, site, head) };
  grids.set(run, grid);
  return grid;
}
