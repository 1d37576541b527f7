// Puts the nodes into an order in which they can be computed, and finds what their sub-graphs take from outside.

import { readNode } from './messages/node';
import type { NodePart, Span } from './messages/parts';
import { spanIn } from './messages/span';
import { readTensor } from './messages/tensor';
import { readValue } from './messages/value';
import type { OnnxNode } from './model';
import type { Refusals } from './refusals';
import { eachField, WireError } from './wire';

const deepest = 24;

/** Names that the graph at `span` reads and does not make itself. */
function freeNames(span: Span, depth: number): Set<string> {
  if (depth > deepest) throw new WireError('malformed', `its sub-graphs are nested more than ${deepest} deep`);
  const read = new Set<string>();
  const made = new Set<string>();
  const { bytes } = span;
  eachField(bytes, span.from, span.to, (field) => {
    if (field.wireType !== 2) return;
    if (field.number === 1) {
      const node = readNode(spanIn(bytes, field));
      for (const name of [...node.inputs, ...implicitNames(node, depth + 1)]) read.add(name);
      for (const name of node.outputs) made.add(name);
    }
    if (field.number === 5) made.add(readTensor(spanIn(bytes, field)).name);
    if (field.number === 11) made.add(readValue(spanIn(bytes, field)).name);
    if (field.number === 12) read.add(readValue(spanIn(bytes, field)).name);
  });
  for (const name of made) read.delete(name);
  read.delete('');
  return read;
}

/** What the sub-graphs of a node (Loop, If, Scan …) take from outside. */
export function implicitNames(node: NodePart, depth = 0): string[] {
  const names = new Set<string>();
  for (const attribute of node.attributes.values()) for (const graph of attribute.graphs) for (const name of freeNames(graph, depth)) names.add(name);
  return [...names];
}

/** Kahn's algorithm, in the file's own order where that works. Refuses circles and names that are made twice. */
export function sortNodes(parts: readonly NodePart[], known: readonly string[], { broken }: Refusals): OnnxNode[] {
  const nodes = parts.map((node) => ({ node, implicit: node.attributes.size > 0 ? implicitNames(node) : [] }));
  const makers = new Map<string, number>();
  nodes.forEach(({ node }, i) => {
    for (const name of node.outputs) {
      if (name === '') continue;
      if (makers.has(name)) broken(`two operations make the tensor "${name.slice(0, 80)}"`);
      makers.set(name, i);
    }
  });
  for (const name of known) if (makers.has(name)) broken(`the tensor "${name.slice(0, 80)}" is an input or a weight and is made by an operation as well`);
  const waiting = nodes.map(() => 0);
  const followers: number[][] = nodes.map(() => []);
  nodes.forEach(({ node, implicit }, i) => {
    for (const name of [...node.inputs, ...implicit]) {
      const maker = makers.get(name);
      if (maker === undefined) continue;
      waiting[i] = (waiting[i] as number) + 1;
      followers[maker]?.push(i);
    }
  });
  const order = nodes.map((_, i) => i).filter((i) => waiting[i] === 0);
  for (let at = 0; at < order.length; at++) {
    for (const next of followers[order[at] as number] as number[]) {
      waiting[next] = (waiting[next] as number) - 1;
      if (waiting[next] === 0) order.push(next);
    }
  }
  if (order.length < nodes.length) broken('its operations wait for each other in a circle');
  const inFileOrder = nodes.every(({ node, implicit }, i) => [...node.inputs, ...implicit].every((name) => (makers.get(name) ?? -1) < i));
  return (inFileOrder ? nodes.map((_, i) => i) : order).map((i, index) => {
    const { node, implicit } = nodes[i] as (typeof nodes)[number];
    return { ...node, implicit, index };
  });
}
