// From an operand of the score product back to what the projection gave: scale factors and rotary encoding are taken off, the
// arrangement of the operand is kept. Where something was taken off, the arranging nodes are repeated as side nodes.

import type { Scalar } from '../facts/site';
import { float32 } from '../file/elementTypes';
import { bytesOf } from '../file/messages/span';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { layoutOps, repeating } from '../graph/operations';
import { isScalar, type Reconvergence, reconvergenceAt } from '../graph/reconvergence';

export interface Factor {
  readonly op: 'multiply' | 'divide';
  readonly by: Scalar;
}

export interface Operand {
  /** The operand without factors and rotary encoding. */
  readonly plain: string;
  /** The operand without factors, rotated; the same as `plain` where nothing rotates. */
  readonly rotated: string;
  /** From `rotated` to the operand itself. */
  readonly factors: readonly Factor[];
  /** Whether copies are made on the way (keys shared by several heads). */
  readonly isRepeated: boolean;
  readonly isRotary: boolean;
  /** Whether the numbers are rounded to 8 bits on the way. */
  readonly isRounded?: boolean;
  /** Where the walk ended: made by the projection, its bias or a norm. */
  readonly source: string;
}

/** Where only one operand of a product is found to be rotated, something behind the rotation of the other hides it. */
export const isTurnHidden = (own: Operand, beside: Operand) => beside.isRotary && !own.isRotary;
export const hiddenTurn = 'what is done to it behind the rotation is not read';

const deepest = 200;

/** A number that multiplies: from the file, or a tensor to read at run time. */
export function scalarOf(graph: Graph, name: string): Scalar {
  const value = graph.number(name);
  return value === undefined ? { tensor: name } : { value };
}

/** The node again with some inputs replaced; gives the output that corresponds to `output`. */
export function cloned(graph: Graph, node: OnnxNode, output: string, replace: (input: string) => string): string {
  const inputs = node.inputs.map(replace);
  const copied = [...node.attributes.values()].map((attribute) => bytesOf(attribute.span));
  const draft = { op: node.op, ...(node.domain && { domain: node.domain }), inputs, copied };
  const { sides } = graph;
  if (node.outputs.length === 1) return sides.add(draft, graph.types.get(output));
  return sides.addAll(
    draft,
    node.outputs.map((name) => graph.types.get(name)),
  )[node.outputs.indexOf(output)] as string;
}

/** The nodes of a block again, from another entry. */
function clonedBlock(graph: Graph, block: Reconvergence, output: string, entry: string): string {
  const names = new Map([[block.entry, entry]]);
  for (const node of [...block.nodes].sort((a, b) => a.index - b.index)) {
    if (!node.inputs.some((name) => names.has(name))) continue;
    for (const name of node.outputs)
      if (name !== '')
        names.set(
          name,
          cloned(graph, node, name, (input) => names.get(input) ?? input),
        );
  }
  return names.get(output) ?? output;
}

const unchanged = (tensor: string): Operand => ({ plain: tensor, rotated: tensor, factors: [], isRepeated: false, isRotary: false, source: tensor });

function throughLayout(graph: Graph, node: OnnxNode, tensor: string, from: string, inner: Operand): Operand {
  const redo = (name: string) => (name === from ? tensor : cloned(graph, node, tensor, (input) => (input === from ? name : input)));
  const isRepeated = inner.isRepeated || repeating.has(node.op);
  const plain = redo(inner.plain);
  return { ...inner, plain, rotated: inner.rotated === inner.plain ? plain : redo(inner.rotated), isRepeated };
}

/** A scale: one side is the text, the other one number. */
function factorOf(graph: Graph, node: OnnxNode): { readonly from: string; readonly factor: Factor } | undefined {
  const [a, b] = node.inputs as [string, string];
  if (node.op !== 'Mul' && node.op !== 'Div') return undefined;
  if (graph.isContent(a) && !graph.isContent(b) && isScalar(graph, b))
    return { from: a, factor: { op: node.op === 'Mul' ? 'multiply' : 'divide', by: scalarOf(graph, b) } };
  if (node.op === 'Mul' && graph.isContent(b) && !graph.isContent(a) && isScalar(graph, a))
    return { from: b, factor: { op: 'multiply', by: scalarOf(graph, a) } };
  return undefined;
}

