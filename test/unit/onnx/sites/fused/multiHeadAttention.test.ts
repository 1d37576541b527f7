import { describe, expect, it } from 'vitest';
import { multiHeadAttention } from '../../../../../src/onnx/sites/fused/multiHeadAttention';
import { packedAttention } from '../../../../../src/onnx/sites/fused/packedAttention';
import { type Recognised, recognised } from './recognised';

type Attributes = Readonly<Record<string, number | readonly number[] | { readonly float: number }>>;
const two: Attributes = { num_heads: 2 };
const multi = (inputs: string, attributes: Attributes = {}, outputs = 'y') =>
  recognised(multiHeadAttention, ['com.microsoft:MultiHeadAttention', inputs, outputs, { ...two, ...attributes }]);
const packed = (inputs: string, attributes: Attributes = {}) =>
  recognised(packedAttention, ['com.microsoft:Attention', inputs, 'y', { ...two, ...attributes }]);

const check = (cases: readonly [string, Recognised | undefined, Recognised | undefined][]) =>
  it.each(cases)('%s', (_, found, expected) => {
    if (expected === undefined) expect(found).toBeUndefined();
    else expect(found).toMatchObject(expected);
  });

describe('com.microsoft MultiHeadAttention', () => {
  check([
    [
      'keys, values and scores are optional outputs',
      multi('x k v'),
      { captures: 'q 1qhe*, k 1hke*, v 1hke*, scores *qk*, pattern *qk*, z 1qhe*', steps: 'multiply 0.5', heads: 2, headSize: 4, sources: 'x k v' },
    ],
    [
      'those that the file has stay its own',
      multi('x k v', {}, 'y keys values scores'),
      { captures: 'q 1qhe*, k 1hke, v 1hke, scores *qk, pattern *qk*, z 1qhe*' },
    ],
    ['the scale of the file', multi('x k v', { scale: { float: 2 } }), { steps: 'multiply 2' }],
    ['a bias of queries, keys and values', multi('x k v b24'), { captures: expect.stringContaining('q 1qhe*') as unknown as string, steps: 'divide read' }],
    ['a length of the keys', multi('x k v _ flat'), { steps: 'multiply 0.5, where k (Less) else -10000', masks: 'flat' }],
    ['a mask of the keys', multi('x k v _ mask'), { steps: 'multiply 0.5, add mask 1k', masks: 'mask' }],
    ['its own filling', multi('x k v _ flat', { mask_filter_value: { float: -7 } }), { steps: 'multiply 0.5, where k (Less) else -7' }],
    ['a mask of four axes is not known', multi('x k v _ mask4'), { unchecked: 'the form of the mask is not known before the run' }],
    ['a bias of the scores, behind the mask', multi('x k v _ mask bias'), { steps: 'multiply 0.5, add mask 1k, add bias *qk', masks: 'mask bias' }],
    ['causal', multi('x k v', { unidirectional: 1 }), { steps: expect.stringMatching(/^multiply 0.5, where qk/) as unknown as string, causal: true }],
    ['not known to be causal', multi('x k v'), { causal: undefined }],
    [
      'packed into one tensor',
      multi('p'),
      { rejected: 'is an attention whose queries, keys and values are packed into one tensor, which the runtime cannot show' },
    ],
    ['without the number of heads', multi('x k v', { num_heads: 0 }), { rejected: expect.stringContaining('packed into one tensor') as unknown as string }],
    ['another operator', recognised(multiHeadAttention, ['Identity', 'x', 'y']), undefined],
  ]);
});

describe('com.microsoft Attention', () => {
  check([
    [
      'one product makes queries, keys and values',
      packed('x w b24'),
      { captures: 'q 1qhe*, k 1khe*, v 1khe*, scores *qk*, pattern *qk*, z 1qhe*', steps: 'multiply 0.5', headSize: 4, sources: 'x x x' },
    ],
    ['queries of their own width', packed('x w b24', { qkv_hidden_sizes: [4, 4, 16] }), { steps: 'multiply 0.707', headSize: 2 }],
    ['the scale of the file', packed('x w', { scale: { float: 3 } }), { steps: 'multiply 3' }],
    ['a mask', packed('x w b24 mask'), { steps: 'multiply 0.5, add mask 1k' }],
    ['a bias of the scores', packed('x w b24 _ _ bias'), { steps: 'multiply 0.5, add bias *qk' }],
    ['causal', packed('x w b24', { unidirectional: 1 }), { causal: true }],
    ['rotated inside', packed('x w b24', { do_rotary: 1 }), { rejected: 'is a fused attention whose parts cannot be told apart from outside' }],
    ['weights of an unknown width', packed('x ids'), { rejected: 'is a fused attention whose parts cannot be told apart from outside' }],
    ['the standard operator', recognised(packedAttention, ['Attention', 'x k v', 'y', two]), undefined],
    [
      'quantised',
      recognised(packedAttention, ['com.microsoft:QAttention', 'x w b24 half half mask', 'y', two]),
      { steps: 'multiply 0.5, add mask 1k', masks: 'mask' },
    ],
  ]);
});
