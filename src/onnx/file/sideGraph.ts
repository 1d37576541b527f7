// What analyse adds beside a graph: side nodes that make tensors the graph does not hold as such, small constants for them, and
// optional outputs of fused operators. Nothing here changes what the model computes; instrument writes only what is wanted.

import type { WrittenType } from './elementTypes';
import { type AttributeValue, encodeTensor, type NodeDraft } from './encode';

/** An optional output of an existing node (several edits of one node come together), and attributes that it needs. */
export interface NodeEdit {
  /** Index of the node in the model. */
  readonly node: number;
  readonly slot: number;
  readonly tensor: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** What an analysis wishes added to a graph, to be read. */
export interface AddedNodes {
  has(tensor: string): boolean;
  /** Whether it is an optional output of a node of the file. */
  isEdit(tensor: string): boolean;
  typeOf(tensor: string): number | undefined;
  maker(tensor: string): NodeDraft | undefined;
  /** The nodes, constants and edits that these tensors need, makers before readers. */
  needed(tensors: Iterable<string>): { readonly nodes: readonly NodeDraft[]; readonly constants: readonly Uint8Array[]; readonly edits: readonly NodeEdit[] };
}

export class SideGraph implements AddedNodes {
  private readonly nodes = new Map<string, NodeDraft>();
  private readonly constants = new Map<string, Uint8Array>();
  private readonly edits = new Map<string, NodeEdit>();
  private readonly types = new Map<string, number>();
  private readonly known = new Map<string, string>();

  /** Adds a node of one output and gives the output's name; the same node twice is one. `type` is its element type where known. */
  add(draft: Omit<NodeDraft, 'outputs'>, type: number | undefined): string {
    const key = JSON.stringify([draft.op, draft.domain, draft.inputs, draft.attributes, draft.copied?.map((bytes) => [...bytes])]);
    const found = this.known.get(key);
    if (found !== undefined) return found;
    const [name] = this.addAll(draft, [type]);
    this.known.set(key, name as string);
    return name as string;
  }

  /** Adds a node of several outputs; gives their names in order. */
  addAll(draft: Omit<NodeDraft, 'outputs'>, types: readonly (number | undefined)[]): string[] {
    const base = `inspector/${this.nodes.size}`;
    const outputs = types.map((_, i) => (types.length === 1 ? base : `${base}:${i}`));
    const node: NodeDraft = { ...draft, outputs, name: base };
    outputs.forEach((name, i) => {
      this.nodes.set(name, node);
      const type = types[i];
      if (type !== undefined) this.types.set(name, type);
    });
    return outputs;
  }

  /** A constant of numbers, named after what it holds; gives its name. The same constant twice is one. */
  constant(values: readonly number[], dims: readonly number[], type: WrittenType): string {
    const name = `inspector/c${type}[${dims.join(',')}]${values.map(String).join(',')}`;
    if (!this.constants.has(name)) this.constants.set(name, encodeTensor(name, dims, values, type));
    return name;
  }

  /** Asks a node for an optional output; gives its name. */
  edit(edit: Omit<NodeEdit, 'tensor'>, type: number | undefined): string {
    const tensor = `inspector/node${edit.node}.${edit.slot}${edit.attributes ? JSON.stringify(edit.attributes) : ''}`;
    this.edits.set(tensor, { ...edit, tensor });
    if (type !== undefined) this.types.set(tensor, type);
    return tensor;
  }

  isEdit(tensor: string): boolean {
    return this.edits.has(tensor);
  }

  typeOf(tensor: string): number | undefined {
    return this.types.get(tensor);
  }

  maker(tensor: string): NodeDraft | undefined {
    return this.nodes.get(tensor);
  }

  has(tensor: string): boolean {
    return this.nodes.has(tensor) || this.edits.has(tensor) || this.constants.has(tensor);
  }

  needed(tensors: Iterable<string>): ReturnType<AddedNodes['needed']> {
    const nodes = new Set<NodeDraft>();
    const constants = new Map<string, Uint8Array>();
    const edits = new Map<string, NodeEdit>();
    const visit = (name: string): void => {
      const edit = this.edits.get(name);
      if (edit) edits.set(name, edit);
      const constant = this.constants.get(name);
      if (constant) constants.set(name, constant);
      const node = this.nodes.get(name);
      if (!node || nodes.has(node)) return;
      for (const input of node.inputs) visit(input);
      nodes.add(node);
    };
    for (const tensor of tensors) visit(tensor);
    return { nodes: [...nodes], constants: [...constants.values()], edits: [...edits.values()] };
  }
}
