// The piece of a graph that makes some tensors from others: every node on the way back to the tensors at which it is cut. Names and nodes
// only. What another attention makes mixes tokens on purpose; such a piece says so.

import type { NodeDraft } from '../file/encode';
import type { OnnxNode } from '../file/model';
import type { NodeEdit } from '../file/sideGraph';
import type { Graph } from '../graph/graph';
import { attentionOps, measures, recurrentOps } from '../graph/operations';

export interface Slice {
  readonly nodes: Set<OnnxNode>;
  readonly sideNodes: Set<NodeDraft>;
  readonly sideConstants: Set<Uint8Array>;
  readonly edits: Map<string, NodeEdit>;
  readonly initializers: Set<string>;
  /** Inputs of the graph that it reads. */
  readonly inputs: Set<string>;
  /** Cuts that it comes to. */
  readonly sources: Set<string>;
  /** What stays as the short run had it: results of Shape, and the last states of recurrent layers. */
  readonly held: Set<string>;
}

export const emptySlice = (): Slice => ({
  nodes: new Set(),
  sideNodes: new Set(),
  sideConstants: new Set(),
  edits: new Map(),
  initializers: new Set(),
  inputs: new Set(),
  sources: new Set(),
  held: new Set(),
});

/** A slice, or why it tells nothing: it goes through something that mixes tokens on purpose. */
export type Sliced = Slice | string;

const mixing = (graph: Graph, node: OnnxNode) =>
  attentionOps.has(node.op) || graph.isProduct(node) ? 'it is made by another attention, and no residual stream was found between' : undefined;

class Walk {
  readonly slice = emptySlice();
  private readonly queue: string[] = [];
  private readonly seen = new Set<string>();

  constructor(
    private readonly graph: Graph,
    private readonly isCut: (tensor: string) => boolean,
  ) {}

  /** The slice behind `tensor`, which may itself be a cut or an output of an attention operator. */
  from(tensor: string): string | undefined {
    const { sides } = this.graph;
    const maker = this.graph.maker(tensor);
    if (sides.has(tensor)) this.side(tensor);
    else if (maker) this.enter(maker);
    else this.reach(tensor);
    for (let name = this.queue.pop(); name !== undefined; name = this.queue.pop()) {
      const reason = this.reach(name);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }

  private push(names: Iterable<string>): void {
    for (const name of names) if (name !== '' && !this.seen.has(name)) this.queue.push(name);
    for (const name of names) this.seen.add(name);
  }

  private enter(node: OnnxNode): void {
    this.slice.nodes.add(node);
    this.push([...node.inputs, ...node.implicit]);
  }

  private side(tensor: string): void {
    const { graph, slice } = this;
    const { nodes, constants, edits } = graph.sides.needed([tensor]);
    for (const node of nodes) {
      slice.sideNodes.add(node);
      this.push(node.inputs.filter((name) => !graph.sides.has(name)));
    }
    for (const bytes of constants) slice.sideConstants.add(bytes);
    for (const edit of edits) {
      slice.edits.set(edit.tensor, edit);
      this.enter(graph.model.nodes[edit.node] as OnnxNode);
    }
  }

  private reach(name: string): string | undefined {
    const { graph, slice } = this;
    graph.spend();
    if (this.isCut(name)) {
      slice.sources.add(name);
      return undefined;
    }
    if (graph.model.initializers.has(name)) {
      slice.initializers.add(name);
      return undefined;
    }
    if (graph.sides.has(name)) {
      this.side(name);
      return undefined;
    }
    const node = graph.maker(name);
    if (!node) {
      slice.inputs.add(name);
      return undefined;
    }
    if (measures.has(node.op) && (graph.maker(node.inputs[0] ?? '') || this.isCut(node.inputs[0] ?? ''))) {
      slice.held.add(name);
      return undefined;
    }
    if (recurrentOps.has(node.op) && name !== node.outputs[0]) {
      slice.held.add(name);
      return undefined;
    }
    const reason = mixing(graph, node);
    if (reason === undefined) this.enter(node);
    return reason;
  }
}

/** What makes these tensors, back to the cuts. */
export function sliceOf(graph: Graph, isCut: (tensor: string) => boolean, tensors: readonly string[]): Sliced {
  const walk = new Walk(graph, isCut);
  for (const tensor of tensors) {
    const reason = walk.from(tensor);
    if (reason !== undefined) return reason;
  }
  return walk.slice;
}

/** Adds a slice to another. */
export function addSlice(to: Slice, { nodes, sideNodes, sideConstants, edits, initializers, inputs, sources, held }: Slice): void {
  for (const node of nodes) to.nodes.add(node);
  for (const node of sideNodes) to.sideNodes.add(node);
  for (const bytes of sideConstants) to.sideConstants.add(bytes);
  for (const [name, edit] of edits) to.edits.set(name, edit);
  for (const name of initializers) to.initializers.add(name);
  for (const name of inputs) to.inputs.add(name);
  for (const name of sources) to.sources.add(name);
  for (const name of held) to.held.add(name);
}
