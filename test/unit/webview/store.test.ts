// The panel's own state: steps of the cursor, what is kept, keys; and the views that its tabs switch.

import { describe, expect, it } from 'vitest';
import { globalKeys } from '../../../webview/keys';
import { type Step, Store, stepIn, tableStart } from '../../../webview/store';
import type { ViewKind } from '../../../webview/view/context';
import { needsOf, viewBeside, viewShown } from '../../../webview/view/viewShown';
import { unflat } from '../../support/flatState';
import { fakeModel } from '../host/fakeRun';
import { runOf, viewOf } from '../present/fixtures';

it.each([
  ['ArrowUp', 0, 1],
  ['ArrowDown', 1, 1],
  ['ArrowLeft', 0, 0],
  ['ArrowRight', 0, 2],
  ['Home', 0, 0],
  ['End', 0, 2],
] as const)('%s goes to row %d, column %d', (step: Step, row, column) => {
  expect(stepIn({ row: 0, column: 1 }, step, { rows: 2, columns: 3 })).toEqual({ row, column });
});

describe('store and keys', () => {
  it('tells of changes only', () => {
    let changes = 0;
    const keptChanges: boolean[] = [];
    const store = new Store({ isTable: true }, (isKeptChange) => {
      changes++;
      keptChanges.push(isKeptChange);
    });
    store.set({ isTable: true, hover: null });
    expect(changes).toBe(0);
    store.set({ hover: { query: 1, key: 2 } });
    store.set({ hover: { query: 1, key: 2 } });
    expect(changes).toBe(1);
    expect(store.kept).toEqual({ isTable: true, isUnitDomain: false, isOwnScale: false, isShelfFolded: null });
    store.set({ isUnitDomain: true });
    expect(keptChanges).toEqual([false, true]);
  });

  it('leaves the table where it is for one run only, and begins at the focus row', () => {
    const store = new Store({}, () => undefined);
    store.set({ tableFrom: { query: 64, key: 128, heldFor: 7 } });
    expect([7, 8].map((runId) => tableStart(store.state, runId, 70))).toEqual([
      { query: 64, key: 128 },
      { query: 70, key: 0 },
    ]);
  });

  it('undoes one thing per Escape, and leaves keys with modifiers and those of a text field alone', () => {
    const store = new Store({}, () => undefined);
    const actions = { setUi: (change: object) => store.set(change), openDetails: (openDetails: null) => store.set({ openDetails }) } as never;
    const press = globalKeys({ ui: () => store.state, actions, views: [] as never, afterSwitch: () => undefined });
    const key = (name: string, change = {}) =>
      press({ key: name, ctrlKey: false, metaKey: false, altKey: false, defaultPrevented: false, ...change } as KeyboardEvent);
    key('t', { ctrlKey: true });
    // A letter that is written stays in the page: VS Code has commands on letters.
    let stayed = 0;
    const stopPropagation = () => stayed++;
    key('t', { target: { tagName: 'INPUT' }, stopPropagation });
    expect([store.state.isTable, stayed]).toEqual([false, 1]);
    key('t');
    key('0');
    store.set({ openDetails: 'badge', hover: { query: 0, key: 0 } });
    expect(store.state).toMatchObject({ isTable: true, isUnitDomain: true });
    const seen = [1, 2, 3].map(() => {
      key('Escape');
      return [store.state.openDetails !== null, store.state.hover === null, store.state.isTable];
    });
    expect(seen).toEqual([
      [false, false, true],
      [false, false, false],
      [false, true, false],
    ]);
  });
});

describe('the views', () => {
  const value = { of: 'activation', runId: 7, activation: 'z', tower: 'encoder', layer: 0, kind: 'self' } as const;
  const plain = { group: 'attention', keys: [], readout: () => undefined } as const;
  const first: ViewKind = {
    ...plain,
    id: 'first',
    label: 'First',
    refusal: () => undefined,
    needs: () => [],
    model: () => null,
    draw: () => undefined as never,
  };
  const other: ViewKind = {
    ...plain,
    id: 'other',
    label: 'Other',
    refusal: ({ view }) => (view?.head === null ? 'a mean of heads has none' : undefined),
    needs: () => [value],
    model: () => null,
    draw: () => undefined as never,
  };
  const list = [first, other] as const;
  const stateWith = (change: Parameters<typeof viewOf>[0]) =>
    unflat({
      phase: { name: 'ready' },
      model: fakeModel('m'),
      modelLabel: 'm',
      given: {},
      selection: null,
      run: runOf(),
      view: viewOf(change),
      problem: null,
      specialTokens: 'dim',
    });

  it.each([
    ['the one that is named', { tab: 'other' }, 'other', [value]],
    ['the first where no view has the name', { tab: 'gone' }, 'first', []],
    ['one that says why it cannot be had, and asks for nothing', { tab: 'other', head: null }, 'other', []],
  ] as const)('show %s', (_, change, id, needs) => {
    expect([viewShown(list, stateWith(change)).id, needsOf(list)(stateWith(change))]).toEqual([id, needs]);
  });

  it.each([
    ['the next', { tab: 'first' }, 1, 'other'],
    ['round the end', { tab: 'other' }, 1, 'first'],
    ['round the beginning', { tab: 'first' }, -1, 'other'],
    ['none that cannot be had', { tab: 'first', head: null }, 1, undefined],
    ['away from one that cannot be had', { tab: 'other', head: null }, -1, 'first'],
  ] as const)('lead to %s', (_, change, step, id) => expect(viewBeside(list, stateWith(change), step)?.id).toBe(id));
});
