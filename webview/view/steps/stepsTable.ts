// The table of the steps as an element: strips on canvases, the row that the arrow keys move, the step that is lit, rows that come one by one.
// Keeps only how far the rows have come.

import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { StepsNumbers } from '../../../src/core/steps';
import { viewName } from '../../../src/present/heads/headWords';
import { pageSize } from '../../../src/present/map/tableModel';
import type { StepsModel, StepsRow } from '../../../src/present/steps/stepsModel';
import { type StepWords, stepList, stepsTsv } from '../../../src/present/steps/stepsWords';
import { agreementWords } from '../../../src/present/words/numbers';
import { focusQuery, type WeightPicture } from '../../../src/reading/picture';
import type { Actions } from '../../actions';
import { drawStrip, largestOf } from '../../draw/strip';
import type { Theme } from '../../theme';
import { icon } from '../context';
import { formulaAndSteps } from './formula';
import { stepsHeads, stepsRow } from './stepsRows';

const pauseInMs = 450;
export class StepsTable extends LitElement {
  static override properties = {
    picture: { attribute: false },
    numbers: { attribute: false },
    model: { attribute: false },
    theme: { attribute: false },
    tolerance: { attribute: false },
    key: { attribute: false },
    step: { attribute: false },
    isByWeight: { attribute: false },
    isRowOpen: { attribute: false },
    isTable: { attribute: false },
    played: { state: true },
  };
  declare picture: WeightPicture;
  declare numbers: StepsNumbers;
  declare model: StepsModel;
  declare theme: Theme;
  declare tolerance: number;
  /** The key token of the current row. */
  declare key: number;
  declare step: number;
  declare isByWeight: boolean;
  declare isRowOpen: boolean;
  declare isTable: boolean;
  declare onKey: (row: StepsRow) => void;
  declare onHover: (row: StepsRow | null) => void;
  declare setUi: Actions['setUi'];
  /** How many rows have been added so far; undefined: all, nothing is played. */
  declare played: number | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override disconnectedCallback(): void {
    this.#stop();
    super.disconnectedCallback();
  }

