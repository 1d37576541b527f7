// Side nodes that recognisers of fused attention operators share: heads split off, causal masks, scales. Adds nodes, reads nothing.

import type { CaptureRef } from '../../facts/captures';
import type { ScoreStep } from '../../facts/site';
import { bool, float32, int64 } from '../../file/elementTypes';
import type { Graph } from '../../graph/graph';

/** The runtime's own value for cells it must not see. */
export const lowest = -3.4028234663852886e38;

/** Builds side nodes for one operator; every tensor it makes has the element type of `like`. */
export class SideBuilder {
  constructor(
    readonly graph: Graph,
    readonly like: string,
  ) {}

  private get type(): number | undefined {
    return this.graph.types.get(this.like);
  }

  node(op: string, inputs: readonly string[], attributes: Parameters<Graph['sides']['add']>[0]['attributes'] = {}, type = this.type): string {
    return this.graph.sides.add({ op, inputs, attributes }, type);
  }

  ints(values: readonly number[], isScalar = false): string {
    return this.graph.sides.constant(values, isScalar ? [] : [values.length], int64);
  }

  /** A number of the element type of `like`. */
  number(value: number): string {
    const constant = this.graph.sides.constant([value], [], float32);
    return this.type === float32 || this.type === undefined ? constant : this.node('Cast', [constant], { to: this.type });
  }

  /** [1, token, head · e] → [1, token, head, e]. */
  heads(tensor: string, count: number): string {
    return this.node('Reshape', [tensor, this.ints([0, 0, count, -1])]);
  }

  /** Length of one axis, as a tensor [1]. */
  length(tensor: string, axis: number): string {
    const shape = this.graph.sides.add({ op: 'Shape', inputs: [tensor] }, int64);
    return this.node('Gather', [shape, this.ints([axis])], {}, int64);
  }

  /** 0 … length − 1. */
  range(length: string): string {
    const scalar = this.node('Squeeze', [length, this.ints([0])], {}, int64);
    return this.node('Range', [this.ints([0], true), scalar, this.ints([1], true)], {}, int64);
  }

  /** [query, key]: true where key ≤ query + (keys − queries), and within a window of `window` keys where there is one. */
  causal(queries: string, keys: string, window?: number): string {
    const shift = this.node('Sub', [keys, queries], {}, int64);
    const rows = this.node('Unsqueeze', [this.node('Add', [this.range(queries), shift], {}, int64), this.ints([1])], {}, int64);
    const columns = this.node('Unsqueeze', [this.range(keys), this.ints([0])], {}, int64);
    const allowed = this.node('Not', [this.node('Greater', [columns, rows], {}, bool)], {}, bool);
    if (window === undefined) return allowed;
    const near = this.node('Greater', [columns, this.node('Sub', [rows, this.ints([window])], {}, int64)], {}, bool);
    return this.node('And', [allowed, near], {}, bool);
  }
}

export const causalStep = (condition: string): ScoreStep => ({
  op: 'where',
  condition: [{ tensor: condition, axes: 'qk' }],
  keepWhen: true,
  otherwise: { value: lowest },
});

/** 1 / √(width of a head): from the file, or read at run time. */
export function defaultScale(builder: SideBuilder, tensor: string, axis: number, heads: number): ScoreStep {
  const width = builder.graph.shapes.get(tensor)?.at(axis);
  if (width !== undefined) return { op: 'multiply', by: { value: 1 / Math.sqrt(width / heads) } };
  const size = builder.node('Cast', [builder.length(tensor, axis)], { to: float32 }, float32);
  const scaled = heads === 1 ? size : builder.node('Div', [size, builder.graph.sides.constant([heads], [], float32)], {}, float32);
  return { op: 'divide', by: { tensor: builder.node('Sqrt', [scaled], {}, float32) } };
}

export function scaleStep(value: number | undefined, otherwise: () => ScoreStep): ScoreStep {
  return value === undefined || value === 0 ? otherwise() : { op: 'multiply', by: { value } };
}

/** Axes of an attention bias or mask of this rank, aligned at the end. */
export function biasTerm(tensor: string, rank: number | undefined): CaptureRef {
  return [{ tensor, axes: rank === 1 ? 'k' : rank === 2 ? 'qk' : '*qk' }];
}
