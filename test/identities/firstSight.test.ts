// First sight asked of whole runs: which rows and keys its measure is taken over, counted again here from the pattern that the same run gives out.

import { describe, expect, it } from 'vitest';
import type { FirstSight, RunSummary } from '../../src/core/run';
import { floatsOf } from '../../src/core/tensorPack';
import type { Engine } from '../../src/engine/engine';
import { ask } from '../../src/protocol/ask';
import { inspected, signal } from '../support/memoryEngine';
import { type After, type TinyOptions, tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';

const modelOf = (options: TinyOptions) => ({ files: { 'model.onnx': tinyTransformer(options), 'tokenizer.json': wordTokenizer() } });

/** A gate on the joined heads: norms cannot be had, and the measure is of the weights alone. */
const gated: After = (from, to) => ({
  nodes: [{ op: 'Mul', inputs: [from, 'gate'], outputs: [to] }],
  tensors: [{ name: 'gate', dims: [8], data: Float32Array.of(1, 2, 1, 2, 1, 2, 1, 2) }],
});

async function sightAt(engine: Engine, { runId }: RunSummary, focus: number): Promise<FirstSight> {
  const sight = await ask(engine, { of: 'firstSight', runId, at: { focus } }, signal());
  if (!sight.ok) throw new Error(sight.problem.message);
  return sight.value;
}

async function patternOf(engine: Engine, { runId }: RunSummary) {
  const pack = await ask(engine, { of: 'activation', runId, tower: 'encoder', layer: 0, kind: 'self', activation: 'pattern' }, signal());
  if (!pack.ok) throw new Error(pack.problem.message);
  const [, count = 0] = pack.value.headers[0]?.dims ?? [];
  const data = floatsOf(pack.value, 'values') ?? new Float32Array();
  return (head: number, query: number, key: number) => data[(head * count + query) * count + key] as number;
}

const mean = (values: readonly number[]) => (values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length);

describe('what first sight is measured over', () => {
  // [CLS] server , can i have the check ? [SEP]: words are 1 and 3 to 7. No mask: every row may see every key.
  const [text, words, count] = ['Server, can I have the check?', [1, 3, 4, 5, 6, 7], 10];
  const start = inspected(modelOf({ layers: 1, heads: 2, scale: 2, after: { 'layer.0.merged': gated } }), { text });

  it.each(words)('the rows of the other words, and no others, with word %i as the focus', async (focus) => {
    const { engine, run } = await start;
    expect(run.tokens.source).toHaveLength(count);
    const weight = await patternOf(engine, run);
    const others = words.filter((word) => word !== focus);
    const partOf = (head: number, key: number) => {
      const ofKey = mean(others.filter((row) => row !== key).map((row) => weight(head, row, key)));
      const inText = others.filter((row) => row + key - focus >= 0 && row + key - focus < count);
      const atDistance = mean(inText.map((row) => weight(head, row, row + key - focus)));
      return Math.max(0, weight(head, focus, key) - Math.max(ofKey, atDistance));
    };
    const beyond = [0, 1].map((head) => Math.max(...others.map((key) => partOf(head, key))));
    const plain = [0, 1].map((head) => Math.max(...others.map((key) => weight(head, focus, key))));
    const hasBeyond = beyond.some((value) => value > 0);
    const sight = await sightAt(engine, run, focus);
    expect(sight).toMatchObject({ chosenBy: hasBeyond ? 'beyond' : 'nothingBeyond', whyWeights: expect.stringContaining('gate') });
    expect(sight.measures[0]?.values).toEqual((hasBeyond ? beyond : plain).map((value) => expect.closeTo(value, 6)));
  });
});

describe('how many words are compared', () => {
  it.each<[string, string, boolean]>([
    ['four are too few', 'can I have check', true],
    ['five are enough', 'can I have the check', false],
    ['a comma is no word', 'can, I have check', true],
  ])('%s', async (_, text, isTooFew) => {
    const { run } = await inspected(modelOf({ scale: 2 }), { text });
    expect(run.firstSight.chosenBy === 'fewWords').toBe(isTooFew);
  });
});

describe('a token as the focus', () => {
  // [CLS] looks like server - check crashed the server [SEP]: "server-check" is one word of three tokens.
  const start = inspected(modelOf({ scale: 2 }), { text: 'looks like server-check crashed the server' });
  it.each<[string, number, string, readonly number[]]>([
    ['brings the other tokens of its word', 3, 'server-check', [4, 5, 3]],
    ['is the last of its word’s tokens, wherever it stands in it', 4, 'server-check', [3, 5, 4]],
    ['is alone in a word of one token', 8, 'server', [8]],
    ['may be a special one, which is of no word', 0, '[CLS]', [0]],
  ])('%s', async (_, focus, focusWord, focusTokens) => {
    const { engine, run } = await start;
    const sight = await sightAt(engine, run, focus);
    expect(sight).toMatchObject({ focus, focusWord, focusTokens });
    for (const { key } of sight.candidates) expect(focusTokens).not.toContain(key);
  });
});
