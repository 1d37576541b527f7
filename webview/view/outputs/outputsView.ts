// Head outputs: what every head of the layer adds to the focus token, as one sum: each head's z behind its band of W_O, and the bias.

import { html, type TemplateResult } from 'lit';
import { type HeadOutputs, headOutputsOf } from '../../../src/core/headOutputs';
import type { InspectionState } from '../../../src/core/inspection';
import { siteName } from '../../../src/core/names';
import { type PackQuestion, questionName } from '../../../src/core/question';
import { outputsModel } from '../../../src/present/outputs/outputsModel';
import { partName, partWords } from '../../../src/present/outputs/outputsWords';
import { type Picture, type PictureState, pictureOf } from '../../../src/reading/picture';
import type { Shown } from '../../../src/reading/shown';
import { type PanelContext, viewKind } from '../context';
import { refusedPicture } from '../refusedPicture';

interface OutputsOf {
  readonly picture: PictureState;
  readonly outputs: HeadOutputs | undefined;
  readonly reason?: string;
}

function questionOf(state: InspectionState): PackQuestion | undefined {
  const picture = pictureOf(state);
  if (!picture?.site.isTrusted) return undefined;
  const { tower, layer, kind } = picture.site;
  return { of: 'headOutputs', runId: picture.run.runId, tower, layer, kind, query: Math.min(picture.view.focus, picture.queries.length - 1) };
}

function modelOf({ state, picture, answers }: Shown): OutputsOf {
  const question = questionOf(state);
  const answer = question && answers.get(questionName(question));
  if (answer?.state === 'failed') return { picture, outputs: undefined, reason: answer.reason };
  return { picture, outputs: answer?.state === 'ready' ? headOutputsOf(answer.pack) : undefined };
}

/** The head under the keys: the one that they moved to, else the one that is shown, else the first. */
const currentHead = ({ ui }: PanelContext, { view, site }: Picture): number =>
  (ui.headRow !== null && ui.headRow < site.headCount ? ui.headRow : view.head) ?? 0;

export const outputsView = viewKind<OutputsOf>({
  id: 'outputs',
  label: 'Head outputs',
  group: 'attention',
  keys: [
    { keys: ['↑', '↓'], does: 'head' },
    { keys: ['Enter'], does: 'its map' },
    { keys: ['S'], does: 'sort' },
    { keys: ['C'], does: 'copy' },
    { keys: ['T'], does: 'numbers' },
  ],
  readout: (context, { picture, outputs }) => {
    if (picture.state !== 'ready' || !outputs) return undefined;
    const part = outputsModel(outputs).parts.find(({ head }) => head === currentHead(context, picture.picture));
    return part && { head: `L${picture.picture.site.layer}${partName(part)}`, body: partWords(part) };
  },
  refusal: () => undefined,
  needs: (state) => {
    const question = questionOf(state);
    return question ? [question] : [];
  },
  model: modelOf,
  draw: drawOutputs,
});

function drawOutputs(context: PanelContext, { picture, outputs, reason }: OutputsOf): TemplateResult {
  if (picture.state === 'refused') return refusedPicture(picture);
  if (reason !== undefined && picture.state === 'ready') return refusedPicture({ state: 'refused', picture: picture.picture, reason });
  if (picture.state !== 'ready' || !outputs) return html`<section class="map-view"><p class="note" role="status">Reading the heads …</p></section>`;
  const { ui, actions, theme } = context;
  const { site, run, view, queryLabels, queries } = picture.picture;
  const check = run.checks.find(({ identity, site: at }) => identity === 'projection' && at !== null && siteName(at) === siteName(site));
  const open = (head: number) => {
    actions.showHead(site, head);
    actions.showView('map');
  };
  return html`<ti-outputs .model=${outputsModel(outputs)} .theme=${theme} .layer=${site.layer} .token=${queryLabels[Math.min(view.focus, queries.length - 1)] ?? ''} .tolerance=${check?.tolerance ?? 1e-4}
    .head=${currentHead(context, picture.picture)} .isByShare=${ui.isByWeight} .isTable=${ui.isTable} .onOpen=${open} .setUi=${actions.setUi}></ti-outputs>`;
}
