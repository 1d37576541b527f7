// Steps: every number of one query token of one head, a row for each key, from q·k to the running sum that ends in z.

import { html, type TemplateResult } from 'lit';
import type { InspectionState } from '../../../src/core/inspection';
import { siteName } from '../../../src/core/names';
import { type PackQuestion, questionName } from '../../../src/core/question';
import { type StepsNumbers, stepsOf } from '../../../src/core/steps';
import { orderByWeight, type StepsModel, type StepsRow, stepsModel } from '../../../src/present/steps/stepsModel';
import { rowWords } from '../../../src/present/steps/stepsWords';
import { placedLabel } from '../../../src/present/words/tokenLabel';
import { cursorScope, type PictureState, pictureOf, type WeightPicture } from '../../../src/reading/picture';
import type { Shown } from '../../../src/reading/shown';
import { cursorOf, type PanelContext, viewKind } from '../context';
import { refusedPicture } from '../refusedPicture';

interface StepsOf {
  readonly picture: PictureState;
  readonly numbers: StepsNumbers | undefined;
  readonly reason?: string;
}

/** The row that is looked at; undefined for the mean of a layer, or before a run. */
function questionOf(state: InspectionState): PackQuestion | undefined {
  const picture = pictureOf(state);
  if (!picture || picture.view.head === null || !picture.site.isTrusted) return undefined;
  const { tower, layer, kind } = picture.site;
  const query = Math.min(picture.view.focus, picture.queries.length - 1);
  return { of: 'steps', runId: picture.run.runId, tower, layer, kind, head: picture.view.head, query };
}

function modelOf({ state, picture, answers }: Shown): StepsOf {
  const question = questionOf(state);
  const answer = question && answers.get(questionName(question));
  if (answer?.state === 'failed') return { picture, numbers: undefined, reason: answer.reason };
  return { picture, numbers: answer?.state === 'ready' ? stepsOf(answer.pack) : undefined };
}

/** The rows in the order that is chosen. */
function rowsIn({ ui }: PanelContext, picture: WeightPicture, numbers: StepsNumbers): StepsModel {
  const query = Math.min(picture.view.focus, picture.queries.length - 1);
  return stepsModel({ numbers, query, isCausal: picture.isCausal, ...(ui.isByWeight && { order: orderByWeight(numbers.weights) }) });
}

const currentKey = ({ ui }: PanelContext, picture: WeightPicture): number => (ui.hover ?? cursorOf(picture, ui)).key;

export const stepsView = viewKind<StepsOf>({
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
  model: modelOf,
  draw: drawSteps,
});

function readoutOf(context: PanelContext, { picture, numbers }: StepsOf): { readonly head: string; readonly body: string } | undefined {
  if (picture.state !== 'ready' || !numbers) return undefined;
  const key = currentKey(context, picture.picture);
  const model = rowsIn(context, picture.picture, numbers);
  const row = model.rows.find((one) => one.key === key);
  return row && { head: placedLabel(picture.picture.keyLabels, key), body: rowWords(model, row) };
}

function drawSteps(context: PanelContext, { picture, numbers, reason }: StepsOf): TemplateResult {
  if (picture.state === 'refused') return refusedPicture(picture);
  if (reason !== undefined && picture.state === 'ready') return refusedPicture({ state: 'refused', picture: picture.picture, reason });
  if (picture.state !== 'ready' || !numbers) return html`<section class="map-view"><p class="note" role="status">Reading the row …</p></section>`;
  const { ui, actions, theme } = context;
  const { site, run } = picture.picture;
  const mix = run.checks.find((check) => check.identity === 'mix' && check.site !== null && siteName(check.site) === siteName(site));
  return html`<ti-steps .picture=${picture.picture} .numbers=${numbers} .model=${rowsIn(context, picture.picture, numbers)} .theme=${theme} .tolerance=${mix?.tolerance ?? 1e-4}
    .key=${cursorOf(picture.picture, ui).key} .step=${ui.step} .isByWeight=${ui.isByWeight} .isRowOpen=${ui.isRowOpen} .isTable=${ui.isTable}
    .onKey=${(row: StepsRow) => actions.moveCursor({ query: picture.picture.view.focus, key: row.key }, cursorScope(picture.picture))}
    .onHover=${(row: StepsRow | null) => actions.hover(row && { query: picture.picture.view.focus, key: row.key })} .setUi=${actions.setUi}></ti-steps>`;
}
