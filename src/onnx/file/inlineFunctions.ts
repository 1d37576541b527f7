// Puts the bodies of a model's own functions (ModelProto.functions) in the place of their calls: tensors inside a function could not
// become outputs otherwise. FunctionProto: 1 name, 4 input, 5 output, 7 node, 9 opset_import, 10 domain, 11 defaults, 13 overload.

import { bytesField, join, textField } from './encode';
import { nodeLimit, readOpset } from './graphParts';
import { readAttribute, readNode } from './messages/node';
import type { Attribute, NodePart, Span } from './messages/parts';
import { bytesOf, spanIn, textAt } from './messages/span';
import type { Refusals } from './refusals';
import { eachField } from './wire';

export interface FunctionPart {
  readonly key: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: readonly NodePart[];
  readonly defaults: ReadonlyMap<string, Attribute>;
  readonly opsets: ReadonlyMap<string, number>;
}

const deepest = 24;

export function readFunction({ bytes, from, to }: Span): FunctionPart {
  let [name, domain] = ['', ''];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const nodes: NodePart[] = [];
  const defaults = new Map<string, Attribute>();
  const opsets = new Map<string, number>();
  eachField(bytes, from, to, (field) => {
    if (field.wireType !== 2) return;
    const text = () => textAt(bytes, field.from, field.to);
    if (field.number === 1) name = text();
    if (field.number === 4) inputs.push(text());
    if (field.number === 5) outputs.push(text());
    if (field.number === 7) nodes.push(readNode(spanIn(bytes, field)));
    if (field.number === 9) readOpset(bytes, spanIn(bytes, field), opsets);
    if (field.number === 10) domain = text();
    if (field.number === 11) {
      const attribute = readAttribute(spanIn(bytes, field));
      defaults.set(attribute.name, attribute);
    }
  });
  return { key: `${domain === 'ai.onnx' ? '' : domain} ${name}`, inputs, outputs, nodes, defaults, opsets };
}

/** A copy of a node with other tensor names; `attributesFor` gives what stands in for references to the caller's attributes. */
function renamed(node: NodePart, rename: (name: string) => string, attributesFor: (reference: string) => Attribute | undefined): NodePart {
  const pieces: Uint8Array[] = [];
  const { bytes } = node.span;
  eachField(bytes, node.span.from, node.span.to, (field) => {
    const text = () => textAt(bytes, field.from, field.to);
    if (field.number === 1 || field.number === 2) pieces.push(textField(field.number, rename(text())));
    else if (field.number === 5) {
      const attribute = withAttribute(readAttribute(spanIn(bytes, field)), rename, attributesFor);
      if (attribute) pieces.push(bytesField(5, attribute));
    } else pieces.push(bytes.subarray(field.start, field.to));
  });
  const whole = join(pieces);
  return readNode({ bytes: whole, from: 0, to: whole.length });
}

/** A copy of a node with other tensor names, also in its sub-graphs. */
export const renamedNode = (node: NodePart, rename: (name: string) => string): NodePart => renamed(node, rename, () => undefined);

function withAttribute(
  attribute: Attribute,
  rename: (name: string) => string,
  attributesFor: (reference: string) => Attribute | undefined,
): Uint8Array | undefined {
  if (attribute.reference) {
    const given = attributesFor(attribute.reference);
    return given && replaced(given.span, (number) => (number === 1 ? textField(1, attribute.name) : undefined));
  }
  if (attribute.graphs.length === 0) return bytesOf(attribute.span);
  return replaced(attribute.span, (number, part) =>
    number === 6 || number === 11 ? bytesField(number, renamedGraph(part, rename, attributesFor)) : undefined,
  );
}

/** The message with some fields replaced; `replace` gives undefined for fields that stay. */
function replaced({ bytes, from, to }: Span, replace: (number: number, part: Span) => Uint8Array | undefined): Uint8Array {
  const pieces: Uint8Array[] = [];
  eachField(bytes, from, to, (field) => pieces.push(replace(field.number, spanIn(bytes, field)) ?? bytes.subarray(field.start, field.to)));
  return join(pieces);
}

/** A sub-graph: its nodes are renamed, and so are its outputs where they stand for names from outside. */
function renamedGraph(graph: Span, rename: (name: string) => string, attributesFor: (reference: string) => Attribute | undefined): Uint8Array {
  return replaced(graph, (number, part) => {
    if (number === 1) return bytesField(1, bytesOf(renamed(readNode(part), rename, attributesFor).span));
    if (number === 12)
      return bytesField(
        12,
        replaced(part, (inner, text) => (inner === 1 ? textField(1, rename(textAt(text.bytes, text.from, text.to))) : undefined)),
      );
    return undefined;
  });
}

/** Counts before anything is copied: functions that call functions twice, and these others, are a million operations in a few lines. */
function refuseTooMany(nodes: readonly NodePart[], byKey: ReadonlyMap<string, FunctionPart>, refusals: Refusals): void {
  const sizes = new Map<string, number>();
  const sizeOf = (list: readonly NodePart[], depth: number): number => {
    if (depth > deepest) refusals.broken('its functions call each other in a circle, or too deeply');
    return list.reduce((sum, { domain, op }) => sum + callSize(`${domain} ${op}`, depth), 0);
  };
  const callSize = (key: string, depth: number): number => {
    const called = byKey.get(key);
    const size = sizes.get(key) ?? (called ? sizeOf(called.nodes, depth + 1) : 1);
    sizes.set(key, size);
    return size;
  };
  if (sizeOf(nodes, 0) > nodeLimit) refusals.tooLarge(`more than ${nodeLimit} operations`);
}

/** Nodes without calls. Refuses functions that call themselves, and too many nodes. */
export function inlineFunctions(
  nodes: readonly NodePart[],
  functions: readonly FunctionPart[],
  opsets: Map<string, number>,
  refusals: Refusals,
): readonly NodePart[] {
  if (functions.length === 0) return nodes;
  const byKey = new Map(functions.map((one) => [one.key, one]));
  refuseTooMany(nodes, byKey, refusals);
  const result: NodePart[] = [];
  let calls = 0;
  const put = (node: NodePart): void => {
    const called = byKey.get(`${node.domain} ${node.op}`);
    if (!called) return void result.push(node);
    const prefix = `call${calls++}/`;
    const names = new Map<string, string>([['', '']]);
    for (const [i, name] of called.inputs.entries()) names.set(name, node.inputs[i] ?? '');
    for (const [i, name] of called.outputs.entries()) names.set(name, node.outputs[i] || `${prefix}${name}`);
    const rename = (name: string) => names.get(name) ?? `${prefix}${name}`;
    for (const [domain, version] of called.opsets) if (!opsets.has(domain)) opsets.set(domain, version);
    for (const inner of called.nodes) put(renamed(inner, rename, (reference) => node.attributes.get(reference) ?? called.defaults.get(reference)));
  };
  for (const node of nodes) put(node);
  return result;
}
