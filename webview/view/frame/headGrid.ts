// The overview as an element: one canvas with every thumbnail, and a grid of buttons over it (roving tabindex, arrow keys).
// Draws what its view model has; asks for nothing.

import { html, type PropertyValues, type TemplateResult } from 'lit';
import type { SiteKey } from '../../../src/core/names';
import type { GridLayer, HeadGridModel } from '../../../src/present/heads/headGridModel';
import { fitCanvas, oncePerFrame } from '../../draw/surface';
import { drawThumbnails } from '../../draw/thumbnails';
import { isStep, stepIn } from '../../store';
import type { Theme } from '../../theme';
import { SizedElement } from '../sizedElement';

const gap = 4;
const labelWidth = 30;
const meanWidth = 44;
const [smallestSide, largestSide] = [18, 56];

export class HeadGrid extends SizedElement {
  static override properties = {
    model: { attribute: false },
    theme: { attribute: false },
    selectedLayer: { attribute: false },
    selectedHead: { attribute: false },
    titles: { attribute: false },
  };
  declare model: HeadGridModel;
  declare theme: Theme;
  declare selectedLayer: number;
  /** null: the layer's mean. */
  declare selectedHead: number | null;
  /** What a button's title says of its head. */
  declare titles: (site: SiteKey, head: number) => string;
  declare onShow: (site: SiteKey, head: number | null) => void;
  readonly #draw = oncePerFrame(() => this.#paint());

  /** Side of a thumbnail in CSS pixels: what fits. */
  get #side(): number {
    const { headCount, layers } = this.model;
    const across = Math.floor(((this.width || 480) - labelWidth - meanWidth - gap) / Math.max(1, headCount)) - gap;
    const height = Number(getComputedStyle(this).getPropertyValue('--overview-height')) || 640;
    const down = Math.floor(height / Math.max(1, layers.length)) - gap;
    return Math.max(smallestSide, Math.min(largestSide, across, down));
  }

  protected override render(): TemplateResult {
    const side = this.#side;
    return html`<div class="grid" role="group" aria-label="All heads" .style=${`--side: ${side}px; --gap: ${gap}px; --label: ${labelWidth}px; --mean: ${meanWidth}px; --heads: ${this.model.headCount}`} @keydown=${this.#onKey}>
      <canvas aria-hidden="true"></canvas>
      <span class="corner" aria-hidden="true"></span>
      ${Array.from({ length: this.model.headCount }, (_, head) => html`<span class="head-number" aria-hidden="true">${head}</span>`)}
      <span class="head-number" aria-hidden="true">all</span>
      ${this.model.layers.map((layer) => this.#row(layer))}
    </div>`;
  }

  #row({ site, heads }: GridLayer): TemplateResult {
    const filler = Array.from({ length: this.model.headCount - heads.length }, () => html`<span></span>`);
    const reason = site.isTrusted ? '' : ` (not shown: ${site.closedBecause ?? 'a check failed'})`;
    return html`<span class="layer-name" aria-hidden="true">L${site.layer}</span>
      ${heads.map(({ head }) => this.#button(site, head, `Layer ${site.layer}, head ${head}${reason}`))}${filler}
      ${this.#button(site, null, `Layer ${site.layer}, mean of all heads${reason}`)}`;
  }

  #button(site: SiteKey, head: number | null, label: string): TemplateResult {
    const isSelected = this.selectedLayer === site.layer && this.selectedHead === head;
    return html`<button type="button" class=${head === null ? 'mean' : 'thumb'} aria-label=${label} aria-pressed=${isSelected ? 'true' : 'false'} tabindex=${isSelected ? 0 : -1}
      title=${head === null ? 'Mean of this layer’s heads, not renormalised' : this.titles(site, head)} @click=${() => this.onShow(site, head)}>${head === null ? 'mean' : ''}</button>`;
  }

  #onKey(event: KeyboardEvent): void {
    const buttons = [...this.querySelectorAll<HTMLButtonElement>('button')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    if (at < 0 || !isStep(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    const rows = this.model.layers.map(({ heads }) => heads.length + 1);
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
    const side = Math.round(this.#side * ratio);
    const pitch = Math.round((this.#side + gap) * ratio);
    const context = fitCanvas(canvas, this.model.headCount * pitch, this.model.layers.length * pitch, ratio);
    if (context) drawThumbnails(context, { model: this.model, theme: this.theme, side, pitch });
    canvas.dataset.side = String(side);
    canvas.dataset.pitch = String(pitch);
    canvas.dataset.domainMax = String(this.model.domain?.max ?? '');
  }
}