function throughBlock(graph: Graph, block: Reconvergence, tensor: string, depth: number): Operand {
  const inner = walk(graph, block.entry, depth + 1);
  const rotated = inner.rotated === block.entry ? tensor : clonedBlock(graph, block, tensor, inner.rotated);
  if (block.kind === 'rotary') return { ...inner, rotated, isRotary: true };
  const plain = inner.plain === block.entry ? tensor : clonedBlock(graph, block, tensor, inner.plain);
  return { ...inner, plain, rotated };
}

/** Parts joined along an axis (a cache and the new keys, a rotated and a plain part): each is walked on its own. */
function throughConcat(graph: Graph, node: OnnxNode, tensor: string, depth: number): Operand {
  const parts = new Map(node.inputs.map((name) => [name, graph.isContent(name) ? walk(graph, name, depth + 1) : unchanged(name)]));
  const walked = [...parts.values()];
  const longest = walked.reduce((a, b) => (b.source !== b.plain || b.isRotary ? b : a), walked[0] as Operand);
  const content = node.inputs.filter((name) => graph.isContent(name) && graph.maker(name));
  // Factors of parts that are joined cannot be told apart afterwards.
  if (walked.some((part) => part.factors.length > 0) && content.length > 1) return unchanged(tensor);
  const redo = (pick: (part: Operand) => string) => {
    const isSame = [...parts].every(([name, part]) => pick(part) === name);
    return isSame ? tensor : cloned(graph, node, tensor, (input) => pick(parts.get(input) ?? unchanged(input)));
  };
  const main = content.length === 1 ? (parts.get(content[0] as string) as Operand) : longest;
  return {
    plain: redo((part) => part.plain),
    rotated: redo((part) => part.rotated),
    factors: walked.flatMap((part) => part.factors),
    isRepeated: walked.some((part) => part.isRepeated),
    isRotary: walked.some((part) => part.isRotary),
    source: main.source,
  };
}

/** Numbers that were rounded last are those that are multiplied: factors before that are taken off by dividing the rounded numbers. */
function throughRounding(graph: Graph, node: OnnxNode, tensor: string, depth: number): Operand {
  const quantiser = graph.maker(node.inputs[0] ?? '');
  if (quantiser?.op !== 'QuantizeLinear') return unchanged(tensor);
  const inner = walk(graph, quantiser.inputs[0] as string, depth + 1);
  const { sides } = graph;
  const rotated = inner.factors.reduceRight((name, { op, by }) => {
    const number = 'tensor' in by ? by.tensor : sides.constant([by.value], [], float32);
    return sides.add({ op: op === 'multiply' ? 'Div' : 'Mul', inputs: [name, number] }, graph.types.get(tensor));
  }, tensor);
  return { ...inner, rotated, plain: inner.isRotary ? inner.plain : rotated, isRounded: true };
}

function walk(graph: Graph, tensor: string, depth: number): Operand {
  const node = graph.maker(tensor);
  graph.spend();
  if (!node || !graph.isContent(tensor) || depth > deepest) return unchanged(tensor);
  if (node.op === 'RotaryEmbedding') {
    const from = node.inputs[0] as string;
    const inner = walk(graph, from, depth + 1);
    const rotated = inner.rotated === from ? tensor : cloned(graph, node, tensor, (input) => (input === from ? inner.rotated : input));
    return { ...inner, rotated, isRotary: true };
  }
  if (node.op === 'DequantizeLinear') return throughRounding(graph, node, tensor, depth);
  const content = graph.contentInputs(node);
  const [only] = content;
  if (layoutOps.has(node.op) && content.length === 1 && only !== undefined) return throughLayout(graph, node, tensor, only, walk(graph, only, depth + 1));
  const factor = factorOf(graph, node);
  if (factor) {
    const inner = walk(graph, factor.from, depth + 1);
    return { ...inner, factors: [...inner.factors, factor.factor] };
  }
  if (content.length >= 1 && (node.op === 'Concat' || ((node.op === 'Add' || node.op === 'Sub') && content.length === 2))) {
    const block = content.length > 1 ? reconvergenceAt(graph, tensor) : undefined;
    if (block && block.kind !== 'other') return throughBlock(graph, block, tensor, depth);
    if (node.op === 'Concat') return throughConcat(graph, node, tensor, depth);
  }
  return unchanged(tensor);
}

/** Takes factors and rotary encoding off an operand. */
export function readOperand(graph: Graph, tensor: string): Operand {
  return walk(graph, tensor, 0);
}
