import { describe, expect, it } from 'vitest';
import { attentionOperator } from '../../../../../src/onnx/sites/fused/attentionOperator';
import { fusedRecognisers } from '../../../../../src/onnx/sites/fused/fused';
import { type Recognised, recognised } from './recognised';

type Attributes = Readonly<Record<string, number | { readonly float: number }>>;
const flat: Attributes = { q_num_heads: 2, kv_num_heads: 1 };
const op = (inputs: string, attributes: Attributes = {}, outputs = 'y') =>
  recognised(attentionOperator, ['Attention', inputs, outputs, { ...flat, ...attributes }]);
const scaled = { scale: { float: 0.5 } };

describe('the standard attention operator', () => {
  const cases: readonly [string, Recognised | undefined, Recognised | undefined][] = [
    [
      'flat heads are split',
      op('x k v'),
      { captures: 'q 1qhe*, k 1khe*, v 1khe*, scores *qk*, pattern *qk*, z 1qhe*', heads: 2, kvHeads: 1, headSize: 4, sources: 'ids ids ids' },
    ],
    ['one over the root of the width of a head', op('x k v'), { steps: 'multiply 0.5' }],
    ['the scale of the file', op('x k v', { scale: { float: 3 } }), { steps: 'multiply 3' }],
    ['a cap', op('x k v', { ...scaled, softcap: { float: 20 } }), { steps: 'multiply 0.5, softcap 20' }],
    ['a mask of numbers is added', op('x k v bias', scaled), { steps: 'multiply 0.5, add mask *qk', masks: 'bias' }],
    ['a mask of yes and no chooses', op('x k v allowed', scaled), { steps: expect.stringMatching(/^multiply 0.5, where qk else -3.40/) as unknown as string }],
    ['causal', op('x k v', { ...scaled, is_causal: 1 }), { steps: expect.stringMatching(/^multiply 0.5, where qk/) as unknown as string, causal: true }],
    [
      'weights that the file gives out are its own',
      op('x k v', { qk_matmul_output_mode: 3 }, 'y _ _ weights'),
      { captures: expect.stringContaining('pattern *qk,') as unknown as string },
    ],
    [
      'scores that the file gives out are no weights',
      op('x k v', { qk_matmul_output_mode: 0 }, 'y _ _ scores'),
      { captures: expect.stringContaining('pattern *qk*') as unknown as string },
    ],
    ['told how many keys are no padding', op('x k v _ _ _ length'), { unchecked: 'the operator is told how many keys are no padding' }],
    ['that of com.microsoft', recognised(attentionOperator, ['com.microsoft:Attention', 'x w', 'y']), undefined],
  ];
  it.each(cases)('%s', (_, found, expected) => {
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

  it('other fused attention is refused by name, other operators are not', () => {
    const last = fusedRecognisers.at(-1) as (typeof fusedRecognisers)[number];
    expect(recognised(last, ['com.microsoft:SparseAttention', 'x k v', 'y'])).toEqual({
      rejected: 'is the fused operator SparseAttention, which shows neither its scores nor its weights',
    });
    expect(recognised(last, ['Identity', 'x', 'y'])).toBeUndefined();
  });
});
