// What each input of a graph is for, from what the graph does with it. What several roles would explain is left open here: a run on a
// short text decides it (src/engine/trial), or it is refused.

import type { GraphInput } from '../facts/inputs';
import { bool, floatTypes, wholeTypes } from '../file/elementTypes';
import { feedsLayers } from '../graph/firstLayers';
import type { Graph } from '../graph/graph';
import { type Lookup, lookupsBy } from '../graph/lookups';
import { recurrentOps } from '../graph/operations';
import { type Declared, type FoundRole, type RoleContext, unclear } from './foundRole';
import { saidBy } from './inputNames';
import { lookupRoles } from './lookupRoles';
import { isCompared, isForEachText, maskRole, numberRole } from './maskRoles';
import { stateOfInput } from './recurrentStates';
import { picksBy } from './tableUses';
import { everythingShown, tracesOf } from './traces';

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
    return isCompared(ops) ? { role: 'cachePosition', why: 'is compared with the places of the keys' } : unclear('one number for each token');
  return input.dims.length > 0 ? maskRole(graph, input, context) : unclear('one number');
}

function withState(graph: Graph, input: GraphInput): GraphInput {
  const state = input.role === 'recurrentState' ? stateOfInput(graph, input.name) : undefined;
  return state ? { ...input, state } : input;
}

/** Roles of all inputs that something reads. */
export function inputRoles(graph: Graph, context: RoleContext): GraphInput[] {
  const inputs = graph.model.inputs.map(({ name, type, dims }): Declared => ({ name, elementType: type, dims: dims ?? [] }));
  const lookups = new Map(
    inputs.filter(({ elementType }) => wholeTypes.has(elementType) || floatTypes.has(elementType)).map((input) => [input.name, lookupsBy(graph, input.name)]),
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
    if (floatTypes.has(input.elementType)) return floatRole(graph, input, context);
    if (input.elementType === bool)
      return input.dims.length >= 2 ? maskRole(graph, input, context) : { role: 'useCacheBranch', why: 'chooses whether earlier keys and values are used' };
    return wholeTypes.has(input.elementType)
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