  get #steps(): StepWords[] {
    const { picture, model, numbers } = this;
    return stepList(model, picture.queryLabels[focusQuery(picture)] ?? '', numbers.q?.length ?? 0);
  }

  get #at(): number {
    return Math.max(
      0,
      this.model.rows.findIndex((row) => row.key === this.key),
    );
  }

  /** The rows of the page that the current one stands on, as far as they were played. */
  get #rows(): readonly StepsRow[] {
    const from = Math.floor(this.#at / pageSize) * pageSize;
    return this.model.rows.slice(0, this.played).slice(from, from + pageSize);
  }

  protected override render(): TemplateResult {
    const { picture, model, isByWeight } = this;
    const steps = this.#steps;
    const at = Math.min(this.step, steps.length - 1);
    return html`<section class="steps-view" aria-labelledby="steps-title">
      <div class="map-head">
        <h2 id="steps-title"><b>${viewName(picture.run, picture.view)}</b> · how <b>${picture.queryLabels[focusQuery(picture)]}</b> gets its new value</h2>
        <vscode-toolbar-button class="sort-toggle" toggleable .checked=${isByWeight} @change=${() => this.setUi({ isByWeight: !isByWeight })} title="Rows in the order of their weights instead of the text’s">by weight</vscode-toolbar-button>
        <vscode-toolbar-button class="play" icon=${this.played === undefined ? 'play' : 'debug-stop'} label=${this.played === undefined ? 'Play: add the rows one by one' : 'Stop'} title=${this.played === undefined ? 'Add the rows one by one' : 'Stop'} @click=${() => this.#play()}></vscode-toolbar-button>
        <vscode-toolbar-button class="copy-steps" icon="copy" label="Copy the table" title="Copy the table, columns parted by tabs" @click=${() => this.#copy()}></vscode-toolbar-button>
        <vscode-toolbar-button class="table-toggle" toggleable icon="table" label="Numbers instead of strips" title="Numbers instead of strips" .checked=${this.isTable} @change=${() => this.setUi({ isTable: !this.isTable })}></vscode-toolbar-button>
      </div>
      ${formulaAndSteps({ steps, at, isAdditive: model.rows[0]?.qk === undefined && picture.site.recognisedAs.endsWith('(additive)'), onStep: (step) => this.setUi({ step }) })}
      ${this.#pages()}
      <div class="table-place steps-place" tabindex="0" role="group" aria-label="Table of steps, scrollable. Up and down move the row, left and right the step, Enter opens the row." aria-describedby="readout" @keydown=${this.#onKeyDown} @mouseleave=${() => this.onHover(null)}>
        <table role="table" class="steps" aria-rowcount=${model.rows.length + 1}>
          <caption class="for-readers">Steps of ${viewName(picture.run, picture.view)}: one row for each key of the query ${picture.queryLabels[focusQuery(picture)]}.</caption>
          ${stepsHeads(model, { lit: steps[at]?.label, isTable: this.isTable, size: this.numbers.z?.length })}
          <tbody>${this.#rows.map((row) => this.#row(row, steps[at]?.label))}</tbody>
        </table>
      </div>
      ${this.#ending()}
    </section>`;
  }

  #row(row: StepsRow, lit: string | undefined): TemplateResult {
    const { picture, model, numbers, isTable } = this;
    const isCurrent = row.key === this.key;
    return stepsRow(row, {
      model,
      numbers,
      lit,
      isTable,
      isCurrent,
      isOpen: isCurrent && this.isRowOpen,
      label: picture.keyLabels[row.key] ?? '',
      onPick: () => this.#pick(row),
      onHover: () => this.onHover(row),
    });
  }

  #pick(row: StepsRow): void {
    if (row.key === this.key) this.setUi({ isRowOpen: !this.isRowOpen });
    else this.onKey(row);
  }

  #pages(): TemplateResult | typeof nothing {
    const count = this.model.rows.length;
    if (count <= pageSize) return nothing;
    const from = Math.floor(this.#at / pageSize) * pageSize;
    const button = (label: string, to: number) =>
      html`<button type="button" ?disabled=${to < 0 || to >= count} @click=${() => this.onKey(this.model.rows[to] as StepsRow)}>${label}</button>`;
    return html`<div class="pages"><span role="status">Keys ${from + 1} to ${Math.min(count, from + pageSize)} of ${count}.</span>
      ${button('rows before', from - pageSize)}${button('rows after', from + pageSize)}</div>`;
  }

  /** z with the strip of the model's own, and whether the sum ends in it. */
  #ending(): TemplateResult | typeof nothing {
    const { ofSum } = this.model;
    const words = ofSum && agreementWords(ofSum.relative, this.tolerance, 'z');
    if (!words || this.played !== undefined) return nothing;
    return html`<p class="steps-end ${words.isEqual ? 'holds' : 'fails'}"><span>z of ${viewName(this.picture.run, this.picture.view)}</span>
      <canvas class="strip" data-strip="z" role="img" aria-label="z as a strip of colours"></canvas>
      <span>${icon(words.isEqual ? 'check' : 'error')} the sum ${words.text}</span></p>`;
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { rows } = this.model;
    const to = { ArrowUp: this.#at - 1, ArrowDown: this.#at + 1, Home: 0, End: rows.length - 1 }[event.key];
    const row = to === undefined ? undefined : rows[to];
    const done: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.setUi({ step: Math.max(0, Math.min(this.step, this.#steps.length - 1) - 1) }),
      ArrowRight: () => this.setUi({ step: Math.min(this.#steps.length - 1, this.step + 1) }),
      Enter: () => this.setUi({ isRowOpen: !this.isRowOpen }),
      s: () => this.setUi({ isByWeight: !this.isByWeight }),
      c: () => this.#copy(),
      p: () => this.#play(),
    };
    const act = row ? () => this.onKey(row) : done[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (to === undefined && !act) return;
    event.preventDefault();
    event.stopPropagation();
    act?.();
  };

  #copy(): void {
    void navigator.clipboard.writeText(stepsTsv(this.model, this.picture.keyLabels)).catch(() => undefined);
  }

  #play(): void {
    if (this.played !== undefined) {
      this.#stop();
      return;
    }
    this.played = 0;
    this.#timer = setInterval(() => {
      this.played = (this.played ?? 0) + 1;
      const row = this.model.rows[this.played - 1];
      if (row) this.onKey(row);
      else this.#stop();
    }, pauseInMs);
  }

  #stop(): void {
    clearInterval(this.#timer);
    this.played = undefined;
  }

  protected override updated(): void {
    const { rows } = this.model;
    const domains = { v: largestOf(rows.map(({ value }) => value)), sum: largestOf([...rows.map(({ sum }) => sum), this.model.z]) };
    for (const canvas of this.querySelectorAll<HTMLCanvasElement>('canvas.strip')) {
      const row = rows.find(({ key }) => key === Number(canvas.dataset.key));
      const [values, largest] = canvas.dataset.strip === 'v' ? [row?.value, domains.v] : [canvas.dataset.strip === 'z' ? this.model.z : row?.sum, domains.sum];
      if (values) drawStrip(canvas, values, largest, this.theme.kind);
    }
    if (this.querySelector('.steps-place:focus-within')) this.querySelector('tr.current th')?.scrollIntoView({ block: 'nearest' });
  }
}
