import { describe, expect, it } from 'vitest';
import { diffJson, diffText } from '../../../../src/cli/commands/diffText';
import { badgeOf, unbounded } from '../../../../src/core/check';
import type { ModelDiff } from '../../../../src/core/modelDiff';
import { problem } from '../../../../src/core/problem';

const place = (tensor: string) => ({ tensor, node: `/${tensor}`, file: 'model.onnx' });
const agreeing: ModelDiff = {
  first: null,
  deviations: [
    { ...place('a'), absolute: 0, relative: 0 },
    { ...place('b'), absolute: 2e-6, relative: 1e-6 },
  ],
  tolerance: 1e-4,
  sides: [
    { engine: { name: 'wasm', version: '1.30.0' }, badge: badgeOf([]), checks: [] },
    { engine: { name: 'native', version: '1.30.0' }, badge: badgeOf([]), checks: [] },
  ],
};

describe('the answer of diff', () => {
  it('names both sides and what is off most, where they agree', () => {
    expect(diffText(agreeing).split('\n')).toEqual([
      'first: WebAssembly 1.30.0, unchecked',
      'second: native 1.30.0, unchecked',
      'They agree: 2 tensors, none off by more than 0.0001.',
      'largest deviations, in the order of the graph:',
      '  b (/b): 2.0e-6, relative 1.0e-6',
    ]);
  });
  it('names the first tensor that leaves the tolerance, with its node, and the reason of a side that was not checked', () => {
    const off = { ...place('c'), absolute: unbounded, relative: unbounded };
    const [first, second] = agreeing.sides;
    const failure = problem('modelNotNumbers', { file: 'model.onnx' });
    const diff: ModelDiff = {
      ...agreeing,
      first: place('c'),
      deviations: [...agreeing.deviations, off],
      sides: [first, { ...second, badge: null, problem: failure }],
    };
    expect(diffText(diff)).toContain('They part first at c (/c); 1 of 3 tensors are off by more than 0.0001.');
    expect(diffText(diff)).toContain('  c (/c): no difference can be given, as the shapes differ');
    expect(diffText(diff)).toContain(`second: native 1.30.0, ${failure.message}`);
    expect(diffJson(diff)).toMatchObject({ first: place('c'), checks: [{ badge: 'unchecked' }, { badge: null, problem: failure.message }] });
  });
});
