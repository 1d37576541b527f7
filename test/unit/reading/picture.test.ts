// From state and slices to the picture, and from the picture to rows and columns.

import { describe, expect, it } from 'vitest';
import type { InspectionState } from '../../../src/core/inspection';
import { captureName } from '../../../src/core/names';
import type { Outcome } from '../../../src/core/problem';
import { type PackQuestion, type QuestionOf, questionName } from '../../../src/core/question';
import { pack, type TensorPack } from '../../../src/core/tensorPack';
import { isMaskedCell } from '../../../src/present/map/matrixModel';
import { cellOfEntry, cellUnder, entryOfCell, mapScene, numbersFrom } from '../../../src/reading/mapScene';
import { isSamePicture, type PictureState, rankIn, type WeightPicture, weightPictureOf } from '../../../src/reading/picture';
import { type ShownOptions, shownFor } from '../../../src/reading/shown';
import { Slices } from '../../../src/reading/slices';
import { actionsOf } from '../../../webview/actions';
import { Store } from '../../../webview/store';
import { type FlatState, flat, unflat } from '../../support/flatState';
import { runOf, siteOf, viewOf } from '../present/fixtures';

const state = (change: Partial<FlatState> = {}): InspectionState =>
  unflat({
    phase: { name: 'ready' },
    model: null,
    modelLabel: 'm',
    given: {},
    selection: null,
    run: runOf(),
    view: viewOf(),
    problem: null,
    specialTokens: 'dim',
    ...change,
  });
const room = { pixelRatio: 1, availableWidth: 600, rowLabelWidth: 60, columnLabelHeight: 40, rightMargin: 20 };

type Activations = (question: QuestionOf<'activation'>) => Promise<Outcome<TensorPack>>;

/** Thumbnails are answered as any activation is. */
function slicesOf(given: InspectionState, answer: Activations): Slices {
  const slices = new Slices({ source: { read: (question) => answer(question as QuestionOf<'activation'>) }, onChange: () => undefined });
  slices.keepRuns([given.subjects[0].run?.runId ?? 0]);
  return slices;
}

/** The picture once everything that it asks for has been answered. */
async function settled(given: InspectionState, slices: Slices): Promise<PictureState> {
  weightPictureOf(given, slices);
  await new Promise((resolve) => setTimeout(resolve));
  return weightPictureOf(given, slices);
}

/** Slices whose values are `weightAt(0)`, `weightAt(1)` …; scores cannot be had. */
async function slicesFor(given: InspectionState, count = 25, weightAt = (i: number) => i / 100): Promise<Slices> {
  const slices = slicesOf(given, async (key) => {
    if (captureName(key).endsWith('scores')) throw new Error('absent');
    return { ok: true, value: pack([{ name: 'values', dims: [count], data: Float32Array.from({ length: count }, (_, i) => weightAt(i)) }]) };
  });
  await settled(given, slices);
  return slices;
}

async function ready(given = state(), weightAt?: (i: number) => number): Promise<WeightPicture> {
  const found = weightPictureOf(given, await slicesFor(given, 25, weightAt));
  if (found.state !== 'ready') throw new Error(`no picture: ${found.state}`);
  return found.picture;
}

describe('picture', () => {
  it('has no picture without a run, and refuses a site whose check failed without asking for its numbers', async () => {
    expect(weightPictureOf(state({ run: null, view: null }), await slicesFor(state())).state).toBe('none');
    const refused = state({ run: runOf({ sites: [siteOf(0), siteOf(1, { isTrusted: false })] }) });
    expect(weightPictureOf(refused, await slicesFor(refused))).toMatchObject({ state: 'refused', reason: null });
  });

  it('refuses numbers of another size instead of drawing them', async () => {
    const found = weightPictureOf(state(), await slicesFor(state(), 24));
    expect(found).toMatchObject({ state: 'refused', reason: 'The map has 24 numbers, 25 were expected.' });
  });

  it('labels tokens, ranks cells, and does without scores that cannot be had', async () => {
    const picture = await ready();
    expect(picture.keyLabels).toEqual(['[CLS]', 'crashed', 'the', 'server', '[SEP]']);
    expect(rankIn(picture, 3, 4)).toEqual({ rank: 1, of: 5 });
    expect(picture.scores).toBeUndefined();
  });

  it('counts only cells that are not masked', async () => {
    const isLater = (i: number) => i % 5 > Math.floor(i / 5);
    const picture = await ready(state({ run: runOf({ sites: [siteOf(1, { isCausal: true })] }) }), (i) => (isLater(i) ? 0 : i / 100));
    expect(rankIn(picture, 2, 2)).toEqual({ rank: 1, of: 3 });
  });

  it('asks for the mean of a layer ready made, and knows its masked cells', async () => {
    const given = state({ view: viewOf({ head: null }) });
    const asked: string[] = [];
    const slices = slicesOf(given, async (key) => {
      asked.push(`${key.activation} ${key.head ?? 'all'} ${key.isHeadMean}`);
      const data = new Float32Array(25).fill(key.activation === 'scores' ? Number.NEGATIVE_INFINITY : 0.5);
      if (key.activation === 'pattern') data[4] = 0;
      return { ok: true, value: pack([{ name: 'values', dims: [5, 5], data }]) };
    });
    const [a, b] = [await settled(given, slices), weightPictureOf(given, slices)];
    if (a.state !== 'ready' || b.state !== 'ready') throw new Error('no picture');
    expect(asked).toEqual(['pattern all true', 'scores all true']);
    expect([4, 0].map((key) => isMaskedCell(a.picture, 0, key))).toEqual([true, false]);
    expect(isSamePicture(a.picture, b.picture)).toBe(true);
    expect(isSamePicture(a.picture, { ...b.picture, view: viewOf({ focus: 1 }) })).toBe(false);
  });

  it('waits for the scores, without which masked cells would look like measured zeros', async () => {
    const given = state();
    const never = new Promise<never>(() => undefined);
    const slices = slicesOf(given, async (key) =>
      key.activation === 'scores' ? never : { ok: true, value: pack([{ name: 'values', dims: [25], data: new Float32Array(25) }]) },
    );
    expect((await settled(given, slices)).state).toBe('loading');
  });
});

