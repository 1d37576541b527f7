// The answer of `diff`, for a person and as JSON. Pure.

import { unbounded } from '../../core/check';
import type { DiffSide, ModelDiff, TensorDeviation } from '../../core/modelDiff';
import { printable } from '../../core/problem';
import { engineName } from '../../present/words/engineWords';
import { counted } from '../../present/words/modelFacts';

/** Tensors of other shapes, and such as hold no numbers on one side, have no difference. */
const known = (size: number): number | null => (size < unbounded ? size : null);

/** `relative` is |a − b| by the number itself or by the tensor's largest, whichever is larger; `checks` are those of both sides, in their order. */
export function diffJson({ first, deviations, tolerance, sides }: ModelDiff): object {
  return {
    first,
    tolerance,
    deviations: deviations.map((one) => ({ ...one, absolute: known(one.absolute), relative: known(one.relative) })),
    checks: sides.map(({ engine, badge, checks, problem }) => ({ engine, badge: badge?.state ?? null, checks, ...(problem && { problem: problem.message }) })),
  };
}

/** Of a long list so many: the worst, in the order of the graph. */
const mostLines = 12;

const lineOf = ({ tensor, node, absolute, relative }: TensorDeviation) =>
  `  ${tensor} (${node}): ${absolute < unbounded ? `${absolute.toExponential(1)}, relative ${relative.toExponential(1)}` : 'no difference can be given, as the shapes differ or one side holds no numbers'}`;
const sideText = ({ engine, badge, problem }: DiffSide) => `${engineName(engine)} ${engine.version}, ${badge?.state ?? problem?.message ?? ''}`;

function worstOf(deviations: readonly TensorDeviation[]): readonly TensorDeviation[] {
  const least = [...deviations].sort((a, b) => b.relative - a.relative)[mostLines - 1]?.relative ?? 0;
  return deviations.filter(({ relative }) => relative >= least && relative > 0).slice(0, mostLines);
}

export function diffText({ first, deviations, tolerance, sides }: ModelDiff): string {
  const off = deviations.filter(({ relative }) => relative > tolerance).length;
  const says = first
    ? `They part first at ${first.tensor} (${first.node}); ${off} of ${counted(deviations.length, 'tensor')} are off by more than ${tolerance}.`
    : `They agree: ${counted(deviations.length, 'tensor')}, none off by more than ${tolerance}.`;
  const lines = worstOf(deviations);
  return [
    ...sides.map((side, i) => `${i === 0 ? 'first' : 'second'}: ${sideText(side)}`),
    says,
    ...(lines.length > 0 ? ['largest deviations, in the order of the graph:', ...lines.map(lineOf)] : []),
  ]
    .map(printable)
    .join('\n');
}
