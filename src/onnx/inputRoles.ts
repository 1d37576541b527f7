// What each input of a graph is for, from what the graph does with it. Names decide only between roles that the graph leaves open.

import { enqueue } from './enqueue';
import type { FoundSite } from './foundSite';
import type { Graph } from './graph';
import { layoutOps, recurrentOps } from './operations';
import { stateOfInput } from './recurrentStates';
import type { GraphInput, InputRole, Site } from './site';
import { feedsLayers, type Lookup, lookupsBy } from './textSources';

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
      if (['Shape', 'Size', 'Softmax', 'MatMul', 'Gemm', 'Cos', 'Sin'].includes(node.op) && node.op !== 'MatMul') continue;
      for (const name of node.outputs) {
        if (name === '' || seen.has(name) || graph.isContent(name) !== graph.isContent(item.name)) continue;
        seen.add(name);
        queue.push({ name, isForm: item.isForm && layoutOps.has(node.op) && slot === 0 });
      }
    }
  }
  return { ops, first };
}

export interface RoleContext {
  readonly found: readonly FoundSite[];
  readonly sites: readonly Site[];
  /** Width of the answer: rows of the vocabulary where the model has a head. */
  readonly answerWidth?: number;
}

interface Candidate {
  readonly name: string;
  readonly lookups: readonly Lookup[];
}

const largest = (candidate: Candidate) => Math.max(0, ...candidate.lookups.map((lookup) => lookup.rows ?? 0));

/** Token ids, token types and positions among the inputs that look up embeddings. */
function lookupRoles(graph: Graph, candidates: readonly Candidate[], context: RoleContext): Map<string, InputRole> {
  const roles = new Map<string, InputRole>();
  if (candidates.length === 0) return roles;
  const score = (candidate: Candidate) => {
    const fits = candidate.lookups.some((lookup) => lookup.rows !== undefined && lookup.rows === context.answerWidth) ? 1e9 : 0;
    const named = /position|type|segment/i.test(candidate.name) ? -1e8 : /(^|_)ids?$|token|input|src|tgt/i.test(candidate.name) ? 0.5 : 0;
    return fits + named + largest(candidate);
  };
  const ranked = [...candidates].sort((a, b) => score(b) - score(a));
  const [main] = ranked as [Candidate];
  const others = ranked.slice(1);
  const sameStream = (one: Candidate) => sharesSum(graph, one, main);
  const tokens = [main, ...others.filter((one) => !sameStream(one))];
  for (const one of others) if (!tokens.includes(one)) roles.set(one.name, largest(one) <= 16 ? 'tokenTypeIds' : 'positionIds');
  const decoders = tokens.length > 1 ? tokens.filter((one) => feedsDecoder(graph, one, context)) : [];
  for (const one of decoders) roles.set(one.name, 'decoderTokenIds');
  // Two texts of which neither is the decoder's: which is which cannot be told.
  const [encoder, ...unclear] = tokens.filter((one) => !decoders.includes(one));
  if (encoder) roles.set(encoder.name, 'tokenIds');
  for (const one of unclear) roles.set(one.name, 'unknown');
  return roles;
}

/** Whether what the two look up is added together (token and position of one text). */
function sharesSum(graph: Graph, a: Candidate, b: Candidate): boolean {
  const reach = (candidate: Candidate) => {
    const found = new Set<string>();
    const queue = candidate.lookups.map((lookup) => lookup.result);
    for (let name = queue.pop(); name !== undefined && found.size < 60; name = queue.pop()) {
      if (found.has(name)) continue;
      found.add(name);
      for (const { node } of graph.readers(name))
        if (
          ['Add', 'Mul', 'Sum', 'Sub', 'QuantizeLinear', 'DequantizeLinear', 'EmbedLayerNormalization', 'QEmbedLayerNormalization'].includes(node.op) ||
          layoutOps.has(node.op)
        )
          queue.push(...node.outputs.filter((one) => one !== ''));
    }
    return found;
  };
  const other = reach(b);
  return [...reach(a)].some((name) => other.has(name));
}

/** Whether the queries of a cross-attention come from this input and the keys do not. */
function feedsDecoder(graph: Graph, candidate: Candidate, context: RoleContext): boolean {
  return context.found.some(
    (found, i) =>
      context.sites[i]?.kind === 'cross' && graph.ancestors(found.querySource).has(candidate.name) && !graph.ancestors(found.keySource).has(candidate.name),
  );
}