const plain: ShownOptions = { needs: () => [], isOwnScale: false };

describe('what is shown', () => {
  const badge = (name: 'verified' | 'failed') => ({ ...runOf().badge, state: name });
  const before = state({ modelLabel: 'old', run: runOf({ badge: badge('verified') }) });
  const after = state({ modelLabel: 'new', run: runOf({ runId: 8, badge: badge('failed') }) });

  it('keeps all of the run before together until the new one can be drawn, and takes no clicks for it', async () => {
    const slices = await slicesFor(before);
    const first = shownFor(before, slices, plain, undefined);
    slices.keepRuns([8]);
    const held = shownFor(after, slices, plain, first);
    expect([flat(held.state).modelLabel, flat(held.state).run?.badge.state, held.awaits]).toEqual(['old', 'verified', 'run']);
    expect([held.picture, held.thumbnails]).toEqual([first.picture, first.thumbnails]);
    // A second subject stays beside it.
    const [other] = after.subjects;
    const both = { ...first, state: { ...before, subjects: [before.subjects[0], other] as const } };
    expect(shownFor(after, slices, plain, both).state.subjects[1]).toBe(other);
    const sent: string[] = [];
    const api = new Proxy({}, { get: (_, name) => async () => sent.push(String(name)) }) as Parameters<typeof actionsOf>[0];
    const click = ({ awaits }: { awaits: 'nothing' | 'site' | 'run' }) => {
      const actions = actionsOf(api, new Store({}, () => undefined), () => awaits);
      actions.showFocus(4);
      actions.showHead(siteOf(0), 1);
      actions.revealToken('source', 4);
      return sent.splice(0);
    };
    expect(click(held)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve));
    const shown = shownFor(after, slices, plain, held);
    expect([flat(shown.state).modelLabel, flat(shown.state).run?.badge.state, shown.awaits]).toEqual(['new', 'failed', 'nothing']);
    expect(click(shown)).toEqual(['showFocus', 'showHead', 'revealToken']);
  });

  it('keeps the picture of another head while its numbers come; tokens of another site are not its own', async () => {
    const slices = await slicesFor(before);
    const first = shownFor(before, slices, plain, undefined);
    const awaits = (change: Parameters<typeof viewOf>[0]) => shownFor({ ...before, view: viewOf(change) }, slices, plain, first);
    expect(awaits({ head: 0 })).toMatchObject({ awaits: 'nothing', picture: first.picture });
    expect(awaits({ site: { tower: 'encoder', layer: 0, kind: 'self' } })).toMatchObject({ awaits: 'site', picture: first.picture });
  });
});

describe('a view with questions of its own', () => {
  const value: PackQuestion = { of: 'activation', runId: 7, activation: 'z', tower: 'encoder', layer: 1, kind: 'self', head: 0 };
  const needs = ({ subjects: [{ run }] }: InspectionState) => [{ ...value, runId: run?.runId ?? 0 }];

  it('is answered by name, and what is there of the head is shown meanwhile', async () => {
    const given = state();
    const slices = slicesOf(given, async ({ activation }) =>
      activation === 'z' ? new Promise<never>(() => undefined) : { ok: true, value: pack([{ name: 'values', dims: [25], data: new Float32Array(25) }]) },
    );
    await settled(given, slices);
    const shown = shownFor(given, slices, { ...plain, needs }, undefined);
    expect([shown.picture.state, shown.answers.get(questionName(value))]).toEqual(['ready', { state: 'loading' }]);
    const after = state({ run: runOf({ runId: 8 }) });
    slices.keepRuns([7, 8]);
    await settled(after, slices);
    expect(shownFor(after, slices, { ...plain, needs }, shown)).toMatchObject({ awaits: 'run', picture: shown.picture, answers: shown.answers });
    expect(shownFor(after, slices, plain, shown)).toMatchObject({ awaits: 'nothing', picture: { picture: { run: { runId: 8 } } } });
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
