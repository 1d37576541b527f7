// A graph that was read wrongly on purpose must be caught by the identities: one row per way of being wrong.

import { describe, expect, it } from 'vitest';
import type { Check, Identity } from '../../src/core/check';
import { getTokenizer } from '../../src/engine/load/loadModel';
import { loadOnRuntime } from '../../src/engine/load/loadOnRuntime';
import { captureTable, requested } from '../../src/engine/model/captureTable';
import { Run } from '../../src/engine/run/run';
import { ModelPart } from '../../src/engine/session/modelPart';
import { wasmRuntime } from '../../src/engine/session/wasmRuntime';
import { readModelText } from '../../src/engine/text/modelText';
import type { GraphFacts } from '../../src/onnx/facts/graphFacts';
import type { ScoreStep, Site } from '../../src/onnx/facts/site';
import { platformOf, sourceOf } from '../support/memoryEngine';
import { type TinyOptions, tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';

type Change = (site: Site, facts: GraphFacts) => Partial<Site>;

const steps = (site: Site, change: (step: ScoreStep) => readonly ScoreStep[]) => ({ scoreSteps: site.scoreSteps?.flatMap(change) });
const isNumber = (step: ScoreStep): step is Extract<ScoreStep, { op: 'multiply' | 'divide' }> => step.op === 'multiply' || step.op === 'divide';

type PartClass = new (...parameters: ConstructorParameters<typeof ModelPart>) => ModelPart;

async function checksAfter(options: TinyOptions, change: Change, Part: PartClass = ModelPart): Promise<readonly Check[]> {
  const files = { 'model.onnx': tinyTransformer(options), 'tokenizer.json': wordTokenizer() };
  const state = await loadOnRuntime(1, { source: sourceOf({ files }), threads: 1, memoryLimitInBytes: 1e8 }, platformOf(files));
  const { content } = state.parts[0] as ModelPart;
  const facts: GraphFacts = { ...content.facts, sites: content.facts.sites.map((site) => ({ ...site, ...change(site, content.facts) })) };
  const model = { ...state, parts: [new Part({ ...content, facts }, wasmRuntime)], table: captureTable([facts]) };
  const run = new Run(1, model, readModelText(getTokenizer(state), { text: 'Server, can I have the check?', truncate: false }, state.rules));
  await run.first.capture(requested(model.table, undefined), { allIdentities: true });
  return run.first.checks;
}

const causal: TinyOptions = { isCausal: true, hasBias: true, seed: 4 };
const rows: readonly (readonly [string, TinyOptions, Identity, Change])[] = [
  [
    'q and k swapped',
    {},
    'scores',
    ({ captures }) => ({
      captures: {
        ...captures,
        q: captures.k?.map((ref) => ({ ...ref, axes: ref.axes.replace('k', 'q') })),
        k: captures.q?.map((ref) => ({ ...ref, axes: ref.axes.replace('q', 'k') })),
      },
    }),
  ],
  ['k taken for v', {}, 'mix', ({ captures }) => ({ captures: { ...captures, v: captures.k } })],
  ['a wrong scale', {}, 'scores', (site) => steps(site, (step) => (isNumber(step) ? [{ op: step.op, by: { value: 3 } }] : [step]))],
  ['a dropped mask', causal, 'scores', (site) => steps(site, (step) => (step.op === 'where' || (step.op === 'add' && step.role === 'mask') ? [] : [step]))],
  ['a dropped bias', causal, 'scores', (site) => steps(site, (step) => (step.op === 'add' && step.role !== 'mask' ? [] : [step]))],
  ['scores of another layer', {}, 'softmax', ({ captures }, facts) => ({ captures: { ...captures, scores: facts.sites[1]?.captures.scores } })],
  [
    'another input of W_O',
    {},
    'merge',
    (site, { sites }) => ({
      outputProjection: site.outputProjection && { ...site.outputProjection, input: sites[1]?.outputProjection?.input ?? site.outputProjection.input },
    }),
  ],
  [
    'the stream of another layer',
    {},
    'residual',
    (site, { sites }) => ({ residual: site.residual && { ...site.residual, skip: sites[1]?.residual?.skip ?? site.residual.skip } }),
  ],
];

describe('a wrong recognition', () => {
  it.each(rows)('%s', async (_name, options, identity, change) => {
    const checks = await checksAfter(options, change);
    expect(checks.filter((check) => check.state === 'failed').map((check) => check.identity)).toContain(identity);
  });
  it('W_O with its rows shifted by one head', async () => {
    class Shifted extends ModelPart {
      override async projection(...parameters: Parameters<ModelPart['projection']>) {
        const right = await super.projection(...parameters);
        const half = (right?.weight.length ?? 0) / 2;
        return right && { ...right, weight: Float32Array.from(right.weight, (_, i) => right.weight[(i + half) % (2 * half)] as number) };
      }
    }
    const checks = await checksAfter({}, () => ({}), Shifted);
    expect(checks.filter((check) => check.state === 'failed').map((check) => check.identity)).toEqual(['projection', 'projection']);
  });
  it.each([
    ['merge', { outputProjection: undefined }],
    ['projection', { outputProjection: undefined }],
    ['residual', { residual: undefined }],
  ] as const)('%s is told as not run where the graph does not show what it reads', async (identity, change) => {
    const checks = await checksAfter({ layers: 1 }, () => change);
    expect(checks).toHaveLength(7);
    expect(checks.find((check) => check.identity === identity)).toMatchObject({ state: 'not run', reason: expect.any(String) });
  });
  it('nothing fails where nothing is changed', async () => {
    expect((await checksAfter(causal, () => ({}))).filter((check) => check.state !== 'holds')).toEqual([]);
  });
});
