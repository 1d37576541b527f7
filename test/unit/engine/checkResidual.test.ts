import { describe, expect, it } from 'vitest';
import { checkResidual } from '../../../src/engine/checks/checkResidual';
import type { SiteReader } from '../../../src/engine/checks/siteReader';
import type { Block, CaptureRef, Site } from '../../../src/onnx/site';

const ref = (tensor: string): CaptureRef => [{ tensor, axes: 'td' }];

/** One token of width 2: x, attention + 1, feed-forward part + 10. */
const stream: Readonly<Record<string, readonly number[]>> = { skip: [1, 2], added: [1, 1], sum: [2, 3], mlp: [10, 10], post: [12, 13] };

function deviation(form: Block['form'], tensors: typeof stream): number {
  const add = (tensor: string) => ({ tensor, axes: 'td' });
  const captures = { resid_pre: ref('skip'), mlp_out: ref('mlp'), resid_post: ref('post'), ...(form === 'pre-norm' && { resid_mid: ref('sum') }) };
  const block: Block = { tower: 'decoder', layer: 0, captures, absent: {}, form, leadsOn: false };
  const site = {
    kind: 'self',
    captures: { attn_out: ref('added') },
    absent: {},
    residual: { skip: add('skip'), added: add('added'), sum: add('sum'), addedIs: 'attn_out' },
  } as unknown as Site;
  const read = (one: CaptureRef | undefined) => {
    const values = tensors[one?.[0]?.tensor ?? ''];
    return values && { letters: 'qd', dims: [1, 2], data: Float32Array.from(values) };
  };
  const found = checkResidual({ site, blocks: { block, next: undefined } }, { form: read } as unknown as SiteReader);
  return typeof found === 'string' ? Number.NaN : found.absolute;
}

describe('what leaves a layer', () => {
  it.each(['pre-norm', 'parallel'] as const)('is the sum after the attention and what the feed-forward part gives: %s', (form) => {
    expect(deviation(form, stream)).toBe(0);
    expect(deviation(form, { ...stream, mlp: [10, 11] })).toBe(1);
    expect(deviation(form, { ...stream, post: [12, 15] })).toBe(2);
  });
});
