// What an operation does with its inputs, asked of one table: sets of operations by what they are, and questions about one node.

import type { NodePart } from '../file/messages/parts';
import type { OnnxNode } from '../file/model';
import { type Operation, operations, type Trait } from './operationTable';

/** Names come from files: only what stands in the table counts. */
const operationOf = (op: string): Operation | undefined => (Object.hasOwn(operations, op) ? operations[op] : undefined);

/** Operations that have one of these traits. */
export function having(...traits: readonly Trait[]): ReadonlySet<string> {
  return new Set(Object.entries(operations).flatMap(([op, { is }]) => (is.some((trait) => traits.includes(trait)) ? [op] : [])));
}

export const layoutOps = having('layout');
export const roundingOps = having('rounding');
export const attentionOps = having('attention');
export const recurrentOps = having('recurrent');
export const bendOps = having('smallBend');
export const measures = having('measure');
export const fusedSums = having('fusedSum');
export const roundedProducts = having('roundedProduct');
export const convolutions = having('convolution');
export const repeating = having('repeating');
export const reshaping = having('reshaping');
export const copies = having('copy');

const silent = having('silent');

/** Whether numbers flow through the node at all. */
export function carriesValues(node: NodePart): boolean {
  return !silent.has(node.op);
}

/** Names of the inputs whose numbers flow into the output. */
export function valueNames(node: NodePart): string[] {
  const slots = operationOf(node.op)?.values;
  const names = slots ? slots.map((slot) => node.inputs[slot] ?? '') : node.inputs;
  return names.filter((name) => name !== '');
}

/** Everything whose numbers flow into the output, also by way of a graph inside the node. */
export const numbersInto = (node: OnnxNode): string[] => [...valueNames(node), ...node.implicit];

/** Only the first input of these carries numbers on. */
export const arranges = (node: NodePart): boolean => layoutOps.has(node.op) || node.op === 'Pad';

/** The two operands of a product; undefined for other operations. */
export function operandSlots(node: NodePart): readonly [number, number] | undefined {
  if (node.op === 'Einsum' && node.inputs.length !== 2) return undefined;
  return operationOf(node.op)?.operands;
}

/** The input that says which numbers are picked; undefined for operations that pick none. */
export function pickingSlot(node: NodePart): number | undefined {
  return operationOf(node.op)?.picksBy;
}
