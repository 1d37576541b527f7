import { describe, expect, it } from 'vitest';
import { captureList } from '../../../../src/captures/captureList';
import { commands, helpText } from '../../../../src/cli/commands/commandLine';
import { describeText } from '../../../../src/cli/commands/describeText';
import { parseCommand } from '../../../../src/cli/commands/parseCommand.node';
import type { ModelDescription } from '../../../../src/core/modelDescription';
import { captureName } from '../../../../src/core/names';
import { ProblemError } from '../../../../src/core/problem';

const codeOf = (work: () => unknown) => {
  try {
    work();
  } catch (error) {
    return error instanceof ProblemError ? `${error.problem.code} ${error.problem.exitStatus}` : String(error);
  }
  return 'none';
};

describe('parseCommand', () => {
  const good: readonly (readonly [string[], Record<string, string>])[] = [
    [['describe', '--model', 'm', '--json'], { model: 'm', json: '' }],
    [['describe', '--json', 'out.json', '--model=m'], { model: 'm', json: 'out.json' }],
    [['capture', '--model', 'm', '--text', '--no way', '--out', 'o', '--truncate'], { model: 'm', text: '--no way', out: 'o', truncate: 'true' }],
    [['capture', '--model', 'm', '--text', '', '--out', 'o'], { model: 'm', text: '', out: 'o' }],
    [['heads', '--model', 'm', '--text', 't', '--focus', '3', '--json'], { model: 'm', text: 't', focus: '3', json: '' }],
  ];
  it.each(good)('%j', (args, values) => expect(Object.fromEntries(parseCommand(args).values)).toEqual(values));
  const bad: readonly (readonly string[])[] = [
    [],
    ['nothing'],
    ['describe'],
    ['describe', '--model', 'm', '--unknown'],
    ['capture', '--model', 'm', '--out', 'o'],
    ['tokenize', 'stray'],
    ['heads', '--model', 'm'],
    ['heads', '--model', 'm', '--text', 't', '--focus'],
    ['heads', '--model', 'm', '--text', 't', '--lines', 'f'],
    ['describe', '--model'],
    ['describe', '--model', 'm', '--model', 'n'],
    ['capture', '--model', 'm', '--text', 'a', '--out', 'o', '--truncate', '--truncate'],
  ];
  it.each(bad.map((args) => [args]))('%j is wrong usage', (args) => expect(codeOf(() => parseCommand(args))).toBe('usage 2'));
  it('names every command and option in its help', () => {
    for (const command of commands) for (const option of command.options) expect(helpText()).toContain(`--${option.name}`);
    expect(helpText('heads')).toContain('--focus INDEX');
    expect(helpText('heads')).not.toContain('--activations');
    expect(helpText('nothing')).toBe(helpText());
  });
});

const model: ModelDescription = {
  name: 'tiny',
  files: ['model.onnx'],
  sizeInBytes: 1234,
  sha256: 'ab',
  engine: { name: 'wasm', version: '1.30.0' },
  producer: 'test 1',
  opset: 17,
  precision: 'float32',
  towers: [
    {
      tower: 'encoder',
      layerCount: 2,
      available: ['embed'],
      absent: [],
      sites: [0, 1].map((layer) => ({
        tower: 'encoder',
        layer,
        kind: 'self',
        recognisedAs: 'MatMul → Softmax → MatMul',
        nodes: ['s'],
        headCount: 2,
        isCausal: false,
        available: ['q', 'pattern'],
        absent: [{ activation: 'rot_q', reason: 'no rotary encoding' }],
      })),
      blocks: [0, 1].map((layer) => ({
        tower: 'encoder',
        layer,
        form: 'pre-norm',
        available: layer === 0 ? ['resid_pre', 'mlp_out'] : ['resid_pre'],
        absent: layer === 0 ? [] : [{ activation: 'mlp_out', reason: 'not there' }],
      })),
    },
  ],
  outputs: ['logits'],
  rejectedSoftmaxes: [],
  tokenLimit: 8,
  tokenLimitFrom: 'position table',
  needsTarget: false,
  inputs: [{ name: 'ids', role: 'tokenIds', why: 'picks rows of the table of tokens (9)', value: 'token ids of the text', evidence: 'graph' }],
  refusal: null,
  vocabularySize: 9,
  memoryEstimateInBytes: 1e8,
  notes: [],
  card: null,
};

describe('captureList', () => {
  const names = (options: Parameters<typeof captureList>[1]) => captureList(model, options).keys.map(captureName);
  it('holds everything, layer by layer', () => {
    expect(names({})).toEqual([
      'encoder.embed',
      'encoder.0.self.q',
      'encoder.0.self.pattern',
      'encoder.0.resid_pre',
      'encoder.0.mlp_out',
      'encoder.1.self.q',
      'encoder.1.self.pattern',
      'encoder.1.resid_pre',
      'logits',
    ]);
  });
  it('holds what was asked for', () => expect(names({ activations: 'pattern, logits', layers: '1' })).toEqual(['encoder.1.self.pattern', 'logits']));
  const bad: readonly (readonly [string, Parameters<typeof captureList>[1]])[] = [
    ['usage 2', { activations: 'patern' }],
    ['usage 2', { layers: 'one' }],
    ['usage 2', { activations: ',' }],
    ['noSuchLayer 2', { layers: '0,2' }],
    ['activationAbsent 3', { activations: 'rot_q' }],
    ['activationAbsent 3', { activations: 'q,mlp_out', layers: '1' }],
  ];
  it.each(bad)('%s for %j', (code, options) => expect(codeOf(() => captureList(model, options))).toBe(code));
});

describe('describeText', () => {
  it('says towers, heads, what can be captured and what is absent', () => {
    const text = describeText(model);
    for (const words of [
      'encoder: 2 layers',
      '2 heads',
      'MatMul → Softmax → MatMul',
      'layers 0–1: self q, pattern',
      'rot_q (no rotary encoding)',
      'at most 8 tokens (from the position table)',
    ])
      expect(text).toContain(words);
  });
});
