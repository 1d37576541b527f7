// What each input of a graph is for, from what the graph does with it. What several roles would explain is left open here: a run on a
// short text decides it (src/engine/trial), or it is refused.

import type { GraphInput } from '../facts/inputs';
import type { Site } from '../facts/site';
import { enqueue } from '../graph/enqueue';
import type { Graph } from '../graph/graph';
import { layoutOps, recurrentOps } from '../graph/operations';
import { feedsLayers, type Lookup, lookupsBy } from '../graph/textSources';
import { saidBy } from './inputNames';
import { type FoundRole, lookupRoles, type RoleContext } from './lookupRoles';
import { stateOfInput } from './recurrentStates';
import { picksBy } from './tableUses';

const floats = new Set([1, 10, 11, 16]);
const whole = new Set([6, 7]);

/** Operations of all nodes that are reached from an input without going through a layer or a product. */
interface Traces {
  readonly ops: ReadonlySet<string>;
  /** `op:slot` of the nodes that read the input itself or a mere form of it. */
  readonly first: ReadonlySet<string>;
}

function tracesOf(graph: Graph, input: string): Traces {
  const ops = new Set<string>();
  const first = new Set<string>();
  const seen = new Set([input]);
  const queue: { readonly name: string; readonly isForm: boolean }[] = [{ name: input, isForm: true }];
  for (let item = queue.shift(); item && seen.size < 400; item = queue.shift()) {
    for (const { node, slot } of graph.readers(item.name)) {
      graph.spend();
      ops.add(node.op);
      if (item.isForm) first.add(`${node.op}:${slot}`);
      if (['Shape', 'Size', 'Softmax', 'Gemm', 'Cos', 'Sin'].includes(node.op)) continue;
      for (const name of node.outputs) {
        if (name === '' || seen.has(name) || graph.isContent(name) !== graph.isContent(item.name)) continue;
        seen.add(name);
        queue.push({ name, isForm: item.isForm && layoutOps.has(node.op) && slot === 0 });
      }
    }
  }
  return { ops, first };
}

type Declared = Pick<GraphInput, 'name' | 'elementType' | 'dims'>;

const unclear = (why: string): FoundRole => ({ role: 'unknown', why });

function floatRole(graph: Graph, input: Declared, context: RoleContext): FoundRole {
  const traces = tracesOf(graph, input.name);
  const isCache = input.dims.length >= 3 && [...traces.first].some((one) => one.startsWith('Concat:')) && input.dims.length !== 3;
  const isFused = ['GroupQueryAttention', 'MultiHeadAttention', 'Attention'].some((op) =>
    [...traces.first].some((one) => one.startsWith(`${op}:`) && Number(one.split(':')[1]) >= 3),
  );
  if (isCache || (isFused && input.dims.length >= 4)) return { role: 'pastKeyValue', why: 'keys or values of earlier tokens, joined before the new ones' };
  const isKeyed = context.found.some(
    (found, i) =>
      context.sites[i]?.kind === 'cross' && (graph.ancestors(found.keySource).has(input.name) || graph.ancestors(found.valueSource).has(input.name)),
  );
  const asksKeys = context.found.some((found) => graph.ancestors(found.querySource).has(input.name));
  if (isKeyed && input.dims.length === 3) {
    const isBoth = asksKeys && context.found.every((found) => !found.isRecurrent) && !isOnlyKeyed(graph, input.name, context);
    return isBoth
      ? unclear('queries and keys are both made from it')
      : { role: 'encoderStates', why: 'keys and values of the cross-attention are made from it' };
  }
  const isState =
    graph.isContent(input.name) && context.found.some((found) => found.isRecurrent || graph.model.nodes.some((node) => recurrentOps.has(node.op)));
  if (isState) return { role: 'recurrentState', why: 'a state that goes from step to step' };
  // A number alone (a temperature, a rate) is no mask.
  if (!graph.isContent(input.name) && input.dims.length > 0 && !feedsLayers(graph, input.name)) return maskRole(graph, input, context);
  return unclear('a tensor of floats that goes into the layers and is no text');
}

