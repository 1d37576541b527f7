// Which inputs are token ids, and which pick rows of further tables that are added to the token rows (positions, types, languages).

import type { Graph } from '../graph/graph';
import type { Lookup } from '../graph/lookups';
import { having } from '../graph/operations';
import { reached } from '../graph/walk';
import type { FoundRole, RoleContext } from './foundRole';
import { saidBy } from './inputNames';
import { picksBy } from './tableUses';

/** An input that looks up rows on their way into the layers. */
export interface Candidate {
  readonly name: string;
  readonly lookups: readonly Lookup[];
}

const rowsOf = (candidate: Candidate) => Math.max(0, ...candidate.lookups.map((lookup) => lookup.rows ?? 0));
const saysOther = ({ name }: Candidate) => !['tokens', undefined].includes(saidBy(name));

/** Those whose table can hold the tokenizer's tokens come first, the tightest of them before the others; then by size. */
function byFit(tokenCount: number | undefined): (a: Candidate, b: Candidate) => number {
  const excess = (one: Candidate) => {
    const rows = rowsOf(one);
    return tokenCount === undefined || rows < tokenCount ? Number.POSITIVE_INFINITY : rows - tokenCount;
  };
  return (a, b) => {
    const [x, y] = [excess(a), excess(b)];
    return x === y ? rowsOf(b) - rowsOf(a) : x - y;
  };
}

/**
 * Where another unnamed table of the same sum can hold the tokens as well, sizes tell nothing, and no run does: either may be exchanged for
 * the other. Then the name or what the model predicts has to; undefined: neither does.
 */
function chosen(graph: Graph, first: Candidate, ranked: readonly Candidate[], { tokenCount, answerWidth }: RoleContext): Candidate | undefined {
  const isRival = (one: Candidate) =>
    one !== first && !saysOther(one) && rowsOf(one) >= (tokenCount ?? Number.POSITIVE_INFINITY) && sharesSum(graph, one, first);
  const rivals = ranked.filter(isRival);
  if (rivals.length === 0) return first;
  const all = [first, ...rivals];
  const named = all.filter((one) => saidBy(one.name) === 'tokens');
  if (named.length === 1) return named[0];
  const predicted = all.filter((one) => rowsOf(one) === answerWidth);
  return predicted.length === 1 ? predicted[0] : undefined;
}

/** The roles of all candidates. Never by how many columns the answer has: labels, spans and token types are few as well. */
export function lookupRoles(graph: Graph, candidates: readonly Candidate[], context: RoleContext): Map<string, FoundRole> {
  const roles = new Map<string, FoundRole>();
  const ranked = [...candidates].sort(byFit(context.tokenCount));
  const [first] = [...ranked.filter((one) => !saysOther(one)), ...ranked];
  if (!first) return roles;
  const main = chosen(graph, first, ranked, context);
  if (!main)
    return new Map(
      ranked.map((one) => [one.name, { role: 'unknown', why: `it picks rows of a table of ${rowsOf(one)}, which may be the tokens' as well as another's` }]),
    );
  const others = ranked.filter((one) => one !== main);
  const tokens = [main, ...others.filter((one) => !sharesSum(graph, one, main))];
  for (const one of others) if (!tokens.includes(one)) roles.set(one.name, featureOf(graph, one));
  const decoders = tokens.length > 1 ? tokens.filter((one) => feedsDecoder(graph, one, context)) : [];
  for (const one of decoders) roles.set(one.name, { role: 'decoderTokenIds', why: `picks rows of a table of ${rowsOf(one)}, from which the queries are made` });
  const [encoder, ...unclear] = tokens.filter((one) => !decoders.includes(one));
  if (encoder) roles.set(encoder.name, { role: 'tokenIds', why: `picks rows of the table of tokens (${rowsOf(encoder)})` });
  for (const one of unclear)
    roles.set(one.name, { role: 'unknown', why: `it picks rows of a table of ${rowsOf(one)} like another input; which of the two is the text cannot be told` });
  return roles;
}

function featureOf(graph: Graph, { name, lookups }: Candidate): FoundRole {
  const rows = rowsOf({ name, lookups });
  const picks = picksBy(graph, name).filter((pick) => lookups.some((lookup) => lookup.result === pick.result));
  const [first = { table: lookups[0]?.table ?? '', shift: 0 }] = picks;
  return {
    role: 'feature',
    why: `picks rows of a table of ${rows}, which are added to the token rows`,
    lookup: { table: first.table, shift: first.shift, ...(rows > 0 && { rows }) },
  };
}

const summing = new Set([...having('layout', 'rounding', 'sum'), 'Mul', 'EmbedLayerNormalization', 'QEmbedLayerNormalization']);

/** Whether what the two look up is added together (token and position of one text). */
function sharesSum(graph: Graph, a: Candidate, b: Candidate): boolean {
  const reach = (candidate: Candidate) => {
    const rows = candidate.lookups.map((lookup) => lookup.result);
    return reached(graph, rows, { limit: 60, order: 'depth' }, (name) => graph.readers(name).flatMap(({ node }) => (summing.has(node.op) ? node.outputs : [])));
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
