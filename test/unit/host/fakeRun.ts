// A run summary and a model description with nothing in them but what the host looks at.

import { badgeOf } from '../../../src/core/check';
import type { ModelDescription } from '../../../src/core/modelDescription';
import type { SiteKey } from '../../../src/core/names';
import { problem } from '../../../src/core/problem';
import type { SeenRun } from '../../../src/core/run';
import type { Token } from '../../../src/core/token';

export const encoderSite = (layer: number): SiteKey => ({ tower: 'encoder', layer, kind: 'self' });

/** One token per word, and one special token in front. */
export function tokensOf(text: string): Token[] {
  const words = [...text.matchAll(/\S+/g)].map(
    (found): Token => ({ id: 5, text: found[0], start: found.index, end: found.index + found[0].length, isSpecial: false, sequence: 0, typeId: 0 }),
  );
  return [{ id: 1, text: '[CLS]', start: 0, end: 0, isSpecial: true, sequence: null, typeId: 0 }, ...words];
}

/** Two encoder layers of four heads; first sight is L1H2 with the last word as focus. */
export function fakeRun(runId: number, text: string, change: Partial<SeenRun> = {}): SeenRun {
  const tokens = tokensOf(text);
  const site = (layer: number): SeenRun['sites'][number] => ({
    ...encoderSite(layer),
    headCount: 4,
    kvHeadCount: 4,
    headSize: 8,
    isCausal: false,
    queryTokens: 'source',
    keyTokens: 'source',
    recognisedAs: 'decomposed',
    isTrusted: true,
  });
  const focus = tokens.length - 1;
  return {
    runId,
    text,
    pair: null,
    target: null,
    tokens: { source: tokens },
    sites: [site(0), site(1)],
    badge: badgeOf([]),
    checks: [],
    inputs: [],
    truncated: null,
    paddedTo: null,
    notes: [],
    engine: { name: 'wasm', version: '1.30.0' },
    elapsedMs: 1,
    times: { asked: 1, loaded: 2, run: 3, seen: 4 },
    firstSight: {
      site: encoderSite(1),
      head: 2,
      candidates: [],
      focus,
      focusTokens: [focus],
      focusWord: tokens[focus]?.text ?? '',
      chosenBy: 'fewWords',
      measures: [],
    },
    ...change,
  };
}

/** A model of token ids and one more input that nothing shows; with a value it runs. */
export function modelWithInput(name: string, input: string, isGiven: boolean): ModelDescription {
  const why = 'it picks one of 20 languages';
  const own: ModelDescription['inputs'][number] = isGiven
    ? { name: input, role: 'unknown', why, value: 'as you gave it', evidence: 'given' }
    : { name: input, role: 'unknown', why, value: null, evidence: null };
  const ids: ModelDescription['inputs'][number] = { name: 'input_ids', role: 'tokenIds', why: '', value: 'token ids of the text', evidence: 'graph' };
  return { ...fakeModel(name), inputs: [ids, own], refusal: isGiven ? null : problem('inputUnknown', { input, reason: why }) };
}

export function fakeModel(name: string): ModelDescription {
  return {
    name,
    files: ['model.onnx'],
    sizeInBytes: 1,
    sha256: '',
    engine: { name: 'wasm', version: '1.30.0' },
    producer: '',
    opset: 17,
    precision: 'float32',
    towers: [],
    inputs: [],
    refusal: null,
    outputs: [],
    rejectedSoftmaxes: [],
    tokenLimit: null,
    tokenLimitFrom: null,
    needsTarget: false,
    vocabularySize: null,
    memoryEstimateInBytes: 0,
    notes: [],
    card: null,
  };
}