/** In a decoder the queries of later layers depend on the encoder's states as well, by way of earlier cross-attentions. */
function isOnlyKeyed(graph: Graph, name: string, context: RoleContext): boolean {
  const first = context.found.find((_, i) => context.sites[i]?.kind === 'cross');
  return first !== undefined && !graph.ancestors(first.querySource).has(name);
}

/** A table of queries by keys has two axes of one length, or more than two. */
function isPaired({ dims }: Declared): boolean {
  const [a, b] = dims;
  return dims.length > 2 || (dims.length === 2 && a !== undefined && a === b && a !== 1);
}

const comparing = ['LessOrEqual', 'Greater', 'GreaterOrEqual', 'Less'];

/** Whether its one axis is that of the texts, and not that of their tokens. */
function isForEachText(graph: Graph, { name, dims }: Declared): boolean {
  const [own] = dims;
  const lists = graph.model.inputs.filter((other) => other.name !== name && graph.isContent(other.name) && (other.dims?.length ?? 0) >= 2);
  return dims.length === 1 && typeof own === 'string' && lists.some(({ dims: [first, ...rest] = [] }) => first === own && rest.at(-1) !== own);
}

/** An input of one number for each text, whose last axis has no room for more. */
function numberRole(graph: Graph, input: Declared): FoundRole {
  const { ops } = tracesOf(graph, input.name);
  return comparing.some((op) => ops.has(op))
    ? { role: 'textLength', why: 'one number for each text, which is compared with the places of the keys' }
    : unclear('one number for each text');
}

/** A mask of the encoder's tokens is read by cross-attentions only. Whether it masks anything, and how, a run has to show. */
function maskRole(graph: Graph, input: Declared, context: RoleContext): FoundRole {
  const readers = context.sites.filter((_, i) => context.found[i]?.maskTensors?.some((tensor) => reads(graph, tensor, input.name)));
  const masks = (kind: Site['kind']) => readers.some((site) => site.kind === kind);
  if (input.dims.at(-1) === 1 || isForEachText(graph, input)) return numberRole(graph, input);
  if (isPaired(input)) return { role: 'pairMask', why: 'a table of queries by keys that joins the scores' };
  const { first, ops } = tracesOf(graph, input.name);
  if (ops.has('GroupQueryAttention') && [...first].every((one) => ['ReduceSum:0', 'Shape:0', 'Cast:0'].includes(one)))
    return { role: 'attentionMask', why: 'its sum is the number of tokens that the operator is told', isCounted: true };
  const [self, cross] = [masks('self'), masks('cross')];
  const hasEncoder = context.sites.some((site) => site.tower === 'encoder');
  if (hasEncoder && readers.length > 0 && readers.every((site) => site.tower === 'decoder' && site.kind === 'self'))
    return { role: 'decoderAttentionMask', why: "joins the scores of the decoder's own attention" };
  const where = self ? 'joins the scores' : cross ? 'joins the scores of the cross-attention' : 'goes into neither rows nor layers';
  return { role: cross && !self ? 'encoderAttentionMask' : 'attentionMask', why: where };
}

/** Whether `tensor` depends on `input` at all, also by way of comparisons and conditions. */
function reads(graph: Graph, tensor: string, input: string): boolean {
  const seen = new Set([tensor]);
  const queue = [tensor];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name === input) return true;
    graph.spend();
    const node = graph.maker(name);
    if (!node || graph.isContent(name) || ['Shape', 'Size'].includes(node.op)) continue;
    for (const one of [...node.inputs, ...node.implicit]) if (one !== '') enqueue(one, seen, queue);
  }
  return false;
}

