// The inputs of a model as a table: what each is for, what it is fed, on what that rests; and a field for each that nothing shows.

import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ModelDescription } from '../../../src/core/modelDescription';
import { type InputWords, inputWords } from '../../../src/present/words/inputWords';
import { icon, type PanelContext } from '../context';

/** The table with its heading. */
export function inputTable(context: PanelContext, model: ModelDescription): TemplateResult {
  const rows = inputWords(model);
  // Rows are kept by name and model, so that what is being written is neither lost nor left to another model.
  return html`<h3 id="inputs-title">Inputs</h3>
    <table class="inputs" aria-labelledby="inputs-title">
      <thead><tr><th scope="col">input</th><th scope="col">role</th><th scope="col">fed</th><th scope="col">rests on</th></tr></thead>
      <tbody>${repeat(
        rows,
        ({ input }) => `${model.sha256} ${model.name} ${input}`,
        (row, i) => inputRow(row, i, context),
      )}</tbody>
    </table>`;
}

function inputRow(row: InputWords, i: number, context: PanelContext): TemplateResult {
  return html`<tr class=${classMap({ 'has-field': row.isOpen })}><th scope="row">${breakable(row.name)}</th><td>${row.role}</td><td>${row.fed}</td><td>${row.restsOn}: ${row.why}</td></tr>
    ${row.isOpen ? html`<tr class="field-row"><td colspan="4">${field(row, i, context)}</td></tr>` : nothing}`;
}

/** A name that may be broken behind its joints, and nowhere else where it has some. */
function breakable(name: string): TemplateResult[] {
  return name.split(/(?<=[_./:])/).map((part) => html`${part}<wbr>`);
}

function field({ input, isWanted }: InputWords, i: number, { subject, ui, actions }: PanelContext): TemplateResult {
  const [id, hintId, reasonId] = ['field', 'hint', 'reason'].map((part) => `${part}-of-input-${i}`);
  const isBusy = ui.giving?.input === input && ui.giving.reason === null;
  const reason = ui.giving?.input === input ? ui.giving.reason : null;
  const hint = `one number, or a JSON list${subject.given[input] === undefined ? '' : '; empty takes it away'}`;
  const apply = (event: SubmitEvent) => {
    event.preventDefault();
    const text = (event.currentTarget as HTMLFormElement).querySelector('input')?.value ?? '';
    if (!isBusy) actions.giveInput(input, text);
  };
  return html`<form class=${classMap({ 'given-form': true, 'is-wanted': isWanted })} @submit=${apply}>
    <label for=${id}>Value of ${input}</label>
    <input id=${id} type="text" autocomplete="off" spellcheck="false" .value=${subject.given[input] ?? ''} aria-describedby=${`${hintId} ${reasonId}`} aria-invalid=${reason === null ? 'false' : 'true'}>
    <button type="submit" aria-disabled=${isBusy ? 'true' : 'false'}>Apply</button>
    <p class="note" id=${hintId}>${isBusy ? 'Running …' : hint}</p>
    <p class="reason" id=${reasonId} role="alert">${reason === null ? nothing : html`${icon('error')} ${reason}`}</p>
  </form>`;
}
