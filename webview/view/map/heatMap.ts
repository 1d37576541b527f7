// The map as an element: canvas, overlay, legend; pointer and arrow keys become cells in token indices. Keeps no state of the inspection.
// The canvas says in data attributes where its cells stand (device pixels) and which domain its colours have, so that they can be read back.

import { html, type TemplateResult } from 'lit';
import { entryOf } from '../../../src/present/map/matrixModel';
import type { Cell } from '../../../src/reading/cell';
import { cellOfEntry, cellUnder, entryOfCell, gutterNumbersFrom, type MapScene, mapScene, numbersFrom } from '../../../src/reading/mapScene';
import type { WeightPicture } from '../../../src/reading/picture';
import { drawHeatmap } from '../../draw/heatmap';
import { drawOverlay } from '../../draw/heatmapOverlay';
import { labelRoom } from '../../draw/labelRoom';
import { fitCanvas, oncePerFrame } from '../../draw/surface';
import { isStep, stepIn } from '../../store';
import type { Theme } from '../../theme';
import { menuContext } from '../menuContext';
import { SizedElement } from '../sizedElement';
import { legend } from './legend';
import { mapFacts } from './mapFacts';

/** What the cells and labels on the canvas depend on. */
interface Painting {
  readonly scene: MapScene;
  readonly theme: Theme;
  /** Column of the cursor, whose label is bold; −1 where it is hidden. */
  readonly markedColumn: number;
}

function isSamePainting(a: Painting | undefined, b: Painting): boolean {
  return a?.scene === b.scene && a.theme === b.theme && a.markedColumn === b.markedColumn;
}

export class HeatMap extends SizedElement {
  static override properties = {
    picture: { attribute: false },
    isUnitDomain: { attribute: false },
    specialTokens: { attribute: false },
    theme: { attribute: false },
    hover: { attribute: false },
    cursor: { attribute: false },
    room: { attribute: false },
  };
  declare picture: WeightPicture;
  declare isUnitDomain: boolean;
  declare specialTokens: 'dim' | 'show' | 'hide';
  declare theme: Theme;
  declare hover: Cell | null;
  declare cursor: Cell;
  /** CSS pixels of height that are seen at once. */
  declare room: number;
  declare label: string;
  declare onHover: (cell: Cell | null) => void;
  declare onMove: (cell: Cell) => void;
  declare onPick: (cell: Cell) => void;
  #made: { readonly key: string; readonly scene: MapScene } | undefined;
  #painted: Painting | undefined;
  readonly #draw = oncePerFrame(() => this.#paint());

  override disconnectedCallback(): void {
    this.#painted = undefined;
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    const scene = this.#current();
    return html`<div class="map" data-vscode-context=${menuContext('cell', { runId: this.picture.run.runId, ...(this.hover ?? this.cursor) })} role="application" aria-roledescription="heat map" tabindex="0" aria-label=${this.label} aria-describedby="readout" @keydown=${this.#onKey}
        @pointermove=${this.#onPointer} @pointerleave=${() => this.onHover(null)} @click=${this.#onClick}>
        <canvas class="stays" aria-hidden="true"></canvas>
        <canvas class="cells" role="img" aria-label=${this.label}></canvas>
        <canvas class="overlay" aria-hidden="true"></canvas>
      </div>
      ${legend(scene.model, this.theme, numbersFrom(scene))}`;
  }

  get #ratio(): number {
    return window.devicePixelRatio || 1;
  }

  /** The scene for what the element shows now; made again only when something of it changed. */
  #current(): MapScene {
    const key = [this.isUnitDomain, this.specialTokens, this.width, this.room, this.#ratio, this.theme.monospace].join();
    if (this.#made?.scene.picture === this.picture && this.#made.key === key) return this.#made.scene;
    const room = labelRoom(this.picture, this.theme, { availableWidth: this.width || 480, availableHeight: this.room }, this.specialTokens === 'dim');
    const scene = mapScene(this.picture, { isUnitDomain: this.isUnitDomain, specialTokens: this.specialTokens, room });
    this.#made = { key, scene };
    return scene;
  }

  #underPointer(event: MouseEvent): Cell | null {
    const box = this.querySelector('.cells')?.getBoundingClientRect();
    return box ? cellUnder(this.#current(), (event.clientX - box.left) * this.#ratio, (event.clientY - box.top) * this.#ratio) : null;
  }

  #onPointer(event: PointerEvent): void {
    this.onHover(this.#underPointer(event));
  }

  #onClick(event: MouseEvent): void {
    const cell = this.#underPointer(event);
    if (cell) this.onPick(cell);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter') this.onPick(this.cursor);
    if (!isStep(event.key)) return;
    event.preventDefault();
    const scene = this.#current();
    const at = entryOfCell(scene, this.cursor) ?? { row: 0, column: 0 };
    const cell = cellOfEntry(scene, stepIn(at, event.key, { rows: scene.model.rows.length, columns: scene.model.columns.length }));
    if (cell) this.onMove(cell);
  }

  protected override updated(): void {
    this.#draw();
  }

  #paint(): void {
    const cells = this.querySelector<HTMLCanvasElement>('.cells');
    const overlay = this.querySelector<HTMLCanvasElement>('.overlay');
    if (!cells || !overlay) return;
    const scene = this.#current();
    const { layout, model, picture } = scene;
    const cursor = entryOfCell(scene, this.cursor);
    const wanted = { scene, theme: this.theme, markedColumn: cursor?.column ?? -1 };
    if (!isSamePainting(this.#painted, wanted)) this.#paintCells(cells, wanted);
    const over = fitCanvas(overlay, layout.width, layout.height, this.#ratio);
    const marks = { focusRow: entryOf(model.rows, picture.view.focus), cursor, hover: entryOfCell(scene, this.hover) };
    if (over) drawOverlay(over, { layout, theme: this.theme, ...marks });
  }

  #paintCells(cells: HTMLCanvasElement, painting: Painting): void {
    const { scene, theme, markedColumn } = painting;
    const { layout, model, picture } = scene;
    const { queryLabels, keyLabels } = picture;
    const context = fitCanvas(cells, layout.width, layout.height, this.#ratio);
    const marked = { markedRow: entryOf(model.rows, picture.view.focus), markedColumn };
    if (context)
      drawHeatmap(context, {
        model,
        layout,
        theme,
        queryLabels,
        keyLabels,
        ...marked,
        numbersFrom: numbersFrom(scene) ?? 2,
        gutterNumbersFrom: gutterNumbersFrom(scene) ?? 2,
      });
    Object.assign(cells.dataset, mapFacts(scene), { themeKind: theme.kind, markedColumn: String(markedColumn) });
    this.#keepLabels(cells, scene);
    this.#painted = painting;
  }

  /** The columns' labels stay in sight while the cells are scrolled away below them. */
  #keepLabels(cells: HTMLCanvasElement, { layout }: MapScene): void {
    const stays = this.querySelector<HTMLCanvasElement>('.stays');
    const context = stays && fitCanvas(stays, layout.width, layout.originY, this.#ratio);
    if (!stays || !context) return;
    context.clearRect(0, 0, layout.width, layout.originY);
    context.drawImage(cells, 0, 0);
    stays.style.marginBottom = `${-layout.originY / this.#ratio}px`;
  }
}
