// Axes of a product of two tensors: r rows of the left, c what is summed over, n columns of the right, * or h all others.

import type { OnnxNode } from '../file/model';
import { operandSlots, repeating, reshaping } from './operations';

export interface ProductAxes {
  readonly left: string;
  readonly right: string;
  readonly out: string;
  readonly leftName: string;
  readonly rightName: string;
  readonly outName: string;
}

/** Letters of an Einsum of two operands; undefined for sums over one operand alone, repeated letters or ellipses in the middle. */
function einsumAxes(equation: string): { left: string; right: string; out: string } | undefined {
  const [inputs, out] = equation
    .replace(/\s/g, '')
    .replace(/\.\.\./g, '*')
    .split('->');
  const [left, right, more] = (inputs ?? '').split(',');
  if (left === undefined || right === undefined || out === undefined || more !== undefined) return undefined;
  const onlyIn = (one: string, other: string) => [...out].filter((letter) => one.includes(letter) && !other.includes(letter));
  const rows = onlyIn(left, right).at(-1);
  const columns = onlyIn(right, left).at(-1);
  const shared = [...left].filter((letter) => right.includes(letter) && !out.includes(letter));
  const isWhole = [...left, ...right].every((letter) => out.includes(letter) || shared.includes(letter));
  if (rows === undefined || columns === undefined || shared.length === 0 || !isWhole) return undefined;
  const named = (letters: string) =>
    [...letters].map((letter) => (letter === '*' ? '*' : shared.includes(letter) ? 'c' : letter === rows ? 'r' : letter === columns ? 'n' : 'h')).join('');
  return { left: named(left), right: named(right), out: named(out) };
}

/** The axes of both operands and of the result; undefined where the operation is no product of matrices. */
export function productAxes(node: OnnxNode): ProductAxes | undefined {
  const slots = operandSlots(node);
  if (!slots) return undefined;
  const names = { leftName: node.inputs[slots[0]] as string, rightName: node.inputs[slots[1]] as string, outName: node.outputs[0] as string };
  if (node.op === 'Einsum') {
    const axes = einsumAxes(node.attributes.get('equation')?.text ?? '');
    return axes && { ...axes, ...names };
  }
  const isSet = (name: string) => (node.attributes.get(name)?.int ?? 0) !== 0;
  if (isSet('transBatchA') || isSet('transBatchB')) return undefined;
  return { left: isSet('transA') ? '*cr' : '*rc', right: isSet('transB') ? '*nc' : '*cn', out: '*rn', ...names };
}

/** Replaces letters: `relettered('*rc', { r: 'q', c: 'e' })` is `*qe`. */
export function relettered(axes: string, letters: Readonly<Record<string, string>>): string {
  return [...axes].map((letter) => letters[letter] ?? letter).join('');
}

/** Axes with `*` written out for a tensor of this rank. */
export function spelledOut(axes: string, rank: number): string {
  const free = rank - (axes.length - 1);
  return axes.includes('*') && free >= 0 ? axes.replace('*', 'h'.repeat(free)) : axes;
}

/**
 * Axes of a node's input from those of its output; undefined where they cannot be told. Reshapes are taken to keep the last two axes:
 * sizes that do not fit are found when the numbers are checked.
 */
export function axesBefore(node: OnnxNode, axes: string, rankIn: number | undefined): string | undefined {
  if (node.op === 'Transpose') {
    const perm = node.attributes.get('perm')?.ints ?? [];
    const full = spelledOut(axes, perm.length || (rankIn ?? axes.length));
    if (perm.length === 0) return [...full].reverse().join('');
    if (full.length !== perm.length || perm.some((from) => from < 0 || from >= perm.length)) return undefined;
    const result: string[] = [];
    perm.forEach((from, to) => {
      result[from] = full[to] as string;
    });
    return result.join('');
  }
  if (reshaping.has(node.op) || repeating.has(node.op)) {
    const last = axes.slice(-2);
    return axes.length <= 2 || /[*h1]/.test(last) ? undefined : `*${last}`;
  }
  return axes;
}

/** Axes of a node's output from those of its input; the reverse of `axesBefore`. */
export function axesAfter(node: OnnxNode, axes: string, rank: number | undefined): string | undefined {
  if (node.op !== 'Transpose') return axesBefore(node, axes, rank);
  const perm = node.attributes.get('perm')?.ints ?? [];
  const full = spelledOut(axes, perm.length || (rank ?? axes.length));
  if (perm.length === 0) return [...full].reverse().join('');
  return full.length === perm.length ? perm.map((from) => full[from]).join('') : undefined;
}
