// Heads that have a softmax each (one small attention per head, joined by Concat) become one site with several parts.

import type { CaptureRef } from '../facts/captures';
import type { FoundSite } from '../facts/foundSite';
import type { ScoreStep } from '../facts/site';
import type { OnnxNode } from '../file/model';
import type { Graph } from '../graph/graph';
import { unsqueezed } from '../graph/sideOps';
import { findProjection } from './followOutput';

/** Place of a part among the Concat's inputs. */
function placeIn(graph: Graph, concat: OnnxNode, mixed: string): number {
  const later = graph.descendants(mixed);
  return concat.inputs.findIndex((name) => later.has(name));
}

function joinedSteps(graph: Graph, parts: readonly FoundSite[]): readonly ScoreStep[] | undefined {
  const lists = parts.map((part) => part.scoreSteps);
  const [first] = lists;
  if (!first || lists.some((list) => list?.length !== first.length)) return undefined;
  const steps = first.map((step, i) =>
    joinedStep(
      graph,
      lists.map((list) => list?.[i] as ScoreStep),
      step,
    ),
  );
  return steps.every((step) => step !== undefined) ? steps : undefined;
}

function joinedRefs(graph: Graph, refs: readonly CaptureRef[]): CaptureRef {
  const [first] = refs;
  if (first && refs.every((ref) => JSON.stringify(ref) === JSON.stringify(first))) return first;
  if (refs.every((ref) => ref.every((one) => /[*h]/.test(one.axes)))) return refs.flat();
  // A term without a head axis gets one of size 1.
  return refs.flatMap((ref) => ref.map((one) => ({ tensor: unsqueezed(graph, one.tensor, [0]), axes: `h${one.axes}` })));
}

function joinedStep(graph: Graph, steps: readonly ScoreStep[], first: ScoreStep): ScoreStep | undefined {
  if (steps.some((step) => step.op !== first.op)) return undefined;
  if (first.op === 'add') {
    const term = joinedRefs(
      graph,
      steps.flatMap((step) => (step.op === 'add' ? [step.term] : [])),
    );
    return { ...first, term };
  }
  if (first.op === 'where') {
    const condition = joinedRefs(
      graph,
      steps.flatMap((step) => (step.op === 'where' ? [step.condition] : [])),
    );
    const isEqual = steps.every(
      (step) => step.op === 'where' && JSON.stringify(step.otherwise) === JSON.stringify(first.otherwise) && step.keepWhen === first.keepWhen,
    );
    return isEqual ? { ...first, condition } : undefined;
  }
  return steps.every((step) => JSON.stringify(step) === JSON.stringify(first)) ? first : undefined;
}

function asOneSite(graph: Graph, parts: readonly FoundSite[], concat: OnnxNode): FoundSite {
  const [first] = parts as readonly [FoundSite];
  const steps = joinedSteps(graph, parts);
  const captures: Record<string, CaptureRef> = {};
  for (const name of Object.keys(first.captures) as (keyof FoundSite['captures'])[]) {
    const refs = parts.map((part) => part.captures[name]);
    if (refs.every((ref) => ref !== undefined)) captures[name] = refs.flat();
  }
  const { scoreSteps: _, heads: _heads, ...rest } = first;
  return {
    ...rest,
    recognisedAs: `${first.recognisedAs} for each head, joined by Concat`,
    nodes: parts.flatMap((part) => part.nodes),
    captures,
    heads: parts.length,
    mixed: concat.outputs[0] as string,
    ...(steps ? { scoreSteps: steps } : { whyUnchecked: 'the steps from q·kᵀ to the scores differ from head to head' }),
  };
}

/** Joins sites whose head mixes meet in one Concat before the same output projection. */
export function joinHeads(graph: Graph, sites: readonly FoundSite[]): FoundSite[] {
  if (sites.length < 2) return [...sites];
  const groups = new Map<OnnxNode, FoundSite[]>();
  const concats = sites.map((site) => (site.isRecurrent || site.isRecomputed ? undefined : findProjection(graph, site.mixed)?.concat));
  sites.forEach((site, i) => {
    const concat = concats[i];
    if (concat) groups.set(concat, [...(groups.get(concat) ?? []), site]);
  });
  const done = new Set<OnnxNode>();
  return sites.flatMap((site, i) => {
    const concat = concats[i];
    const parts = concat ? (groups.get(concat) as FoundSite[]) : [];
    if (!concat || parts.length < 2) return [site];
    if (done.has(concat)) return [];
    done.add(concat);
    const places = new Map(parts.map((part) => [part, placeIn(graph, concat, part.mixed)]));
    return [
      asOneSite(
        graph,
        [...parts].sort((a, b) => (places.get(a) as number) - (places.get(b) as number)),
        concat,
      ),
    ];
  });
}
