// Writes tiny ONNX models for tests. Weights are made up; nothing here is a model of anything.

import { type AttributeValue, bytesField, encodeNode, encodeTensor, encodeValue, intField, join, textField } from '../../src/onnx/file/encode';

export type NodeRow = readonly [op: string, inputs: string, outputs: string, attributes?: Readonly<Record<string, AttributeValue>>];

export interface ModelDraft {
  /** Names are separated by spaces; `_` stands for an input that is left out. A domain is written before the operator: `com.microsoft:FusedMatMul`. */
  readonly nodes: readonly NodeRow[];
  /** Float weights by name: dimensions, filled with small numbers, or [dimensions, values]. */
  readonly floats?: Readonly<Record<string, readonly number[]>>;
  /** Whole-number constants [n]. */
  readonly ints?: Readonly<Record<string, readonly number[]>>;
  /** Single float numbers. */
  readonly numbers?: Readonly<Record<string, number>>;
  /** Name → element type and dimensions. */
  readonly inputs?: Readonly<Record<string, readonly [type: number, ...dims: (number | string)[]]>>;
  readonly outputs: readonly string[];
  readonly opset?: number;
}

const names = (text: string) => text.split(' ').map((name) => (name === '_' ? '' : name));

/** ModelProto bytes. */
export function onnxModel(draft: ModelDraft): Uint8Array {
  const inputs = draft.inputs ?? { ids: [7, 1, 'n'] };
  const nodes = draft.nodes.map(([op, from, to, attributes]) => {
    const [domain, name] = op.includes(':') ? (op.split(':') as [string, string]) : [undefined, op];
    return bytesField(
      1,
      encodeNode({
        op: name,
        ...(domain && { domain }),
        inputs: names(from),
        outputs: names(to),
        name: `node ${names(to)[0]}`,
        ...(attributes && { attributes }),
      }),
    );
  });
  const values = (count: number) => Array.from({ length: count }, (_, i) => ((i * 37) % 11) / 10 - 0.5);
  const floats = Object.entries(draft.floats ?? {}).map(([name, dims]) => encodeTensor(name, dims, values(dims.reduce((a, b) => a * b, 1)), 1));
  const ints = Object.entries(draft.ints ?? {}).map(([name, list]) => encodeTensor(name, [list.length], list, 7));
  const numbers = Object.entries(draft.numbers ?? {}).map(([name, value]) => encodeTensor(name, [], [value], 1));
  const graph = join([
    ...nodes,
    textField(2, 'test'),
    ...[...floats, ...ints, ...numbers].map((tensor) => bytesField(5, tensor)),
    ...Object.entries(inputs).map(([name, [type, ...dims]]) => bytesField(11, encodeValue(name, type, dims))),
    ...draft.outputs.map((name) => bytesField(12, encodeValue(name, 1))),
  ]);
  const opset = (domain: string, version: number) => bytesField(8, join([textField(1, domain), intField(2, version)]));
  return join([intField(1, 8), opset('', draft.opset ?? 17), opset('com.microsoft', 1), bytesField(7, graph)]);
}
