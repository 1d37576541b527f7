import { describe, expect, it } from 'vitest';
import { ProblemError } from '../../../src/core/problem';
import type { PlannedCapture } from '../../../src/engine/captureTable';
import { RunTensors } from '../../../src/engine/runTensors';
import { refuseForeignAxes } from '../../../src/engine/tokenAxes';

const site = { tower: 'encoder', layer: 0, kind: 'self' };

/** A text of `tokens` tokens, a graph of this fixed length, and a captured pattern of these dimensions. */
function refused(dims: readonly number[], tokens: number, fixed: number | string): string {
  const tensors = new RunTensors();
  tensors.put(0, new Map([['p', { type: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) }]]), 0);
  const facts = { inputs: [{ name: 'ids', role: 'tokenIds', dims: [1, fixed], elementType: 7 }] };
  const model = { parts: [{ facts, content: { file: { role: 'model' } } }] };
  const run = { model, text: { source: Array.from({ length: tokens }) }, tensors } as unknown as Parameters<typeof refuseForeignAxes>[0];
  const capture = { part: 0, ref: [{ tensor: 'p', axes: '*qk' }], site, key: { ...site, activation: 'pattern' } } as unknown as PlannedCapture;
  try {
    refuseForeignAxes(run, [capture]);
    return '';
  } catch (error) {
    return error instanceof ProblemError ? error.problem.message : String(error);
  }
}

describe('refuseForeignAxes', () => {
  it('lets one query and key per token pass', () => expect(refused([1, 2, 5, 5], 5, 'n')).toBe(''));
  it('lets padding of a fixed length pass', () => expect(refused([1, 2, 8, 8], 5, 8)).toBe(''));
  it('refuses keys that the model adds', () => expect(refused([1, 2, 5, 8], 5, 'n')).toContain('8 keys, 5 tokens'));
  it('refuses pooled queries', () => expect(refused([1, 2, 3, 5], 5, 'n')).toContain('3 queries, 5 tokens'));
});
