// The product of queries and keys that scores are made from: its operands, and the steps from it to the scores.

import type { ScoreStep } from '../../facts/site';
import type { Graph } from '../../graph/graph';
import { productAxes, relettered } from '../../graph/productAxes';
import { type Factor, type Operand, readOperand } from '../operand';
import { axesAtProduct, type ScorePath } from './scorePath';
import { stepsAlong } from './scoreSteps';

export interface ProductReading {
  readonly path: ScorePath;
  readonly query: { readonly operand: Operand; readonly axes: string };
  readonly key: { readonly name: string; readonly operand: Operand; readonly axes: string };
  readonly steps: readonly ScoreStep[] | undefined;
  /** Axes of the product's own result. */
  readonly axes: string;
}

/** Undefined where the axes of the product cannot be told. */
export function readProduct(graph: Graph, path: ScorePath, scoresAxes: string): ProductReading | undefined {
  const product = productAxes(path.product);
  const axes = axesAtProduct(graph, path, scoresAxes);
  if (!product || !axes) return undefined;
  // The letter of the product's columns says which operand holds the keys.
  const columnIsKey = [...axes].lastIndexOf('k') > [...axes].lastIndexOf('q');
  const rowsFirst = [...product.out].lastIndexOf('n') > [...product.out].lastIndexOf('r');
  const keyIsRight = columnIsKey === rowsFirst;
  const letters = keyIsRight ? { r: 'q', c: 'e', n: 'k' } : { r: 'k', c: 'e', n: 'q' };
  const left = { name: product.leftName, operand: readOperand(graph, product.leftName), axes: relettered(product.left, letters) };
  const right = { name: product.rightName, operand: readOperand(graph, product.rightName), axes: relettered(product.right, letters) };
  const [query, key] = keyIsRight ? [left, right] : [right, left];
  const own = stepsAlong(graph, path, axes);
  const alpha = path.product.attributes.get('alpha')?.float;
  const factors: Factor[] = [
    ...query.operand.factors,
    ...key.operand.factors,
    ...(alpha === undefined || alpha === 1 ? [] : [{ op: 'multiply' as const, by: { value: alpha } }]),
  ];
  return { path, query, key, steps: own && [...factors.filter((factor) => !('value' in factor.by && factor.by.value === 1)), ...own], axes };
}

/** Everything that is added to the scores or chooses among them. */
export function maskTensors(graph: Graph, path: ScorePath): string[] {
  return path.steps.flatMap(({ node, from }) =>
    node.inputs.filter((name) => name !== '' && name !== from && !(graph.isConstant(name) && graph.constant(name)?.numbers.length === 1)),
  );
}

/** Head count and head size where the file says them. */
export function sizes(
  graph: Graph,
  query: string,
  queryAxes: string,
  scores: string,
  scoresAxes: string,
): { readonly heads?: number; readonly headSize?: number } {
  const of = (tensor: string, axes: string, letter: string) => {
    const shape = graph.shapes.get(tensor);
    if (!shape) return undefined;
    const full = axes.includes('*') ? axes.replace('*', 'h'.repeat(Math.max(0, shape.length - axes.length + 1))) : axes;
    const dims = [...full].flatMap((one, i) => (one === letter && !(letter === 'h' && i === 0 && full.length > 3) ? [shape[i]] : []));
    return dims.length > 0 && dims.every((dim) => dim !== undefined) ? dims.reduce<number>((a, b) => a * (b as number), 1) : undefined;
  };
  const heads = of(scores, scoresAxes, 'h') ?? of(query, queryAxes, 'h');
  const headSize = of(query, queryAxes, 'e');
  return { ...(heads !== undefined && { heads }), ...(headSize !== undefined && { headSize }) };
}
