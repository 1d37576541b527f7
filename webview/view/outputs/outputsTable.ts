// The table of head outputs as an element: strips on canvases, a bar for each share, the row that the arrow keys move. Keeps nothing.

import { html, LitElement, mathml, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { type OutputPart, type OutputsModel, orderByShare } from '../../../src/present/outputs/outputsModel';
import { outputsTitle, outputsTsv, partName, shareNote, shareText } from '../../../src/present/outputs/outputsWords';
import { stepText } from '../../../src/present/steps/stepsWords';
import { agreementWords } from '../../../src/present/words/numbers';
import type { Actions } from '../../actions';
import { drawStrip, largestOf } from '../../draw/strip';
import type { Theme } from '../../theme';
import { icon } from '../context';

/** Vaswani et al. 2017, section 3.2.2; the sum over heads is the same product, band by band. */
const formula = mathml`<mrow><mi>MultiHead</mi><mo>=</mo><mi>Concat</mi><mo>(</mo><msub><mi>z</mi><mn>0</mn></msub><mo>,</mo><mo>…</mo><mo>)</mo><msub><mi>W</mi><mi>O</mi></msub><mo>+</mo><msub><mi>b</mi><mi>O</mi></msub><mo>=</mo><munder><mo>∑</mo><mi>h</mi></munder><msub><mi>z</mi><mi>h</mi></msub><msub><mi>W</mi><mi>O</mi></msub><mo>[</mo><mi>h</mi><mo>]</mo><mo>+</mo><msub><mi>b</mi><mi>O</mi></msub></mrow>`;

export class OutputsTable extends LitElement {
  static override properties = {
    model: { attribute: false },
    theme: { attribute: false },
    layer: { attribute: false },
    token: { attribute: false },
    tolerance: { attribute: false },
    head: { attribute: false },
    isByShare: { attribute: false },
    isTable: { attribute: false },
  };
  declare model: OutputsModel;
  declare theme: Theme;
  declare layer: number;
  /** The focus, as it is written. */
  declare token: string;
  declare tolerance: number;
  /** Of the current row. */
  declare head: number;
  declare isByShare: boolean;
  declare isTable: boolean;
  declare onOpen: (head: number) => void;
  declare setUi: Actions['setUi'];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  get #parts(): readonly OutputPart[] {
    return this.isByShare ? orderByShare(this.model.parts) : this.model.parts;
  }

  protected override render(): TemplateResult {
    const { model, layer, token, isTable, isByShare } = this;
    const whole = agreementWords(model.deviation, this.tolerance, 'attn_out');
    const strip = (text: string, className = '') => (isTable ? nothing : html`<th scope="col" class="strip-head ${className}">${text}</th>`);
    return html`<section class="steps-view outputs-view" aria-labelledby="outputs-title">
      <div class="map-head">
        <h2 id="outputs-title"><b>L${layer}</b> → <b>${token}</b> · ${outputsTitle(model)}</h2>
        <vscode-toolbar-button class="sort-toggle" toggleable .checked=${isByShare} @change=${() => this.setUi({ isByWeight: !isByShare })} title="Heads in the order of their share">by share</vscode-toolbar-button>
        <vscode-toolbar-button class="copy-steps" icon="copy" label="Copy the table" title="Copy the table, columns parted by tabs" @click=${() => this.#copy()}></vscode-toolbar-button>
        <vscode-toolbar-button class="table-toggle" toggleable icon="table" label="Numbers instead of strips" title="Numbers instead of strips" .checked=${isTable} @change=${() => this.setUi({ isTable: !isTable })}></vscode-toolbar-button>
      </div>
      <div class="steps-head"><div class="formula"><math display="block">${formula}</math></div>
        <p class="chain chain-about">Joining the heads and multiplying once is the same as each head adding its part.</p></div>
      <div class="table-place steps-place" tabindex="0" role="group" aria-label="Table of head outputs, scrollable. Up and down move the row, Enter opens the head’s map." aria-describedby="readout" @keydown=${this.#onKeyDown}>
        <table role="table" class="steps outputs"><caption class="for-readers">What each head of layer ${layer} adds to ${token}.</caption>
          <thead><tr><th scope="col" class="key-head">part</th>${strip('z', 'z-cell')}${strip('result = z · W_O[head]')}
            <th scope="col">‖ ‖</th><th scope="col">cosine</th>${isTable ? html`<th scope="col">share</th>` : html`<th scope="colgroup" colspan="2">share of attn_out</th>`}</tr></thead>
          <tbody>${this.#parts.map((part) => this.#row(part))}</tbody>
          <tfoot><tr><th scope="row">attn_out</th>${isTable ? nothing : html`<td class="z-cell"></td><td><canvas class="strip" data-strip="sum" aria-hidden="true"></canvas></td>`}
            <td title=${model.attnNorm}>${this.#number(model.attnNorm)}</td><td>${this.#number(1)}</td>${isTable ? nothing : html`<td class="share-cell"></td>`}<td title=${model.shareSum ?? nothing}>Σ ${this.#number(model.shareSum)}</td></tr></tfoot>
        </table>
      </div>
      <p class="steps-end ${whole.isEqual ? 'holds' : 'fails'}"><span>${icon(whole.isEqual ? 'check' : 'error')} the sum ${whole.text}</span></p>
      <p class="note share-note">${shareNote}</p>
    </section>`;
  }

  #number(value: number | undefined): string {
    return stepText(value, this.isTable ? 6 : 3);
  }

  #row(part: OutputPart): TemplateResult {
    const { head, norm, cosine, share } = part;
    const isCurrent = head === this.head;
    const strip = (which: 'z' | 'result', isThere = true) =>
      this.isTable
        ? nothing
        : html`<td class=${which === 'z' ? 'z-cell' : ''}>${isThere ? html`<canvas class="strip" data-strip=${which} data-part=${partName(part)} aria-hidden="true"></canvas>` : nothing}</td>`;
    const open = () => (head === null ? undefined : this.onOpen(head));
    return html`<tr class=${classMap({ current: isCurrent, bias: head === null })} aria-current=${isCurrent ? 'true' : nothing} @click=${open}>
      <th scope="row">${head === null ? partName(part) : `L${this.layer}${partName(part)}`}</th>${strip('z', head !== null)}${strip('result')}
      <td title=${norm}>${this.#number(norm)}</td><td title=${cosine ?? nothing}>${this.#number(cosine)}</td>${this.isTable ? nothing : this.#bar(share)}
      <td title=${share ?? nothing}>${this.isTable ? this.#number(share) : shareText(share)}</td></tr>`;
  }

  /** From the middle to the right what pulls forth, to the left what pulls back; as wide as the largest share. */
  #bar(share = 0): TemplateResult {
    const largest = Math.max(1e-9, ...this.model.parts.map((part) => Math.abs(part.share ?? 0)));
    const length = (Math.abs(share) / largest) * 50;
    const from = share < 0 ? 50 - length : 50;
    return html`<td class="share-cell"><svg class="share-bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class=${share < 0 ? 'back' : 'forth'} x=${from} y="1" width=${length} height="8"></rect><line x1="50" x2="50" y1="0" y2="10"></line></svg></td>`;
  }

  readonly #onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const heads = this.#parts.flatMap(({ head }) => (head === null ? [] : [head]));
    const at = heads.indexOf(this.head);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: heads.length - 1 }[event.key];
    const done: Readonly<Record<string, () => void>> = {
      Enter: () => this.onOpen(this.head),
      s: () => this.setUi({ isByWeight: !this.isByShare }),
      c: () => this.#copy(),
    };
    const act = to === undefined ? done[event.key.length === 1 ? event.key.toLowerCase() : event.key] : () => this.setUi({ headRow: heads[to] ?? this.head });
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  #copy(): void {
    void navigator.clipboard.writeText(outputsTsv(this.model)).catch(() => undefined);
  }

  protected override updated(): void {
    const { parts, attnOut } = this.model;
    const domains = { z: largestOf(parts.map(({ z }) => z)), result: largestOf([...parts.map(({ vector }) => vector), attnOut]) };
    for (const canvas of this.querySelectorAll<HTMLCanvasElement>('canvas.strip')) {
      const part = parts.find((one) => partName(one) === canvas.dataset.part);
      if (canvas.dataset.strip === 'sum') drawStrip(canvas, attnOut, domains.result, this.theme.kind);
      else if (part && canvas.dataset.strip === 'result') drawStrip(canvas, part.vector, domains.result, this.theme.kind);
      else if (part?.z) drawStrip(canvas, part.z, domains.z, this.theme.kind);
    }
    if (this.querySelector('.steps-place:focus-within')) this.querySelector('tr.current th')?.scrollIntoView({ block: 'nearest' });
  }
}
