// The refusal of a model in which no attention was found: says what was there and why it is none.

import { refuse } from '../core/problem';
import type { PartContent } from './partContent';

/** Operators whose name says that they would be one, of a kind that is not read (QLinearSoftmax, a vendor's own). */
function unreadOperators(contents: readonly PartContent[]): string[] {
  const ops = contents.flatMap(({ model }) => model.nodes.map((node) => node.op));
  return [...new Set(ops.filter((op) => /softmax|attention/i.test(op)))];
}

function reasonOf(contents: readonly PartContent[]): string {
  const rejected = contents.flatMap((content) => content.facts.rejected);
  if (rejected.length > 0)
    return rejected
      .slice(0, 3)
      .map((one) => `softmax ${one.node} ${one.reason}`)
      .join('; ');
  const unread = unreadOperators(contents);
  if (unread.length > 0) return `its operators ${unread.slice(0, 3).join(', ')} are of a kind that is not read`;
  const count = contents.reduce((sum, content) => sum + content.facts.nodeCount, 0);
  const hasSubgraphs = contents.some(({ model }) => model.nodes.some((node) => [...node.attributes.values()].some(({ graphs }) => graphs.length > 0)));
  return `none of its ${count} operations is a softmax or an attention operator${hasSubgraphs ? '; what stands inside If, Loop and Scan is not searched' : ''}`;
}

/** Problem noAttention where no file of the model has any. */
export function refuseWithoutAttention(contents: readonly PartContent[]): void {
  if (contents.some((content) => content.facts.sites.length > 0)) return;
  refuse('noAttention', { file: contents.map((content) => content.file.path).join(' and '), reason: reasonOf(contents) });
}
