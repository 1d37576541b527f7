// The refusal of a model in which no attention was found: says what was there and why it is none.

import { refuse } from '../../core/problem';
import { attentionOps } from '../../onnx/graph/operations';
import type { PartContent } from '../session/partContent';

/** Operators whose name says that they would be one, and that no recogniser looked at (a vendor's own). */
function unreadOperators(contents: readonly PartContent[]): string[] {
  const ops = contents.flatMap(({ model }) => model.nodes.map((node) => node.op));
  return [...new Set(ops.filter((op) => /softmax|attention/i.test(op) && !/^(Log)?Softmax$/.test(op) && !attentionOps.has(op)))];
}

/** The first reason in order of computation, and how many more are none. */
function firstRejected(contents: readonly PartContent[]): string | undefined {
  const [first, ...others] = contents.flatMap((content) => content.facts.rejected);
  if (!first) return undefined;
  const more = others.length === 0 ? '' : `; ${others.length} more ${others.length === 1 ? 'is' : 'are'} none either`;
  return `${first.node} ${first.reason}${more}`;
}

function reasonOf(contents: readonly PartContent[]): string {
  const rejected = firstRejected(contents);
  const unread = unreadOperators(contents);
  const rounded = unread.filter((op) => op.startsWith('QLinear'));
  if (rounded.length > 0) return `its ${rounded.join(', ')} works on 8-bit numbers without scale, which is not read; the same model quantised in QDQ form is`;
  if (unread.length > 0) return `its operators ${unread.slice(0, 3).join(', ')} are of a kind that is not read${rejected ? `; softmax ${rejected}` : ''}`;
  if (rejected) return `softmax ${rejected}`;
  if (contents.some(({ model }) => model.nodes.some((node) => node.op === 'LogSoftmax'))) return 'its LogSoftmax gives logarithms, which weight nothing';
  const count = contents.reduce((sum, content) => sum + content.facts.nodeCount, 0);
  const hasSubgraphs = contents.some(({ model }) => model.nodes.some((node) => [...node.attributes.values()].some(({ graphs }) => graphs.length > 0)));
  return `none of its ${count} operations is a softmax or an attention operator${hasSubgraphs ? '; what stands inside If, Loop and Scan is not searched' : ''}`;
}

/** Problem noAttention where no file of the model has any. */
export function refuseWithoutAttention(contents: readonly PartContent[]): void {
  if (contents.some((content) => content.facts.sites.length > 0)) return;
  refuse('noAttention', { file: contents.map((content) => content.file.path).join(' and '), reason: reasonOf(contents) });
}
