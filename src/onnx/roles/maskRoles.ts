// Which mask an input is: of tokens, of pairs of them, or one number for each text.

import type { Site } from '../facts/site';
import type { Graph } from '../graph/graph';
import { having } from '../graph/operations';
import { type Declared, type FoundRole, type RoleContext, unclear } from './foundRole';
import { reads, tracesOf } from './traces';

/** A table of queries by keys has two axes of one length, or more than two. */
function isPaired({ dims }: Declared): boolean {
  const [a, b] = dims;
  return dims.length > 2 || (dims.length === 2 && a !== undefined && a === b && a !== 1);
}

const comparing = [...having('comparing')];

/** Whether an input is compared with something, as with the places of the keys. */
export const isCompared = (ops: ReadonlySet<string>): boolean => comparing.some((op) => ops.has(op));

/** Whether its one axis is that of the texts, and not that of their tokens. */
export function isForEachText(graph: Graph, { name, dims }: Declared): boolean {
  const [own] = dims;
  const lists = graph.model.inputs.filter((other) => other.name !== name && graph.isContent(other.name) && (other.dims?.length ?? 0) >= 2);
  return dims.length === 1 && typeof own === 'string' && lists.some(({ dims: [first, ...rest] = [] }) => first === own && rest.at(-1) !== own);
}

/** An input of one number for each text, whose last axis has no room for more. */
export function numberRole(graph: Graph, input: Declared): FoundRole {
  const { ops } = tracesOf(graph, input.name);
  return isCompared(ops)
    ? { role: 'textLength', why: 'one number for each text, which is compared with the places of the keys' }
    : unclear('one number for each text');
}

/** A mask of the encoder's tokens is read by cross-attentions only. Whether it masks anything, and how, a run has to show. */
export function maskRole(graph: Graph, input: Declared, context: RoleContext): FoundRole {
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
