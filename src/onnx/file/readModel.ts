// ONNX bytes → the parts of the file, each with its place in the bytes. Weights are located, never decoded; nothing is judged here.
// Functions and the branch of a merged decoder are put into the main graph, so that every tensor can become an output.

import { isLfsPointer } from '../../core/files/lfsPointer';
import { ProblemError, refuse } from '../../core/problem';
import { nodeLimit, readGraph, readOpset } from './graphParts';
import { inlineBranches } from './inlineBranches';
import { type FunctionPart, inlineFunctions, readFunction } from './inlineFunctions';
import type { Span, ValuePart } from './messages/parts';
import { spanIn, textAt } from './messages/span';
import type { OnnxModel, OnnxNode } from './model';
import { otherFormat } from './otherFormat';
import { refusalsOf } from './refusals';
import { refuseUnbounded } from './refuseUnbounded';
import { sortNodes } from './sortNodes';
import { eachField, WireError } from './wire';

interface ReadOptions {
  readonly fileName?: string;
  /** Contents of the data files beside it, by location. */
  readonly outside?: ReadonlyMap<string, Uint8Array>;
}

/**
 * Reads the file. Problems: notOnnx (not protobuf, no graph, a circle of nodes, sizes that contradict each other),
 * onnxTruncated, onnxTooLarge.
 */
export function readModel(bytes: Uint8Array, { fileName = 'the file', outside = new Map() }: ReadOptions = {}): OnnxModel {
  try {
    return { ...buildModel(bytes, fileName), outside };
  } catch (error) {
    if (error instanceof ProblemError) throw error;
    if (error instanceof WireError) refuseForeign(bytes, fileName);
    if (error instanceof WireError && error.kind === 'truncated') return refuse('onnxTruncated', { file: fileName, reason: error.message });
    if (error instanceof WireError) return refuse('notOnnx', { file: fileName, reason: error.message });
    if (error instanceof RangeError) return refuse('onnxTooLarge', { file: fileName, reason: 'its parts are nested too deeply' });
    throw error;
  }
}

/** Refuses what its first bytes show to be something else, before a long file is read. Problems: lfsPointer, notOnnx. */
export function refuseForeign(head: Uint8Array, file: string): void {
  if (isLfsPointer(head)) refuse('lfsPointer', { file });
  // Most ONNX files begin with the number of their format version.
  const reason = head[0] === 8 ? undefined : otherFormat(head);
  if (reason !== undefined) refuse('notOnnx', { file, reason });
}

export type { OnnxModel } from './model';

interface Header {
  irVersion: number;
  producer: string;
  graph?: Span;
  readonly opsets: Map<string, number>;
  readonly functions: FunctionPart[];
}

function readHeader(bytes: Uint8Array): Header {
  const header: Header = { irVersion: 0, producer: '', opsets: new Map(), functions: [] };
  eachField(bytes, 0, bytes.length, (field) => {
    if (field.number === 1 && field.wireType === 0) header.irVersion = field.value;
    else if (field.wireType !== 2) return;
    else if (field.number === 2) header.producer = textAt(bytes, field.from, Math.min(field.to, field.from + 100));
    else if (field.number === 3) header.producer = `${header.producer} ${textAt(bytes, field.from, Math.min(field.to, field.from + 100))}`.trim();
    else if (field.number === 7) {
      if (header.graph) throw new WireError('malformed', 'it has two graphs');
      header.graph = spanIn(bytes, field);
    } else if (field.number === 8) readOpset(bytes, spanIn(bytes, field), header.opsets);
    else if (field.number === 25) header.functions.push(readFunction(spanIn(bytes, field)));
    if (header.functions.length > 10_000) throw new WireError('malformed', 'it has more than 10000 functions');
  });
  return header;
}

function buildModel(bytes: Uint8Array, fileName: string): Omit<OnnxModel, 'outside'> {
  if (bytes.length === 0) refuse('notOnnx', { file: fileName, reason: 'it is empty' });
  const refusals = refusalsOf(fileName);
  const header = readHeader(bytes);
  if (!header.graph || header.opsets.size + header.irVersion === 0) return refuse('notOnnx', { file: fileName, reason: 'it holds no graph' });
  refuseUnbounded(bytes, fileName);
  const graph = readGraph(header.graph, refusals);
  const branched = inlineBranches(graph, refusals);
  const nodes = inlineFunctions(branched.nodes, header.functions, header.opsets, refusals);
  if (nodes.length > nodeLimit) refusals.tooLarge(`it has more than ${nodeLimit} operations`);
  const initializers = new Map(branched.initializers.map((tensor) => [tensor.name, tensor]));
  const sorted = sortNodes(nodes, [...initializers.keys(), ...branched.inputs.map((input) => input.name)], refusals);
  if (sorted.length === 0) refuse('notOnnx', { file: fileName, reason: 'its graph has no operations' });
  if (branched.outputs.length === 0) refuse('notOnnx', { file: fileName, reason: 'its graph has no outputs' });
  refuseDangling(sorted, [...initializers.keys(), ...branched.inputs.map((input) => input.name), ...branched.sparse], fileName);
  const read = new Set(sorted.flatMap((node) => [...node.inputs, ...node.implicit]));
  const isRead = (value: ValuePart) => read.has(value.name) || branched.outputs.some((output) => output.name === value.name);
  const declared = branched.inputs.filter((input) => !initializers.has(input.name));
  return {
    fileName,
    bytes,
    initializers,
    producer: header.producer,
    opsets: header.opsets,
    irVersion: header.irVersion,
    nodes: sorted,
    inputs: declared.filter(isRead),
    unusedInputs: declared.filter((input) => !isRead(input)).map((input) => input.name),
    outputs: branched.outputs,
    copied: branched.copied,
    initializerInputs: branched.inputs.filter((input) => initializers.has(input.name)).map((input) => input.span),
  };
}

/** Every tensor that is read must come from somewhere. */
function refuseDangling(nodes: readonly OnnxNode[], given: readonly string[], file: string): void {
  const known = new Set(['', ...given, ...nodes.flatMap((node) => node.outputs)]);
  for (const node of nodes) {
    const missing = [...node.inputs, ...node.implicit].find((name) => !known.has(name));
    if (missing !== undefined) refuse('notOnnx', { file, reason: `its operation ${node.op} reads "${missing.slice(0, 80)}", which nothing in the file makes` });
  }
}
