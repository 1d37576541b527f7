// Rows looked up for tokens and positions: embed and pos_embed of each tower, and the sizes of their tables.

import type { Tower } from '../../core/names';
import type { CaptureRef } from '../facts/captures';
import type { PositionTable, RowLookup, TowerFacts } from '../facts/graphFacts';
import type { GraphInput } from '../facts/inputs';
import type { Site } from '../facts/site';
import type { Graph } from '../graph/graph';
import { type Lookup, lookupsBy } from '../graph/lookups';
import { saidBy } from '../roles/inputNames';
import { positionTerm } from './positionTerms';

export interface EmbeddingFacts {
  readonly towers: readonly TowerFacts[];
  readonly lookups: readonly RowLookup[];
  readonly vocabularySize?: number;
  readonly positions?: PositionTable;
}

/** Whether the ids were turned into [token, batch] before they were looked up. */
function isTokenFirst(graph: Graph, rows: string): boolean {
  let turns = 0;
  for (let name = graph.maker(rows)?.inputs[1], depth = 0; name !== undefined && depth < 12; depth++) {
    const node = graph.maker(name);
    if (node?.op === 'Transpose' && (node.attributes.get('perm')?.ints ?? [1, 0]).join() === '1,0') turns++;
    // Ids of one text may themselves stand in the first of two axes.
    const dims = node === undefined ? graph.model.inputs.find((input) => input.name === name)?.dims : undefined;
    if (dims?.length === 2 && dims[1] === 1 && dims[0] !== 1) turns++;
    name = node?.inputs[0];
  }
  return turns % 2 === 1;
}

/** What the rows are looked up by, where the operation takes one row of its table for each; undefined for other operations. */
function indicesOf(graph: Graph, rows: string): string | undefined {
  const node = graph.maker(rows);
  if (node?.op.endsWith('EmbedLayerNormalization')) return node.inputs[0];
  if (node?.op === 'Gather' || node?.op === 'GatherBlockQuantized')
    return [0, -2].includes(node.attributes.get(node.op === 'Gather' ? 'axis' : 'gather_axis')?.int ?? 0) ? node.inputs[1] : undefined;
  const oneHot = node?.op === 'MatMul' ? graph.maker(node.inputs[0] ?? '') : undefined;
  return oneHot?.op === 'OneHot' && (oneHot.attributes.get('axis')?.int ?? -1) === -1 ? oneHot.inputs[0] : undefined;
}

const rowAxes = (graph: Graph, rows: string) => (isTokenFirst(graph, rows) ? 't1d' : '*td');

function rowLookups(graph: Graph, ids: string, found: readonly Lookup[]): RowLookup[] {
  const lookups = found.flatMap(({ result }) => {
    const indices = indicesOf(graph, result);
    return indices === undefined ? [] : [{ ids, indices, rows: { tensor: result, axes: rowAxes(graph, result) } }];
  });
  return lookups.length === found.length ? lookups : [];
}

const contentLookups = (graph: Graph, ids: string) => lookupsBy(graph, ids).filter((one) => graph.isContent(one.result));

function whyNoEmbed(isFused: boolean, isOneOfMore: boolean): string {
  if (isFused) return 'a fused operator adds all embeddings at once';
  return isOneOfMore ? 'the graph looks up token rows in more than one table' : 'the graph looks up no token rows';
}

/** Embeddings of each tower that the sites know. */
export function readEmbeddings(
  graph: Graph,
  inputs: readonly GraphInput[],
  sites: readonly Site[],
  sources: ReadonlyMap<Tower, ReadonlySet<string>>,
): EmbeddingFacts {
  const towers: TowerFacts[] = [];
  let vocabularySize: number | undefined;
  let positions: PositionTable | undefined;
  const picked = new Set(inputs.flatMap((input) => (input.lookup ? [input.lookup.table] : [])));
  const others = new Set(inputs.flatMap(({ name, lookup }) => (lookup && ['types', 'tasks', 'language'].includes(saidBy(name) ?? '') ? [lookup.table] : [])));
  for (const tower of new Set(sites.map((site) => site.tower))) {
    const before = sources.get(tower);
    const ids = inputs.filter((input) => (input.role === 'tokenIds' || input.role === 'decoderTokenIds') && before?.has(input.name));
    const chosen = ids.length > 1 ? ids.find((input) => input.role === (tower === 'decoder' ? 'decoderTokenIds' : 'tokenIds')) : ids[0];
    const [lookup, ...more] = (chosen ? contentLookups(graph, chosen.name) : []).sort((a, b) => (b.rows ?? 0) - (a.rows ?? 0));
    const node = lookup && graph.maker(lookup.result);
    const isFused = node?.op.endsWith('EmbedLayerNormalization') === true;
    const captures: { embed?: CaptureRef; pos_embed?: CaptureRef } = {};
    const absent: { embed?: string; pos_embed?: string } = {};
    const rows = lookup ? rowAxes(graph, lookup.result) : '*td';
    const isOneOfMore = more.some(({ table, rows }) => table !== lookup?.table && rows === lookup?.rows);
    if (lookup && !isFused && !isOneOfMore) captures.embed = [{ tensor: lookup.result, axes: rows }];
    else absent.embed = whyNoEmbed(isFused, isOneOfMore);
    const position = lookup && positionTerm(graph, lookup.result, others, picked);
    if (position) captures.pos_embed = [{ tensor: position.tensor, axes: graph.rank(position.tensor) === 2 ? 'td' : rows }];
    else absent.pos_embed = 'no table of positions is added to the token rows';
    vocabularySize ??= lookup?.rows;
    if (position?.rows !== undefined)
      positions ??= {
        rows: position.rows,
        ...(position.table !== undefined && { table: position.table }),
        ...(position.index !== undefined && { index: position.index }),
      };
    towers.push({ tower, captures, absent });
  }
  // Also of a text whose tower has no attention of its own, as a recurrent encoder has none.
  const texts = inputs.filter(({ role }) => role === 'tokenIds' || role === 'decoderTokenIds');
  const lookups = texts.flatMap(({ name }) => rowLookups(graph, name, contentLookups(graph, name)));
  return { towers, lookups, ...(vocabularySize !== undefined && { vocabularySize }), ...(positions && { positions }) };
}
