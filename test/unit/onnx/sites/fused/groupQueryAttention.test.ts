import { describe, expect, it } from 'vitest';
import { groupQueryAttention } from '../../../../../src/onnx/sites/fused/groupQueryAttention';
import { type Recognised, recognised } from './recognised';

type Attributes = Readonly<Record<string, number | { readonly float: number }>>;
const op = (inputs: string, attributes: Attributes = {}, outputs = 'y keys values', heads: Attributes = { num_heads: 2, kv_num_heads: 1 }) =>
  recognised(groupQueryAttention, ['com.microsoft:GroupQueryAttention', inputs, outputs, { ...heads, ...attributes }]);

const apart = 'x k v past past length last';

describe('com.microsoft GroupQueryAttention', () => {
  const cases: readonly [string, Recognised | undefined, Recognised | undefined][] = [
    [
      'keys and values are outputs, weights an optional one',
      op(apart),
      { captures: 'q 1qhe*, k 1khe*, v 1hke, scores *qk*, pattern *qk*, z 1qhe*', heads: 2, kvHeads: 1, causal: true, sink: false },
    ],
    ['outputs that the file leaves out are asked for', op(apart, {}, 'y'), { captures: 'q 1qhe*, k 1khe*, v 1hke*, scores *qk*, pattern *qk*, z 1qhe*' }],
    ['the scale of the file', op(apart, { scale: { float: 0.25 } }), { steps: expect.stringMatching(/^multiply 0.25, where qk/) as unknown as string }],
    ['else one over the root of the width', op(apart), { steps: expect.stringMatching(/^divide read, where qk/) as unknown as string }],
    [
      'a cap of the scores comes before the mask',
      op(apart, { scale: { float: 1 }, softcap: { float: 30 } }),
      { steps: expect.stringMatching(/^multiply 1, softcap 30, where qk/) as unknown as string },
    ],
    [
      'a bias of the scores',
      op(`${apart} _ _ _ bias`, { scale: { float: 1 } }),
      { steps: expect.stringMatching(/^multiply 1, add bias \*qk, where qk/) as unknown as string, masks: 'length last bias' },
    ],
    [
      'turned queries and keys, and what they were before',
      op(`${apart} cos sin`, { do_rotary: 1 }),
      { captures: 'q 1qhe*, k 1khe*, v 1hke, rot_q 1qhe*, rot_k 1hke, scores *qk*, pattern *qk*, z 1qhe*' },
    ],
    ['a learned sink', op(`${apart} _ _ _ _ sink`), { sink: true }],
    ['a sink of nought', op(apart, { smooth_softmax: 1 }), { sink: true }],
    [
      'packed queries, keys and values are split',
      op('p _ _ past past length last'),
      { captures: 'q 1qhe*, k 1khe*, v 1hke, scores *qk*, pattern *qk*, z 1qhe*', sources: 'p p p' },
    ],
    ['apart they come from three tensors', op(apart), { sources: 'x k v' }],
    [
      'without the number of heads it is none',
      op(apart, {}, 'y keys values', {}),
      { rejected: 'is a fused attention that does not say how many heads it has' },
    ],
    [
      'nor without that of its keys',
      op(apart, {}, 'y keys values', { num_heads: 2 }),
      { rejected: 'is a fused attention that does not say how many heads it has' },
    ],
    [
      'within a window',
      op(apart, { scale: { float: 1 }, local_window_size: 3 }),
      { steps: expect.stringMatching(/^multiply 1, where qk \(And\)/) as unknown as string },
    ],
    [
      'without one',
      op(apart, { scale: { float: 1 }, local_window_size: -1 }),
      { steps: expect.stringMatching(/^multiply 1, where qk \(Not\)/) as unknown as string },
    ],
    ['of another operator it says nothing', recognised(groupQueryAttention, ['Identity', 'x', 'y']), undefined],
  ];
  it.each(cases)('%s', (_, found, expected) => {
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });
});
