// Computes a stretch of a graph on given numbers, from tensors whose numbers are known to one that is wanted. What it does not know how
// to compute is undefined, never a guess.

import { wholeTypes } from '../file/elementTypes';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { fusedSums, roundingOps } from '../graph/operations';
import { hiddenSum } from '../graph/reconvergence';
import { knownShape, shapeOfRows } from '../graph/shapeOfRows';
import { constantValue } from './constantValue';
import { elementwise } from './elementwise';
import { layouts } from './layouts';
import type { Operation } from './operation';
import { reductions } from './reductions';
import { dequantise } from './roundings';
import type { Value } from './value';

const operations: Readonly<Record<string, Operation>> = { ...elementwise, ...layouts, ...reductions, DequantizeLinear: dequantise };

/** Whether there is a rule for the operation; roundings of text are passed by, where that is allowed. */
/** A file may name an operation like a member of every object. */
const operationOf = (op: string) => (Object.hasOwn(operations, op) ? operations[op] : undefined);

export const isComputable = (node: OnnxNode): boolean => Object.hasOwn(operations, node.op) || roundingOps.has(node.op);

export interface Stretch {
  /** Text flows only through these. */
  readonly nodes: ReadonlySet<OnnxNode>;
  /** Roundings of text to 8 bits are left out; without this they cannot be computed. */
  readonly ignoresRoundings?: boolean;
}

const depthLimit = 120;
/** int32 and int64: lengths and places, whose quotients are whole numbers. */
const noNumbers = new Float64Array(0);

class Evaluation {
  private readonly values = new Map<string, Value | undefined>();

  constructor(
    private readonly graph: Graph,
    given: ReadonlyMap<string, Value>,
    private readonly stretch: Stretch,
  ) {
    for (const [name, value] of given) this.values.set(name, value);
  }

  /** The numbers of a tensor: given, of the file, or computed; of text only within the stretch. */
  value(name: string, depth = 0): Value | undefined {
    if (this.values.has(name)) return this.values.get(name);
    this.values.set(name, undefined);
    const value = constantValue(this.graph, name) ?? this.computed(name, depth);
    this.values.set(name, value);
    return value;
  }

  private computed(name: string, depth: number): Value | undefined {
    const { graph } = this;
    const node = graph.maker(name);
    const isText = graph.isContent(name);
    if (!node || depth > depthLimit || (isText && !this.stretch.nodes.has(node))) return undefined;
    graph.spend();
    if (isText && roundingOps.has(node.op)) return this.stretch.ignoresRoundings ? this.value(node.inputs[0] as string, depth + 1) : undefined;
    const operation = operationOf(node.op);
    const known = node.op === 'Shape' ? graph.shapes.get(node.inputs[0] ?? '') : undefined;
    if (known?.every((size) => size !== undefined)) return operation?.({ node, inputs: [{ dims: known as number[], data: noNumbers }] }) as Value | undefined;
    const inputs = this.inputsOf(node).map((input) => (input === '' ? undefined : this.value(input, depth + 1)));
    const isWhole = inputs.every((value, slot) => value !== undefined || this.inputsOf(node)[slot] === '');
    const result = isWhole ? operation?.({ node, inputs }) : this.withKnownShape(node, inputs[0]);
    const isWholeNumber = node.op === 'Div' && wholeTypes.has(graph.types.get(name) ?? 0);
    const outputs = result === undefined ? [] : !('data' in result) ? result : [isWholeNumber ? { ...result, data: result.data.map(Math.trunc) } : result];
    node.outputs.forEach((output, i) => {
      const value = outputs[i];
      if (value && output !== name) this.values.set(output, value);
    });
    return outputs[node.outputs.indexOf(name)];
  }

  /** Without what only says how; of a fused sum and its norm the sum in the place of the first part. */
  private inputsOf(node: OnnxNode): readonly string[] {
    if (fusedSums.has(node.op)) return [hiddenSum(this.graph, node), '', ...node.inputs.slice(2, node.op === 'SkipLayerNormalization' ? 4 : 3)];
    return node.op === 'Dropout' || node.op === 'CastLike' ? node.inputs.slice(0, 1) : node.inputs;
  }

  /** A new shape that is made from the length of the text: that of one text of as many tokens as there are. */
  private withKnownShape(node: OnnxNode, value: Value | undefined): Value | undefined {
    const shape = node.op === 'Expand' ? knownShape(this.graph, node) : undefined;
    const own = (axis: number, rank: number) => value?.dims[axis - rank + value.dims.length] ?? 1;
    const dims = node.op === 'Reshape' ? shapeOfRows(this.graph, node) : shape?.map((size, axis) => size ?? own(axis, shape.length));
    return value && dims && withShape(node, value, dims);
  }
}

const withShape = (node: OnnxNode, value: Value, dims: readonly number[]) =>
  operationOf(node.op)?.({ node, inputs: [value, { dims: [dims.length], data: Float64Array.from(dims) }] }) as Value | undefined;

/** The numbers of `wanted` for the numbers `given`. */
export function evaluate(graph: Graph, given: ReadonlyMap<string, Value>, stretch: Stretch, wanted: string): Value | undefined {
  return new Evaluation(graph, given, stretch).value(wanted);
}