function floatRole(graph: Graph, input: GraphInput, context: RoleContext): InputRole {
  const traces = tracesOf(graph, input.name);
  const isCache = input.dims.length >= 3 && [...traces.first].some((one) => one.startsWith('Concat:')) && input.dims.length !== 3;
  const isFused = ['GroupQueryAttention', 'MultiHeadAttention', 'Attention'].some((op) =>
    [...traces.first].some((one) => one.startsWith(`${op}:`) && Number(one.split(':')[1]) >= 3),
  );
  if (isCache || (isFused && input.dims.length >= 4)) return 'pastKeyValue';
  const isKeyed = context.found.some(
    (found, i) =>
      context.sites[i]?.kind === 'cross' && (graph.ancestors(found.keySource).has(input.name) || graph.ancestors(found.valueSource).has(input.name)),
  );
  const asksKeys = context.found.some((found) => graph.ancestors(found.querySource).has(input.name));
  if (isKeyed && input.dims.length === 3)
    return asksKeys && context.found.every((found) => !found.isRecurrent) && !isOnlyKeyed(graph, input.name, context) ? 'unknown' : 'encoderStates';
  const isState =
    graph.isContent(input.name) && context.found.some((found) => found.isRecurrent || graph.model.nodes.some((node) => recurrentOps.has(node.op)));
  if (isState) return 'recurrentState';
  // A number alone (a temperature, a rate) is no mask.
  const isList = input.dims.length === 1 || input.dims.length === 2;
  if (!graph.isContent(input.name) && isList && !feedsLayers(graph, input.name)) return maskRole(graph, input.name, context);
  return 'unknown';
}

/** In a decoder the queries of later layers depend on the encoder's states as well, by way of earlier cross-attentions. */
function isOnlyKeyed(graph: Graph, name: string, context: RoleContext): boolean {
  const first = context.found.find((_, i) => context.sites[i]?.kind === 'cross');
  return first !== undefined && !graph.ancestors(first.querySource).has(name);
}

/** A mask of the encoder's tokens is read by cross-attentions only. */
function maskRole(graph: Graph, name: string, context: RoleContext): InputRole {
  const masks = (kind: Site['kind']) =>
    context.found.some((found, i) => context.sites[i]?.kind === kind && found.maskTensors?.some((tensor) => reads(graph, tensor, name)));
  const [self, cross] = [masks('self'), masks('cross')];
  return cross && !self ? 'encoderAttentionMask' : 'attentionMask';
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

function wholeRole(graph: Graph, input: GraphInput, lookups: readonly Lookup[], context: RoleContext): InputRole {
  const { ops, first } = tracesOf(graph, input.name);
  const rotates = ops.has('Cos') || ops.has('Sin') || [...first].some((one) => one === 'RotaryEmbedding:1' || one === 'RotaryEmbedding:3');
  const cuts = [...first].some((one) => one.startsWith('Slice:') && !one.endsWith(':0')) || (ops.has('Neg') && ops.has('Slice'));
  if (input.dims.length === 0 || (input.dims.length === 1 && input.dims[0] === 1)) {
    if (cuts || ops.has('Slice')) return 'logitsToKeep';
  }
  if (rotates || lookups.length > 0) return input.dims.length === 1 ? 'cachePosition' : 'positionIds';
  const isMask =
    ['Sub', 'Where', 'Mul', 'And', 'Not', 'Equal', 'Greater', 'ReduceSum', 'Add', 'Expand', 'Gather', 'GatherND', 'Less', 'CumSum', 'GatherElements'].some(
      (op) => ops.has(op),
    ) || [...ops].some((op) => op.endsWith('Attention'));
  if (input.dims.length === 1 && input.dims[0] !== 1)
    return ops.has('LessOrEqual') || ops.has('Greater') || ops.has('GreaterOrEqual') || ops.has('Less') ? 'cachePosition' : 'unknown';
  if (isMask && input.dims.length <= 4) return maskRole(graph, input.name, context);
  return 'unknown';
}

function withState(graph: Graph, input: GraphInput): GraphInput {
  const state = input.role === 'recurrentState' ? stateOfInput(graph, input.name) : undefined;
  return state ? { ...input, state } : input;
}

/** Roles of all inputs that something reads. */
export function inputRoles(graph: Graph, context: RoleContext): GraphInput[] {
  const inputs = graph.model.inputs.map(({ name, type, dims }): GraphInput => ({ name, elementType: type, dims: dims ?? [], role: 'unknown' }));
  const lookups = new Map(inputs.filter((input) => whole.has(input.elementType)).map((input) => [input.name, lookupsBy(graph, input.name)]));
  const candidatesWith = (isWanted: (lookup: Lookup) => boolean) =>
    [...lookups].flatMap(([name, list]) => (list.some(isWanted) ? [{ name, lookups: list.filter(isWanted) }] : []));
  const feeding = candidatesWith((lookup) => feedsLayers(graph, lookup.result));
  // Rows whose way into the layers is not understood are still rows: no other input can be the text then.
  const candidates = feeding.length > 0 || graph.content.size > 0 ? feeding : candidatesWith(() => true);
  const known = lookupRoles(graph, candidates, context);
  return inputs.map((input): GraphInput => {
    const role = known.get(input.name);
    if (role) return { ...input, role };
    if (floats.has(input.elementType)) return withState(graph, { ...input, role: floatRole(graph, input, context) });
    if (input.elementType === 9) return { ...input, role: input.dims.length >= 2 ? maskRole(graph, input.name, context) : 'useCacheBranch' };
    return { ...input, role: whole.has(input.elementType) ? wholeRole(graph, input, lookups.get(input.name) ?? [], context) : 'unknown' };
  });
}
