import { describe, expect, it } from 'vitest';
import { checkResidual } from '../../../../src/engine/checks/checkResidual';
import type { SiteReader } from '../../../../src/engine/checks/siteReader';
import type { Block } from '../../../../src/onnx/facts/block';
import type { CaptureRef } from '../../../../src/onnx/facts/captures';
import type { Site } from '../../../../src/onnx/facts/site';

const as = (tensor: string) => ({ tensor, axes: 'td' });

/** One token of width 2: x, attention + 1, feed-forward part + 10. `mid` is the stream that the feed-forward part is added to. */
const stream: Readonly<Record<string, readonly number[]>> = {
  x: [1, 2],
  attn: [1, 1],
  sum: [2, 3],
  mid: [2, 3],
  mlp: [10, 10],
  added: [10, 10],
  end: [12, 13],
};

function deviation(form: Block['form'], change: Partial<typeof stream>, isNormed = false): number {
  const tensors = { ...stream, ...change };
  const captures = {
    resid_pre: [as('x')],
    mlp_out: [as('mlp')],
    resid_post: [as(form === 'post-norm' ? 'normed' : 'end')],
    ...(form === 'pre-norm' && { resid_mid: [as('sum')] }),
  } as const;
  const end = { skip: as('mid'), added: as('added'), sum: as('end'), ...(isNormed && { map: { from: 'mlp', to: 'added' } }) };
  const block: Block = { tower: 'decoder', layer: 0, captures, absent: {}, form, leadsOn: false, end };
  const residual = { skip: as('x'), added: as('attn'), sum: as('sum'), addedIs: 'attn_out' };
  const site = { kind: 'self', captures: { attn_out: [as('attn')] }, absent: {}, residual } as unknown as Site;
  const form2d = (ref: CaptureRef | undefined) => {
    const values = tensors[ref?.[0]?.tensor ?? ''];
    return values && { letters: 'qd', dims: [1, 2], data: Float32Array.from(values) };
  };
  const found = checkResidual({ site, blocks: { block, next: undefined, isLast: true }, recompute: () => undefined, isRounded: false }, {
    form: form2d,
  } as unknown as SiteReader);
  return typeof found === 'string' ? Number.NaN : found.absolute;
}

describe('the addition that ends a layer', () => {
  const forms = ['pre-norm', 'post-norm', 'parallel'] as const;
  it.each(forms)('%s: holds', (form) => {
    expect(deviation(form, {})).toBe(0);
  });
  it.each(forms)('%s: what is shown as mlp_out is what is added, unless a norm stands between', (form) => {
    expect(deviation(form, { mlp: [10, 11] })).toBe(1);
    expect(deviation(form, { mlp: [10, 11] }, true)).toBe(0);
  });
  it.each(forms)('%s: gives the sum', (form) => {
    expect(deviation(form, { end: [12, 15] })).toBe(2);
  });
  it.each(['pre-norm', 'parallel'] as const)('%s: the stream is the one after the attention', (form) => {
    expect(deviation(form, { mid: [2, 5], end: [12, 15] })).toBe(2);
  });
});
