// The overview as an element: one canvas with every thumbnail, and a grid of buttons over it (roving tabindex, arrow keys).
// Draws what its view model has; asks for nothing. Where thumbnails of all layers would be too small, one layer stands there, with a way to the next.

import { html, type PropertyValues, type TemplateResult } from 'lit';
import type { SiteKey } from '../../../src/core/names';
import { firstInSight, type HeadGridLayout, headGridLayout, headNumberHeight, layerNameWidth } from '../../../src/present/heads/headGridLayout';
import type { GridLayer, HeadGridModel } from '../../../src/present/heads/headGridModel';
import { fitCanvas, oncePerFrame } from '../../draw/surface';
import { drawThumbnails, type Thumbnail } from '../../draw/thumbnails';
import { isStep, stepIn } from '../../store';
import type { Theme } from '../../theme';
import { icon } from '../context';
import { SizedElement } from '../sizedElement';

export class HeadGrid extends SizedElement {
  static override properties = {
    model: { attribute: false },
    theme: { attribute: false },
    selectedLayer: { attribute: false },
    selectedHead: { attribute: false },
    titles: { attribute: false },
    height: { attribute: false },
    layerInSight: { state: true },
  };
  declare model: HeadGridModel;
  declare theme: Theme;
  declare selectedLayer: number;
  /** null: the layer's mean. */
  declare selectedHead: number | null;
  /** What a button's title says of its head. */
  declare titles: (site: SiteKey, head: number) => string;
  /** CSS pixels; null: as high as it needs. */
  declare height: number | null;
  /** The layer that stands there where only one does; null: that of the selected head. */
  declare layerInSight: number | null;
  declare onShow: (site: SiteKey, head: number | null) => void;
  readonly #draw = oncePerFrame(() => this.#paint());

