// The equal of the map: the same weights as a table, six decimals, tokens as row and column headers. Long texts come in pages.

import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { viewName } from '../../../src/present/heads/headWords';
import { isMaskedCell } from '../../../src/present/map/matrixModel';
import { pageSize, type TableModel, tableModel } from '../../../src/present/map/tableModel';
import type { WeightPicture } from '../../../src/reading/picture';
import { tableStart } from '../../store';
import { cursorOf, type PanelContext } from '../context';
import { menuContext } from '../menuContext';

/** Caption, table and, for long texts, the page's buttons. */
export function weightTable(context: PanelContext, picture: WeightPicture): TemplateResult {
  const from = tableStart(context.ui, picture.run.runId, picture.view.focus);
  const model = tableModel({
    weights: picture.weights,
    queryCount: picture.queries.length,
    keyCount: picture.keys.length,
    isMasked: (query, key) => isMaskedCell(picture, query, key),
    fromQuery: from.query,
    fromKey: from.key,
  });
  return html`${model.pageText ? pages(context, picture, model) : nothing}
    <div class="table-place" data-vscode-context=${menuContext('cell', { runId: picture.run.runId, ...(context.ui.hover ?? cursorOf(picture, context.ui)) }, true)} tabindex="0" role="group" aria-label="Table of weights, scrollable" @mouseleave=${() => context.actions.hover(null)}>
      <table role="table" aria-rowcount=${picture.queries.length + 1} aria-colcount=${picture.keys.length + 1}>
        <caption><span>Attention weights of ${viewName(picture.run, picture.view)}: each row reads from the columns. Six decimals, all tokens.</span></caption>
        ${heads(picture, model)}
        <tbody>${model.rows.map((row) => tableRow(context, picture, row))}</tbody>
      </table>
    </div>`;
}

function heads(picture: WeightPicture, model: TableModel): TemplateResult {
  return html`<thead><tr aria-rowindex="1"><td aria-colindex="1"></td>
    ${model.keys.map((key) => html`<th scope="col" aria-colindex=${key + 2} data-index=${key} title=${`token ${key}`}>${picture.keyLabels[key]}</th>`)}
  </tr></thead>`;
}

function tableRow({ actions }: PanelContext, picture: WeightPicture, { query, cells }: TableModel['rows'][number]): TemplateResult {
  return html`<tr class=${query === picture.view.focus ? 'focus' : ''} aria-rowindex=${query + 2}>
    <th scope="row" aria-colindex="1" data-index=${query} title=${`token ${query}`}>${picture.queryLabels[query]}</th>
    ${cells.map(
      (cell) => html`<td aria-colindex=${cell.key + 2} class=${classMap({ masked: cell.isMasked })} title=${cell.isMasked ? 'masked' : nothing}
      @mouseenter=${() => actions.hover({ query, key: cell.key })}>${cell.text}</td>`,
    )}
  </tr>`;
}

function pages({ actions }: PanelContext, picture: WeightPicture, { from, pageText }: TableModel): TemplateResult {
  const { query, key } = from;
  const button = (label: string, to: { query: number; key: number }) => {
    const isPossible = to.query >= 0 && to.key >= 0 && to.query < picture.queries.length && to.key < picture.keys.length;
    return html`<button type="button" ?disabled=${!isPossible} @click=${() => actions.setUi({ tableFrom: { ...to, heldFor: picture.run.runId } })}>${label}</button>`;
  };
  return html`<div class="pages"><span role="status">The table shows ${pageText}.</span>
    ${button('rows before', { query: query - pageSize, key })}${button('rows after', { query: query + pageSize, key })}
    ${button('columns before', { query, key: key - pageSize })}${button('columns after', { query, key: key + pageSize })}</div>`;
}