function wholeRole(graph: Graph, input: Declared, lookups: readonly Lookup[], context: RoleContext): FoundRole {
  const { ops, first } = tracesOf(graph, input.name);
  const rotates = ops.has('Cos') || ops.has('Sin') || [...first].some((one) => one === 'RotaryEmbedding:1' || one === 'RotaryEmbedding:3');
  const cuts = [...first].some((one) => one.startsWith('Slice:') && !one.endsWith(':0')) || (ops.has('Neg') && ops.has('Slice'));
  if ((input.dims.length === 0 || (input.dims.length === 1 && input.dims[0] === 1)) && (cuts || ops.has('Slice')))
    return { role: 'logitsToKeep', why: 'cuts the predictions; 0 keeps all' };
  if (rotates || lookups.length > 0 || picksBy(graph, input.name).length > 0)
    return {
      role: input.dims.length === 1 ? 'cachePosition' : 'positionIds',
      why: rotates ? 'turns queries and keys' : 'picks the rows that turn queries and keys',
    };
  if (isForEachText(graph, input)) return numberRole(graph, input);
  if (input.dims.length === 1 && input.dims[0] !== 1)
    return comparing.some((op) => ops.has(op))
      ? { role: 'cachePosition', why: 'is compared with the places of the keys' }
      : unclear('one number for each token');
  return input.dims.length > 0 ? maskRole(graph, input, context) : unclear('one number');
}

function withState(graph: Graph, input: GraphInput): GraphInput {
  const state = input.role === 'recurrentState' ? stateOfInput(graph, input.name) : undefined;
  return state ? { ...input, state } : input;
}

/** Everything that an attention or an answer is made from, also by way of shapes and conditions. */
function everythingShown(graph: Graph, context: RoleContext): ReadonlySet<string> {
  const seen = new Set<string>();
  const queue = [
    ...context.found.flatMap(({ at, mixed, querySource, keySource, valueSource }) => [...at.inputs, mixed, querySource, keySource, valueSource]),
    ...graph.model.outputs.map((output) => output.name).filter((name) => graph.isContent(name)),
  ];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (name === '' || seen.has(name)) continue;
    seen.add(name);
    graph.spend();
    const node = graph.maker(name);
    if (node) queue.push(...node.inputs, ...node.implicit);
  }
  return seen;
}

/** Roles of all inputs that something reads. */
export function inputRoles(graph: Graph, context: RoleContext): GraphInput[] {
  const inputs = graph.model.inputs.map(({ name, type, dims }): Declared => ({ name, elementType: type, dims: dims ?? [] }));
  const lookups = new Map(
    inputs.filter(({ elementType }) => whole.has(elementType) || floats.has(elementType)).map((input) => [input.name, lookupsBy(graph, input.name)]),
  );
  const candidatesWith = (isWanted: (lookup: Lookup) => boolean) =>
    [...lookups].flatMap(([name, list]) => (list.some(isWanted) ? [{ name, lookups: list.filter(isWanted) }] : []));
  const feeding = candidatesWith((lookup) => feedsLayers(graph, lookup.result));
  // Rows whose way into the layers is not understood are still rows: no other input can be the text then.
  const candidates = feeding.length > 0 || graph.content.size > 0 ? feeding : candidatesWith(() => true);
  const known = lookupRoles(graph, candidates, context);
  const shown = everythingShown(graph, context);
  const roleOf = (input: Declared): FoundRole => {
    const found = known.get(input.name);
    if (found) return found;
    if (context.found.length > 0 && !shown.has(input.name)) return { role: 'unused', why: 'nothing that is shown depends on it' };
    if (floats.has(input.elementType)) return floatRole(graph, input, context);
    if (input.elementType === 9)
      return input.dims.length >= 2 ? maskRole(graph, input, context) : { role: 'useCacheBranch', why: 'chooses whether earlier keys and values are used' };
    return whole.has(input.elementType)
      ? wholeRole(graph, input, lookups.get(input.name) ?? [], context)
      : unclear('its numbers are of a kind that no text has');
  };
  return inputs.map((input): GraphInput => withState(graph, { ...input, ...spoken(input.name, roleOf(input)) }));
}

/** The reason, with what the name says where that is something else. */
function spoken(name: string, found: FoundRole): FoundRole {
  const said = saidBy(name);
  const isMask = found.role.endsWith('AttentionMask') || found.role === 'attentionMask';
  return isMask && said !== undefined && said !== 'mask' ? { ...found, why: `${found.why}, and is named as ${saidWords[said]}` } : found;
}

const saidWords = { tokens: 'tokens', mask: 'a mask', types: 'token types', tasks: 'tasks', positions: 'positions', language: 'languages' } as const;