  get #layout(): HeadGridLayout {
    const { headCount, layers } = this.model;
    return headGridLayout({ width: this.width || 240, height: this.height, headCount, layerCount: layers.length });
  }

  /** The layer that stands there alone. */
  get #oneLayer(): GridLayer | undefined {
    const { layers } = this.model;
    return layers.find(({ site }) => site.layer === (this.layerInSight ?? this.selectedLayer)) ?? layers[0];
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('selectedLayer') || changed.has('model')) this.layerInSight = null;
  }

  protected override render(): TemplateResult {
    const layout = this.#layout;
    const lengths = `--side: ${layout.side}px; --gap: ${layout.gap}px; --label: ${layerNameWidth}px; --numbers: ${headNumberHeight}px; --columns: ${layout.columns}`;
    return layout.isOneLayer ? this.#oneLayerGrid(layout, lengths) : this.#wholeGrid(lengths);
  }

  #wholeGrid(lengths: string): TemplateResult {
    const { headCount, layers } = this.model;
    return html`<div class="grid" role="group" aria-label="All heads" .style=${lengths} @keydown=${this.#onKey}>
      <canvas aria-hidden="true"></canvas>
      <span class="corner" aria-hidden="true"></span>
      ${Array.from({ length: headCount }, (_, head) => html`<span class="head-number" aria-hidden="true">${head}</span>`)}
      <span class="head-number" aria-hidden="true">μ</span>
      ${layers.map((layer) => this.#row(layer))}
    </div>`;
  }

  #row({ site, heads }: GridLayer): TemplateResult {
    const filler = Array.from({ length: this.model.headCount - heads.length }, () => html`<span></span>`);
    return html`<span class="layer-name" aria-hidden="true">L${site.layer}</span>
      ${heads.map(({ head }) => this.#button(site, head))}${filler}${this.#button(site, null)}`;
  }

  #oneLayerGrid({ columns }: HeadGridLayout, lengths: string): TemplateResult {
    const layer = this.#oneLayer;
    if (!layer) return html``;
    const at = this.model.layers.indexOf(layer);
    return html`<div class="one-layer" .style=${lengths}>
      ${this.#step('chevron-left', 'Previous layer', at - 1)}<span class="layer-name" aria-hidden="true">L${layer.site.layer}</span>${this.#step('chevron-right', 'Next layer', at + 1)}
      <div class="grid is-one" role="group" aria-label=${`Heads of layer ${layer.site.layer}`} @keydown=${this.#onKey}><canvas aria-hidden="true"></canvas>
        ${this.#inSight(layer, columns).map((head) => this.#button(layer.site, head))}</div>
    </div>`;
  }

  /** The heads of a single line that are drawn, and the mean; all of them where they fit. */
  #inSight({ heads }: GridLayer, columns: number): (number | null)[] {
    const all = [...heads.map(({ head }) => head), null];
    const lines = this.height === null ? all.length : Math.max(1, Math.floor(this.height / (this.#layout.side + this.#layout.gap)));
    const fit = Math.max(1, columns * lines);
    if (all.length <= fit) return all;
    const from = firstInSight(this.selectedHead ?? heads.length, all.length, fit);
    return all.slice(from, from + fit);
  }

  #step(name: string, label: string, to: number): TemplateResult {
    const layer = this.model.layers[to];
    return html`<button type="button" class="layer-step" aria-label=${label} title=${label} ?disabled=${!layer} @click=${() => {
      if (layer) this.layerInSight = layer.site.layer;
    }}>${icon(name)}</button>`;
  }

  #button(site: GridLayer['site'], head: number | null): TemplateResult {
    const reason = site.isTrusted ? '' : ` (not shown: ${site.closedBecause ?? 'a check failed'})`;
    const label = head === null ? `Layer ${site.layer}, mean of all heads${reason}` : `Layer ${site.layer}, head ${head}${reason}`;
    const isSelected = this.selectedLayer === site.layer && this.selectedHead === head;
    return html`<button type="button" class=${head === null ? 'mean' : 'thumb'} aria-label=${label} aria-pressed=${isSelected ? 'true' : 'false'} tabindex=${isSelected ? 0 : -1}
      title=${head === null ? 'Mean of this layer’s heads, not renormalised' : this.titles(site, head)} @click=${() => this.onShow(site, head)}></button>`;
  }

  #onKey(event: KeyboardEvent): void {
    const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLButtonElement>('button')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    if (at < 0 || !isStep(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const { isOneLayer, columns } = this.#layout;
    const rows = isOneLayer ? linesOf(buttons.length, columns) : this.model.layers.map(({ heads }) => heads.length + 1);
    const starts = rows.map((_, row) => rows.slice(0, row).reduce((total, count) => total + count, 0));
    const row = starts.findLastIndex((start) => start <= at);
    const next = stepIn({ row, column: at - (starts[row] as number) }, event.key, { rows: rows.length, columns: rows[row] as number });
    buttons[(starts[next.row] as number) + Math.min(next.column, (rows[next.row] as number) - 1)]?.focus();
  }

  protected override updated(_: PropertyValues): void {
    this.#draw();
  }

  #paint(): void {
    const canvas = this.querySelector('canvas');
    if (!canvas) return;
    const ratio = window.devicePixelRatio || 1;
    const { side, gap, columns } = this.#layout;
    const pitch = (side + gap) * ratio;
    const thumbnails = this.#thumbnails();
    const lines = Math.max(0, ...thumbnails.map(({ row }) => row)) + 1;
    const context = fitCanvas(canvas, Math.ceil(columns * pitch), Math.ceil(lines * pitch), ratio);
    if (context) drawThumbnails(context, { model: this.model, thumbnails, theme: this.theme, side: Math.round(side * ratio), pitch });
    canvas.dataset.domainMax = String(this.model.domain?.max ?? '');
  }

  /** What is drawn, and in which line and column. */
  #thumbnails(): Thumbnail[] {
    const { isOneLayer, columns } = this.#layout;
    const whole = ({ heads, mean }: GridLayer, row: number): Thumbnail[] => [
      ...heads.map(({ head, levels }) => ({ levels, row, column: head })),
      { levels: mean, row, column: this.model.headCount },
    ];
    if (!isOneLayer) return this.model.layers.flatMap(whole);
    const layer = this.#oneLayer;
    if (!layer) return [];
    return this.#inSight(layer, columns).map((head, i) => ({
      levels: head === null ? layer.mean : (layer.heads[head]?.levels ?? null),
      row: Math.floor(i / columns),
      column: i % columns,
    }));
  }
}

/** How many stand in each line. */
function linesOf(count: number, columns: number): number[] {
  return Array.from({ length: Math.ceil(count / columns) }, (_, line) => Math.min(columns, count - line * columns));
}
