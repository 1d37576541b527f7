// All heads of one tower and kind at a glance, with the scale in words, and the choice of tower and kind where there are several.

import { html, nothing, type TemplateResult } from 'lit';
import type { View } from '../../../src/core/inspection';
import type { SiteKey } from '../../../src/core/names';
import type { SeenRun, TokenListName } from '../../../src/core/run';
import type { TensorPack } from '../../../src/core/tensorPack';
import { type HeadGridModel, headGridModel, sitesOf } from '../../../src/present/heads/headGridModel';
import { headTitle, siteKindText } from '../../../src/present/heads/headWords';
import { overviewScaleText } from '../../../src/present/words/panelWords';
import { decoderNote } from '../../../src/present/words/runWords';
import type { PanelContext } from '../context';

/** The overview of the view's tower and kind. */
export function overview(context: PanelContext, run: SeenRun, view: View): TemplateResult {
  const { thumbnails, theme, actions } = context;
  const { model, titles } = gridOf(run, view.site, thumbnails?.state === 'ready' ? thumbnails.pack : null);
  const scale = thumbnails?.state === 'failed' ? `No thumbnails: ${thumbnails.reason}` : overviewScaleText(model.domain, scaleFacts(run, model));
  const note = decoderNote(context.subject.model, run);
  return html`<section class="overview" aria-labelledby="overview-title">
    <h2 id="overview-title">All heads · ${siteKindText(view.site)}</h2>
    ${siteChoice(context, run, view)}
    ${note ? html`<p class="note decoder-note">${note}</p>` : nothing}
    <ti-head-grid .model=${model} .theme=${theme} .selectedLayer=${view.site.layer} .selectedHead=${view.head} .titles=${titles} .onShow=${actions.showHead}></ti-head-grid>
    <p class="note">${scale}</p>
  </section>`;
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

function siteChoice({ actions }: PanelContext, run: SeenRun, view: View): TemplateResult | typeof nothing {
  const firsts = run.sites.filter((site, i) => run.sites.findIndex((other) => other.tower === site.tower && other.kind === site.kind) === i);
  if (firsts.length < 2) return nothing;
  return html`<div class="choice" role="group" aria-label="Tower and kind">
    ${firsts.map((site) => {
      const isShown = site.tower === view.site.tower && site.kind === view.site.kind;
      return html`<button type="button" aria-pressed=${isShown ? 'true' : 'false'} @click=${() => actions.showHead(site, view.head === null ? null : 0)}>${siteKindText(site)}</button>`;
    })}
  </div>`;
}
