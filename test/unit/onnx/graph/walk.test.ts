import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../src/onnx/file/readModel';
import { Graph } from '../../../../src/onnx/graph/graph';
import { reached, type Walkable, walk, walkDown, walkUp } from '../../../../src/onnx/graph/walk';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

/** x is read by two branches of different length, which are added up. */
const branches: readonly NodeRow[] = [
  ['Neg', 'x', 'a'],
  ['Abs', 'x', 'b'],
  ['Exp', 'a', 'a1'],
  ['Log', 'a1', 'a2'],
  ['Add', 'a2 b', 'sum'],
];

/** Starts of a walk. */
const from = (...tensors: readonly string[]) => tensors;

const graphOf = (nodes: readonly NodeRow[], outputs = ['sum']) => new Graph(readModel(onnxModel({ nodes, inputs: { x: [1, 'n'] }, outputs })));

/** Two tensors that are made from each other: no file is read so, but a walk must not rest on that. */
function circle(): Walkable & { steps: number } {
  const [there, back] = [
    ['a', 'b'],
    ['b', 'a'],
  ].map(([from, to]) => ({ op: 'Neg', inputs: [from], outputs: [to], implicit: [] })) as never[];
  return {
    steps: 0,
    maker: (name) => (name === 'b' ? there : back),
    readers: (name) => [{ node: (name === 'a' ? there : back) as never, slot: 0 }],
    spend() {
      this.steps++;
    },
  };
}

describe('a walk', () => {
  const seenDown = (order?: 'breadth' | 'depth') => {
    const seen: string[] = [];
    walkDown(graphOf(branches), from('x'), order ? { order } : {}, ({ node }, _, go) => {
      seen.push(node.outputs[0] as string);
      return go(node.outputs);
    });
    return seen;
  };

  it('comes to the nearest first', () => {
    expect(seenDown()).toEqual(['a', 'b', 'a1', 'sum', 'a2', 'sum']);
    expect(seenDown('breadth')).toEqual(seenDown());
  });

  it('goes on from what was found last where asked for', () => {
    expect(seenDown('depth')).toEqual(['a', 'b', 'sum', 'a1', 'a2', 'sum']);
  });

  it('goes up to what makes a tensor, and sees an input without a maker', () => {
    const seen: string[] = [];
    walkUp(graphOf(branches), from('sum'), {}, (node, name, go) => {
      seen.push(`${name}: ${node?.op ?? 'input'}`);
      return go(node?.inputs ?? []);
    });
    expect(seen).toEqual(['sum: Add', 'a2: Log', 'b: Abs', 'a1: Exp', 'x: input', 'a: Neg']);
  });

  it('ends with what a visit gives', () => {
    const visited: string[] = [];
    const found = walkUp(graphOf(branches), from('sum'), {}, (node, name, go) => {
      visited.push(name);
      return node?.op === 'Log' ? node.op : go(node?.inputs ?? []);
    });
    expect({ found, visited }).toEqual({ found: 'Log', visited: ['sum', 'a2'] });
    expect(walkUp(graphOf(branches), from('sum'), {}, () => undefined)).toBeUndefined();
    expect(walkUp(graphOf(branches), from('sum'), {}, () => false)).toBe(false);
  });

  it('stops where it knows of as many places as it may, and says so if asked', () => {
    const chain = Array.from({ length: 50 }, (_, i): NodeRow => ['Neg', i === 0 ? 'x' : `t${i - 1}`, `t${i}`]);
    const graph = graphOf(chain, ['t49']);
    let visits = 0;
    const options = { limit: 10, atLimit: 'too far' };
    const next = (node: { readonly inputs: readonly string[] } | undefined) => node?.inputs ?? [];
    const end = walkUp(graph, from('t49'), options, (node, _, go) => {
      visits++;
      return go(next(node));
    });
    expect({ end, visits }).toEqual({ end: 'too far', visits: 9 });
    expect(reached(graph, ['t49'], { limit: 10 }, (name) => next(graph.maker(name))).size).toBe(10);
    expect(reached(graph, ['t49'], {}, (name) => next(graph.maker(name))).size).toBe(51);
  });

  it.each(['breadth', 'depth'] as const)('ends in a circle, %s first', (order) => {
    const graph = circle();
    expect([...reached(graph, ['a'], { order }, (name) => graph.maker(name)?.inputs ?? [])]).toEqual(['a', 'b']);
    expect(walkDown(graph, from('a'), { order }, ({ node }, _, go) => go(node.outputs))).toBeUndefined();
    expect(graph.steps).toBe(2 + 2 + 2);
  });

  it('ends where a place is never the same twice, by the count of steps of the graph', () => {
    const graph = circle();
    const isSpent = () => graph.steps > 1000;
    const spend = graph.spend.bind(graph);
    graph.spend = () => {
      spend();
      if (isSpent()) throw new Error('too large');
    };
    const grown = { key: ({ length }: { readonly name: string; readonly length: number }) => String(length) };
    expect(() => walk(graph, [{ name: 'a', length: 0 }], grown, ({ length }, go) => go([{ name: 'a', length: length + 1 }]))).toThrow('too large');
  });

  it('comes to a tensor again where its caller says that it is another place', () => {
    const graph = graphOf(branches);
    const seen: string[] = [];
    const key = ({ name, isPast }: { readonly name: string; readonly isPast: boolean }) => `${name} ${isPast}`;
    walkUp(graph, [{ name: 'sum', isPast: false }], { key }, (node, { name, isPast }, go) => {
      if (name === 'x') seen.push(String(isPast));
      return go((node?.inputs ?? []).map((one) => ({ name: one, isPast: isPast || node?.op === 'Log' })));
    });
    expect(seen).toEqual(['false', 'true']);
  });

  it('passes by inputs that are left out', () => {
    const graph = graphOf([['Clip', 'x _ x', 'sum']]);
    expect([...reached(graph, ['sum', ''], {}, (name) => graph.maker(name)?.inputs ?? [])]).toEqual(['sum', 'x']);
  });

  it('comes to a node with many ways to it once for each of its tensors', () => {
    const twice = Array.from({ length: 40 }, (_, i): NodeRow => ['Add', i === 0 ? 'x x' : `t${i - 1} t${i - 1}`, `t${i}`]);
    let visits = 0;
    walkUp(graphOf(twice, ['t39']), from('t39'), {}, (node, _, go) => {
      visits++;
      return go(node?.inputs ?? []);
    });
    expect(visits).toBe(41);
  });
});
