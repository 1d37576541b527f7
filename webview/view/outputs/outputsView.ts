// Head outputs: what every head of the layer adds to the focus token, as one sum: each head's z behind its band of W_O, and the bias.

import { html, type TemplateResult } from 'lit';
import { headOutputsOf } from '../../../src/core/headOutputs';
import type { InspectionState } from '../../../src/core/inspection';
import { siteName } from '../../../src/core/names';
import type { PackQuestion } from '../../../src/core/question';
import { type OutputsModel, outputsModel } from '../../../src/present/outputs/outputsModel';
import { partName, partWords } from '../../../src/present/outputs/outputsWords';
import { focusQuery, type Picture, pictureOf, type WeightPicture } from '../../../src/reading/picture';
import { type Answered, answered, drawAnswered, readOnce } from '../answered';
import { type PanelContext, viewKind } from '../context';

function questionOf(state: InspectionState): PackQuestion | undefined {
  const picture = pictureOf(state);
  if (!picture?.site.isTrusted) return undefined;
  const { tower, layer, kind } = picture.site;
  return { of: 'headOutputs', runId: picture.run.runId, tower, layer, kind, query: focusQuery(picture) };
}

const read = readOnce((pack) => {
  const outputs = headOutputsOf(pack);
  return outputs && outputsModel(outputs);
});

/** The head under the keys: the one that they moved to, else the one that is shown, else the first. */
const currentHead = ({ ui }: PanelContext, { view, site }: Picture): number =>
  (ui.headRow !== null && ui.headRow < site.headCount ? ui.headRow : view.head) ?? 0;

export const outputsView = viewKind<Answered<OutputsModel>>({
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
  readout: (context, { picture, value }) => {
    if (picture.state !== 'ready' || !value) return undefined;
    const part = value.parts.find(({ head }) => head === currentHead(context, picture.picture));
    return part && { head: `L${picture.picture.site.layer}${partName(part)}`, body: partWords(part) };
  },
  refusal: () => undefined,
  needs: (state) => {
    const question = questionOf(state);
    return question ? [question] : [];
  },
  model: (shown) => answered(shown, questionOf(shown.state), read),
  draw: (context, model) => drawAnswered(model, (picture, outputs) => drawOutputs(context, picture, outputs)),
});

function drawOutputs(context: PanelContext, picture: WeightPicture, outputs: OutputsModel): TemplateResult {
  const { ui, actions, theme } = context;
  const { site, run, queryLabels } = picture;
  const check = run.checks.find(({ identity, site: at }) => identity === 'projection' && at !== null && siteName(at) === siteName(site));
  const open = (head: number) => {
    actions.showHead(site, head);
    actions.showView('map');
  };
  return html`<ti-outputs .model=${outputs} .theme=${theme} .layer=${site.layer} .token=${queryLabels[focusQuery(picture)] ?? ''} .tolerance=${check?.tolerance ?? 1e-4}
    .head=${currentHead(context, picture)} .isByShare=${ui.isByWeight} .isTable=${ui.isTable} .onOpen=${open} .setUi=${actions.setUi}></ti-outputs>`;
}
