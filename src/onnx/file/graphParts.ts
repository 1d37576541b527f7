// The fields of a GraphProto (1 node, 5 initializer, 11 input, 12 output, 13 value_info) and of an OperatorSetIdProto, located in the bytes.

import { readNode } from './messages/node';
import type { NodePart, Span, TensorPart, ValuePart } from './messages/parts';
import { spanIn, textAt } from './messages/span';
import { readTensor } from './messages/tensor';
import { readValue } from './messages/value';
import type { Refusals } from './refusals';
import { eachField, FieldReader } from './wire';

export const nodeLimit = 60_000;
export const partLimit = 250_000;

/** The fields of a GraphProto. */
export interface GraphParts {
  readonly nodes: NodePart[];
  readonly initializers: TensorPart[];
  readonly inputs: ValuePart[];
  readonly outputs: ValuePart[];
  /** value_info, quantization_annotation, sparse_initializer: whole fields, copied as they are. */
  readonly copied: Span[];
  /** Names of sparse weights, which are copied and never read. */
  readonly sparse: string[];
}

export function readOpset(bytes: Uint8Array, span: Span, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  eachField(bytes, span.from, span.to, (field) => {
    if (field.number === 1) domain = textAt(bytes, field.from, field.to);
    if (field.number === 2) version = field.value;
  });
  const name = domain === 'ai.onnx' ? '' : domain;
  opsets.set(name, Math.max(version, opsets.get(name) ?? 0));
}

/** Counts before anything is read: a million operations must not be built up first. */
function refuseTooMany({ bytes, from, to }: Span, { tooLarge }: Refusals): void {
  const reader = new FieldReader(bytes, from, to);
  let nodes = 0;
  let parts = 0;
  for (let field = reader.next(); field; field = reader.next()) {
    if (field.number === 1 && ++nodes > nodeLimit) tooLarge(`it has more than ${nodeLimit} operations`);
    if (++parts > partLimit) tooLarge(`it has more than ${partLimit} parts`);
  }
}

/** SparseTensorProto: 1 values, a tensor that bears the name of the whole. */
function sparseName({ bytes, from, to }: Span): string {
  let name = '';
  eachField(bytes, from, to, (field) => {
    if (field.number === 1 && field.wireType === 2) name = readTensor(spanIn(bytes, field)).name;
  });
  return name;
}

/** The fields of a graph; throws WireError, or refuses where there are too many. */
export function readGraph(span: Span, refusals: Refusals): GraphParts {
  const { bytes } = span;
  const parts: GraphParts = { nodes: [], initializers: [], inputs: [], outputs: [], copied: [], sparse: [] };
  refuseTooMany(span, refusals);
  eachField(bytes, span.from, span.to, (field) => {
    if (field.wireType !== 2) return;
    const part = spanIn(bytes, field);
    switch (field.number) {
      case 1:
        parts.nodes.push(readNode(part));
        break;
      case 5:
        parts.initializers.push(readTensor(part));
        break;
      case 11:
        parts.inputs.push(readValue(part));
        break;
      case 12:
        parts.outputs.push(readValue(part));
        break;
      case 15:
        parts.sparse.push(sparseName(part));
        parts.copied.push({ bytes, from: field.start, to: field.to });
        break;
      case 13:
      case 14:
        parts.copied.push({ bytes, from: field.start, to: field.to });
        break;
    }
  });
  return parts;
}
