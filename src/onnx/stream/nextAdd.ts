// The next addition to the residual stream after another: forward through whatever is made of it, in order of computation.

import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { carriesValues, valueNames } from '../graph/operations';
import { comesFrom, formsOf, relationTo, type StreamAdd, streamAddAt } from './stream';
import { goesAround } from './streamWays';

export interface NextAdd {
  readonly add: StreamAdd;
  /** What is added, and the stream it is added to. */
  readonly added: string;
  readonly skip: string;
  readonly relation: 'direct' | 'normed';
  /** True where what is added does not depend on the sum: a parallel block. */
  readonly isParallel: boolean;
}

const searchLimit = 3000;

/** Keeps nodes in order of computation; each is given out once. */
class Agenda {
  private readonly nodes: OnnxNode[] = [];
  private readonly seen = new Set<OnnxNode>();

  add(node: OnnxNode): void {
    if (this.seen.has(node)) return;
    this.seen.add(node);
    let at = this.nodes.length;
    while (at > 0 && (this.nodes[at - 1] as OnnxNode).index < node.index) at--;
    this.nodes.splice(at, 0, node);
  }

  next(): OnnxNode | undefined {
    return this.nodes.pop();
  }
}

function matching(graph: Graph, add: StreamAdd, node: OnnxNode, later: ReadonlySet<string>): NextAdd | undefined {
  const next = streamAddAt(graph, node);
  // Inside a norm that is written out, two forms of the same sum are added: nothing new comes in.
  if (!next || comesFrom(graph, next.sum, add.sum)) return undefined;
  const [a, b] = next.operands;
  for (const [skip, added] of [
    [a, b],
    [b, a],
  ] as const) {
    const relation = relationTo(graph, skip, add);
    if (relation) return { add: next, added, skip, relation, isParallel: !later.has(added) };
  }
  return undefined;
}

/** The next addition to the stream after `add`, in order of computation. Where the stream goes around it, it is one inside a branch. */
export function nextAdd(graph: Graph, add: StreamAdd): NextAdd | undefined {
  const later = new Set<string>();
  const agenda = new Agenda();
  const reach = (name: string) => {
    later.add(name);
    for (const { node } of graph.readers(name)) if (carriesValues(node)) agenda.add(node);
  };
  reach(add.sum);
  if (add.normed !== undefined) reach(add.normed);
  for (let node = agenda.next(), count = 0; node && count < searchLimit; node = agenda.next(), count++) {
    graph.spend();
    if (node === add.node || !valueNames(node).some((name) => later.has(name))) continue;
    const found = matching(graph, add, node, later);
    if (found && !goesAround(graph, formsOf(add), found.add.node)) return found;
    for (const name of node.outputs) if (name !== '') reach(name);
  }
  return undefined;
}
