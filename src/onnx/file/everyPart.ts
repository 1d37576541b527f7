// Walks a whole ONNX file: also what stands inside If, Loop and Scan, inside attributes and inside functions. Counts before anything is
// built, and hands out every tensor, which the caller may replace. All other bytes stay as they are.

import { bytesField, join } from './encode';
import type { Span, TensorPart } from './messages/parts';
import { spanIn } from './messages/span';
import { readTensor } from './messages/tensor';
import { eachField, WireError } from './wire';

type Kind = 'model' | 'graph' | 'function' | 'node' | 'attribute' | 'sparse' | 'tensor';

/** Which fields of a message hold which other message (onnx.proto3). */
const children: Readonly<Record<Kind, Readonly<Record<number, Kind>>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: {},
};

const deepest = 24;

export interface Visitor {
  /** Told of each operation, with how many graphs it stands inside of. */
  readonly node?: (depth: number) => void;
  /** TensorProto bytes in the place of this one; undefined: it stays. */
  readonly tensor?: (tensor: TensorPart, depth: number) => Uint8Array | undefined;
}

/** The file with the tensors replaced that the visitor replaces; the same bytes where it replaces none. Throws WireError. */
export function everyPart(bytes: Uint8Array, visitor: Visitor): Uint8Array {
  return walk('model', { bytes, from: 0, to: bytes.length }, { visitor, depth: 0 }) ?? bytes;
}

interface Place {
  readonly visitor: Visitor;
  readonly depth: number;
}

function walk(kind: Kind, span: Span, { visitor, depth }: Place): Uint8Array | undefined {
  if (kind === 'tensor') return visitor.tensor?.(readTensor(span), depth);
  if (kind === 'node') visitor.node?.(depth);
  if (depth > deepest) throw new WireError('malformed', `its sub-graphs are nested more than ${deepest} deep`);
  const { bytes, from, to } = span;
  const inner: Place = { visitor, depth: kind === 'graph' ? depth + 1 : depth };
  const replaced = new Map<number, Uint8Array>();
  eachField(bytes, from, to, (field) => {
    const child = field.wireType === 2 ? children[kind][field.number] : undefined;
    const made = child && walk(child, spanIn(bytes, field), inner);
    if (made) replaced.set(field.start, bytesField(field.number, made));
  });
  return replaced.size > 0 ? spliced(span, replaced) : undefined;
}

/** The message with these fields, by where they begin, written anew. */
function spliced({ bytes, from, to }: Span, replaced: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const pieces: Uint8Array[] = [];
  eachField(bytes, from, to, (field) => pieces.push(replaced.get(field.start) ?? bytes.subarray(field.start, field.to)));
  return join(pieces);
}
