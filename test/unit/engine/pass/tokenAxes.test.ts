import { describe, expect, it } from 'vitest';
import { foreignAxes } from '../../../../src/engine/pass/tokenAxes';
import { RunTensors } from '../../../../src/engine/tensors/runTensors';

/** A text of `tokens` tokens, a graph of this fixed length, and a captured pattern of these dimensions. */
function reasonFor(dims: readonly number[], tokens: number, fixed: number | string): string | undefined {
  const tensors = new RunTensors();
  tensors.put(0, new Map([['p', { type: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) }]]), 0);
  const facts = { inputs: [{ name: 'ids', role: 'tokenIds', dims: [1, fixed], elementType: 7 }] };
  const model = { parts: [{ facts, content: { file: { role: 'model' } } }] };
  const run = { model, text: { source: Array.from({ length: tokens }) }, tensors } as unknown as Parameters<typeof foreignAxes>[0];
  const site = {
    tower: 'encoder',
    layer: 0,
    kind: 'self',
    captures: { q: [{ tensor: 'not captured', axes: '*qe' }], pattern: [{ tensor: 'p', axes: '*qk' }] },
  };
  return foreignAxes(run, { part: 0, site } as unknown as Parameters<typeof foreignAxes>[1], ['q', 'pattern']);
}

describe('foreignAxes', () => {
  it('lets one query and key per token pass', () => expect(reasonFor([1, 2, 5, 5], 5, 'n')).toBeUndefined());
  it('lets padding of a fixed length pass', () => expect(reasonFor([1, 2, 8, 8], 5, 8)).toBeUndefined());
  it('names keys that the model adds', () => expect(reasonFor([1, 2, 5, 8], 5, 'n')).toContain('8 keys, 5 tokens'));
  it('names pooled queries', () => expect(reasonFor([1, 2, 3, 5], 5, 'n')).toContain('3 queries, 5 tokens'));
});
