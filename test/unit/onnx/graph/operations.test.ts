import { describe, expect, it } from 'vitest';
import {
  arranges,
  attentionOps,
  carriesValues,
  copies,
  having,
  layoutOps,
  operandSlots,
  pickingSlot,
  recurrentOps,
  reshaping,
  roundedProducts,
  roundingOps,
  valueNames,
} from '../../../../src/onnx/graph/operations';
import { operations } from '../../../../src/onnx/graph/operationTable';

const node = (op: string, inputs: readonly string[] = ['a', 'b', 'c', 'd']) => ({ op, inputs }) as unknown as Parameters<typeof valueNames>[0];

describe('the table of operations', () => {
  it.each([
    ['Reshape', ['a']],
    ['Gather', ['a', 'b', 'c', 'd']],
    ['Where', ['b', 'c']],
    ['ScatterND', ['a', 'c']],
    ['Clip', ['a']],
    ['SomethingElse', ['a', 'b', 'c', 'd']],
  ])('knows which inputs of %s flow into its output', (op, names) => {
    expect(valueNames(node(op))).toEqual(names);
  });

  it('leaves out inputs that are left out', () => {
    expect(valueNames(node('Where', ['c', '', 'b']))).toEqual(['b']);
    expect(valueNames(node('Concat', ['', 'b']))).toEqual(['b']);
  });

  it.each([
    ['Add', true],
    ['SomethingElse', true],
    ['Shape', false],
    ['Less', false],
    ['ConstantOfShape', false],
  ])('knows whether numbers flow through %s: %s', (op, flows) => {
    expect(carriesValues(node(op))).toBe(flows);
  });

  it.each([
    ['MatMul', [0, 1]],
    ['Gemm', [0, 1]],
    ['QLinearMatMul', [0, 3]],
    ['Add', undefined],
  ])('knows the operands of %s', (op, slots) => {
    expect(operandSlots(node(op))).toEqual(slots);
  });

  it('takes only an Einsum of two for a product of two', () => {
    expect(operandSlots(node('Einsum', ['a', 'b']))).toEqual([0, 1]);
    expect(operandSlots(node('Einsum', ['a', 'b', 'c']))).toBeUndefined();
  });

  it('knows which input picks', () => {
    expect(['Gather', 'OneHot', 'Slice'].map((op) => pickingSlot(node(op)))).toEqual([1, 0, undefined]);
  });

  it.each(['constructor', 'toString', '__proto__', 'hasOwnProperty'])('is not fooled by an operation that is called %s', (op) => {
    expect({ values: valueNames(node(op)), operands: operandSlots(node(op)), picks: pickingSlot(node(op)), flows: carriesValues(node(op)) }).toEqual({
      values: ['a', 'b', 'c', 'd'],
      operands: undefined,
      picks: undefined,
      flows: true,
    });
  });

  it('gives the operations that have one of several traits', () => {
    expect(having('layout', 'rounding')).toEqual(new Set([...layoutOps, ...roundingOps]));
    expect([...having('copy')].sort()).toEqual(['Cast', 'Dropout', 'Identity']);
    expect(having()).toEqual(new Set());
  });

  it('holds what belongs together together', () => {
    for (const op of [...copies, ...reshaping]) expect(layoutOps).toContain(op);
    for (const op of roundedProducts) expect(operandSlots(node(op))).toEqual([0, 3]);
    for (const op of [...having('comparing', 'measure')]) expect(carriesValues(node(op))).toBe(false);
    expect([...attentionOps].filter((op) => layoutOps.has(op) || recurrentOps.has(op))).toEqual([]);
    expect(arranges(node('Pad'))).toBe(true);
  });

  it('names only slots that there are, each once', () => {
    for (const { values = [], operands = [], is } of Object.values(operations)) {
      for (const slots of [values, operands]) expect(new Set(slots).size).toBe(slots.length);
      expect(new Set(is).size).toBe(is.length);
    }
  });
});
