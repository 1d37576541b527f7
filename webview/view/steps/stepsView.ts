// Steps: every number of one query token of one head, a row for each key, from q·k to the running sum that ends in z.

import { html, type TemplateResult } from 'lit';
import { topK } from '../../../src/core/arithmetic';
import type { InspectionState } from '../../../src/core/inspection';
import { siteName } from '../../../src/core/names';
import type { PackQuestion } from '../../../src/core/question';
import { type StepsNumbers, stepsOf } from '../../../src/core/steps';
import { type StepsModel, type StepsRow, stepsModel } from '../../../src/present/steps/stepsModel';
import { rowWords } from '../../../src/present/steps/stepsWords';
import { placedLabel } from '../../../src/present/words/tokenLabel';
import { cursorScope, focusQuery, pictureOf, type WeightPicture } from '../../../src/reading/picture';
import { type Answered, answered, drawAnswered, readOnce } from '../answered';
import { cursorOf, type PanelContext, viewKind } from '../context';

/** The row that is looked at; undefined for the mean of a layer, or before a run. */
function questionOf(state: InspectionState): PackQuestion | undefined {
  const picture = pictureOf(state);
  if (!picture || picture.view.head === null || !picture.site.isTrusted) return undefined;
  const { tower, layer, kind } = picture.site;
  return { of: 'steps', runId: picture.run.runId, tower, layer, kind, head: picture.view.head, query: focusQuery(picture) };
}

const read = readOnce(stepsOf);
/** Of an answer, in the order that was drawn last. */
const models = new WeakMap<StepsNumbers, { readonly isByWeight: boolean; readonly model: StepsModel }>();

/** The rows in the order that is chosen. */
function rowsIn({ ui: { isByWeight } }: PanelContext, picture: WeightPicture, numbers: StepsNumbers): StepsModel {
  const known = models.get(numbers);
  if (known?.isByWeight === isByWeight) return known.model;
  const { weights } = numbers;
  const model = stepsModel({ numbers, query: focusQuery(picture), isCausal: picture.isCausal, ...(isByWeight && { order: topK(weights, weights.length) }) });
  models.set(numbers, { isByWeight, model });
  return model;
}

const currentKey = ({ ui }: PanelContext, picture: WeightPicture): number => (ui.hover ?? cursorOf(picture, ui)).key;

export const stepsView = viewKind<Answered<StepsNumbers>>({
  id: 'steps',
  label: 'Steps',
  group: 'attention',
  keys: [
    { keys: ['↑', '↓'], does: 'key' },
    { keys: ['←', '→'], does: 'step' },
    { keys: ['Enter'], does: 'open row' },
    { keys: ['S'], does: 'sort' },
    { keys: ['P'], does: 'play' },
  ],
  readout: readoutOf,
  refusal: (state) => (state.view?.head === null ? 'The mean of a layer has no steps of its own: choose one of its heads.' : undefined),
  needs: (state) => {
    const question = questionOf(state);
    return question ? [question] : [];
  },
  model: (shown) => answered(shown, questionOf(shown.state), read),
  draw: (context, model) => drawAnswered(model, (picture, numbers) => drawSteps(context, picture, numbers)),
});

function readoutOf(context: PanelContext, { picture, value }: Answered<StepsNumbers>): { readonly head: string; readonly body: string } | undefined {
  if (picture.state !== 'ready' || !value) return undefined;
  const key = currentKey(context, picture.picture);
  const model = rowsIn(context, picture.picture, value);
  const row = model.rows.find((one) => one.key === key);
  return row && { head: placedLabel(picture.picture.keyLabels, key), body: rowWords(model, row) };
}

function drawSteps(context: PanelContext, picture: WeightPicture, numbers: StepsNumbers): TemplateResult {
  const { ui, actions, theme } = context;
  const { site, run, view } = picture;
  const mix = run.checks.find((check) => check.identity === 'mix' && check.site !== null && siteName(check.site) === siteName(site));
  return html`<ti-steps .picture=${picture} .numbers=${numbers} .model=${rowsIn(context, picture, numbers)} .theme=${theme} .tolerance=${mix?.tolerance ?? 1e-4}
    .key=${cursorOf(picture, ui).key} .step=${ui.step} .isByWeight=${ui.isByWeight} .isRowOpen=${ui.isRowOpen} .isTable=${ui.isTable}
    .onKey=${(row: StepsRow) => actions.moveCursor({ query: view.focus, key: row.key }, cursorScope(picture))}
    .onHover=${(row: StepsRow | null) => actions.hover(row && { query: view.focus, key: row.key })} .setUi=${actions.setUi}></ti-steps>`;
}
