// From state and slices to the picture, and from the picture to rows and columns; the cursor's steps; the store.

import { describe, expect, it } from 'vitest';
import type { InspectionState } from '../../../src/core/inspection';
import { captureName } from '../../../src/core/names';
import { pack } from '../../../src/core/tensorPack';
import { globalKeys } from '../../../webview/keys';
import { cellOfEntry, cellUnder, entryOfCell, mapScene, numbersFrom } from '../../../webview/mapScene';
import { isSamePicture, type Picture, pictureOf, rankIn } from '../../../webview/picture';
import { Slices } from '../../../webview/slices';
import { type Step, Store, stepIn } from '../../../webview/store';
import { runOf, siteOf, viewOf } from '../present/fixtures';

const state = (change: Partial<InspectionState> = {}): InspectionState => ({
  phase: { name: 'ready' },
  model: null,
  modelLabel: 'm',
  selection: null,
  run: runOf(),
  view: viewOf(),
  problem: null,
  specialTokens: 'dim',
  ...change,
});
const room = { pixelRatio: 1, availableWidth: 600, rowLabelWidth: 60, columnLabelHeight: 40, rightMargin: 20 };

/** Slices whose values are 0, 0.01, 0.02 …; scores cannot be had. */
async function slicesFor(given: InspectionState, count = 25): Promise<Slices> {
  const slice = async (key: Parameters<Slices['slice']>[0]) => {
    if (captureName(key).endsWith('scores')) throw new Error('absent');
    return { ok: true as const, value: pack([{ name: 'values', dims: [count], data: Float32Array.from({ length: count }, (_, i) => i / 100) }]) };
  };
  const slices = new Slices({ source: { slice, thumbnails: slice as never }, onChange: () => undefined });
  slices.startRun(given.run?.runId ?? 0);
  pictureOf(given, slices);
  await new Promise((resolve) => setTimeout(resolve));
  return slices;
}

async function ready(given = state(), count?: number): Promise<Picture> {
  const found = pictureOf(given, await slicesFor(given, count));
  if (found.state !== 'ready') throw new Error(`no picture: ${found.state}`);
  return found.picture;
}

describe('picture', () => {
  it('has no picture without a run, and refuses a site whose check failed without asking for its numbers', async () => {
    expect(pictureOf(state({ run: null, view: null }), await slicesFor(state())).state).toBe('none');
    const refused = state({ run: runOf({ sites: [siteOf(0), siteOf(1, { isTrusted: false })] }) });
    expect(pictureOf(refused, await slicesFor(refused))).toMatchObject({ state: 'refused', reason: null });
  });

  it('refuses numbers of another size instead of drawing them', async () => {
    const found = pictureOf(state(), await slicesFor(state(), 24));
    expect(found).toMatchObject({ state: 'refused', reason: 'The map has 24 numbers, 25 were expected.' });
  });

  it('labels tokens, ranks cells, and does without scores that cannot be had', async () => {
    const picture = await ready();
    expect(picture.keyLabels).toEqual(['[CLS]', 'crashed', 'the', 'server', '[SEP]']);
    expect(rankIn(picture, 3, 4)).toEqual({ rank: 1, of: 5 });
    expect(picture.scores).toBeUndefined();
  });

  it('counts only cells that are not masked', async () => {
    const picture = await ready(state({ run: runOf({ sites: [siteOf(1, { isCausal: true })] }) }));
    expect(rankIn(picture, 2, 2)).toEqual({ rank: 1, of: 3 });
  });

  it('averages the heads of a layer once', async () => {
    const given = state({ view: viewOf({ head: null }) });
    const slices = await slicesFor(given, 50);
    const [a, b] = [pictureOf(given, slices), pictureOf(given, slices)];
    if (a.state !== 'ready' || b.state !== 'ready') throw new Error('no picture');
    expect(a.picture.weights[0]).toBeCloseTo(0.125, 6);
    expect(isSamePicture(a.picture, b.picture)).toBe(true);
    expect(isSamePicture(a.picture, { ...b.picture, view: viewOf({ focus: 1 }) })).toBe(false);
  });
});

describe('scene', () => {
  it('finds cells under points and back', async () => {
    const scene = mapScene(await ready(), { isUnitDomain: false, specialTokens: 'dim', room });
    expect(cellUnder(scene, (scene.layout.xs[2] ?? 0) + 3, (scene.layout.ys[4] ?? 0) + 3)).toEqual({ query: 4, key: 2 });
    expect(cellUnder(scene, 1, 1)).toBeNull();
    expect(entryOfCell(scene, { query: 3, key: 0 })).toEqual({ row: 3, column: 0 });
    expect(numbersFrom(scene)).toBe(0.02);
  });

  it('has no place for hidden tokens', async () => {
    const scene = mapScene(await ready(), { isUnitDomain: true, specialTokens: 'hide', room });
    expect(entryOfCell(scene, { query: 3, key: 0 })).toBeNull();
    expect(cellOfEntry(scene, { row: 0, column: 0 })).toEqual({ query: 1, key: 1 });
  });

  it('points at the largest weight of a tile', async () => {
    const scene = mapScene(await ready(), { isUnitDomain: false, specialTokens: 'dim', room: { ...room, availableWidth: 83 } });
    expect(scene.model.tile).toBe(2);
    expect(cellOfEntry(scene, { row: 1, column: 1 })).toEqual({ query: 2, key: 2 });
  });
});

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
    const store = new Store({ isTable: true }, () => changes++);
    store.set({ isTable: true, hover: null });
    expect(changes).toBe(0);
    store.set({ hover: { query: 1, key: 2 } });
    store.set({ hover: { query: 1, key: 2 } });
    expect(changes).toBe(1);
    expect(store.kept).toEqual({ isTable: true, isUnitDomain: false });
  });

  it('undoes one thing per Escape, and leaves keys with modifiers alone', () => {
    const store = new Store({}, () => undefined);
    const press = globalKeys(
      () => store.state,
      { setUi: (change: object) => store.set(change) } as never,
      () => undefined,
    );
    const key = (name: string, change = {}) =>
      press({ key: name, ctrlKey: false, metaKey: false, altKey: false, defaultPrevented: false, ...change } as KeyboardEvent);
    key('t', { ctrlKey: true });
    expect(store.state.isTable).toBe(false);
    key('t');
    key('0');
    store.set({ isBadgeOpen: true, hover: { query: 0, key: 0 } });
    expect(store.state).toMatchObject({ isTable: true, isUnitDomain: true });
    const seen = [1, 2, 3].map(() => {
      key('Escape');
      return [store.state.isBadgeOpen, store.state.hover === null, store.state.isTable];
    });
    expect(seen).toEqual([
      [false, false, true],
      [false, true, true],
      [false, true, false],
    ]);
  });
});
