// Which tensors of text a tensor was made from by the nearest linear layers: tells self-attention from cross-attention.

import type { Graph } from '../graph/graph';
import { attentionOps, recurrentOps } from '../graph/operations';
import { walkUp } from '../graph/walk';
import { plainForm } from './forms';
import { normedFrom } from './norms';

const levelLimit = 3;
const stepLimit = 3000;

/** Inputs of the nearest linear layers above `tensor`, and graph inputs reached without one. Stops at products. */
function linearInputs(graph: Graph, tensor: string): string[] {
  const found: string[] = [];
  walkUp(graph, [tensor], { limit: stepLimit, order: 'depth' }, (node, name, go) => {
    if (!node) found.push(name);
    if (!node || graph.isProduct(node) || attentionOps.has(node.op)) return undefined;
    const slot = graph.linearSlot(node);
    if (recurrentOps.has(node.op)) found.push(node.outputs.find((one) => one !== '') ?? name);
    else if (slot !== undefined) found.push(node.inputs[slot] as string);
    else return go(graph.contentInputs(node));
    return undefined;
  });
  return found;
}

/** The tensor behind quantising, casts and norms. */
function streamOf(graph: Graph, tensor: string): string[] {
  const maker = graph.maker(tensor);
  const quantised = maker?.op === 'DynamicQuantizeLinear' || maker?.op === 'QuantizeLinear' ? (maker.inputs[0] as string) : tensor;
  const form = plainForm(graph, quantised);
  return [quantised, form, ...normedFrom(graph, form).map((inner) => plainForm(graph, inner))];
}

/** Whether queries and keys come from the same tensor: up to three linear layers back (low-rank projections have two). */
export function haveSameSource(graph: Graph, query: string, key: string): boolean {
  let [a, b] = [[query], [key]];
  const allA = new Set<string>();
  const allB = new Set<string>();
  for (let level = 0; level < levelLimit; level++) {
    const next = (names: readonly string[], all: ReadonlySet<string>) =>
      [...new Set(names.flatMap((name) => linearInputs(graph, name)))].filter((name) => !all.has(name)).slice(0, 16);
    [a, b] = [next(a, allA), next(b, allB)];
    // Mostly the very tensor is the same: then the norms behind it need not be tried.
    if (a.some((name) => b.includes(name))) return true;
    for (const name of a) for (const stream of streamOf(graph, name)) allA.add(stream);
    for (const name of b) for (const stream of streamOf(graph, name)) allB.add(stream);
    if ([...allA].some((name) => allB.has(name))) return true;
  }
  return false;
}
