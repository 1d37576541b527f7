import { describe, expect, it } from 'vitest';
import { refuseWithoutAttention } from '../../../../src/engine/load/noAttention';
import type { PartContent } from '../../../../src/engine/session/partContent';

const node = (op: string, graphs: readonly unknown[] = []) => ({ op, attributes: new Map([['body', { graphs }]]) });
const content = (nodes: readonly unknown[], rejected: readonly { node: string; reason: string }[] = []) =>
  ({ file: { path: 'model.onnx' }, model: { nodes }, facts: { sites: [], rejected, nodeCount: nodes.length } }) as unknown as PartContent;

describe('a model without attention', () => {
  const rows: readonly (readonly [string, PartContent, RegExp])[] = [
    [
      'says why the first softmax is none',
      content(
        [node('Softmax')],
        [
          { node: '/router', reason: 'weights no second tensor' },
          { node: '/last', reason: 'does not sum to 1' },
        ],
      ),
      /\(softmax \/router weights no second tensor; 1 more is none either\)/,
    ],
    ['names operators that are not read', content([node('MatMul'), node('FlashSoftmax')]), /its operators FlashSoftmax are of a kind that is not read/],
    ['says what 8-bit operators lack', content([node('QLinearSoftmax')]), /its QLinearSoftmax works on 8-bit numbers without scale/],
    ['names no plain softmax as unread', content([node('LogSoftmax')]), /its LogSoftmax gives logarithms/],
    ['counts what was looked through', content([node('MatMul'), node('Relu')]), /none of its 2 operations is a softmax/],
    ['says what was not searched', content([node('Loop', [{}])]), /inside If, Loop and Scan is not searched/],
  ];
  it.each(rows)('%s', (_name, one, expected) => expect(() => refuseWithoutAttention([one])).toThrow(expected));
});
