// Plays the host for the gallery: serves recorded scenes over the real channel, so that the page runs the same bundle as in VS Code.
// The numbers of a scene are recorded ones; only the state around them is played.

import { quantile } from '../../src/core/arithmetic';
import { captureName } from '../../src/core/names';
import { type Outcome, problem } from '../../src/core/problem';
import { type QuestionOf, questionName } from '../../src/core/question';
import { type PackEntry, pack, type TensorPack } from '../../src/core/tensorPack';
import type { RunNote, Token } from '../../src/core/token';
import { inEditor } from '../../src/host/inspection/editorProblem';
import { whyUnreadable, withGiven } from '../../src/host/inspection/givenTexts';
import { isMaskedCell } from '../../src/present/map/matrixModel';
import { connect, type Port, serve } from '../../src/protocol/channel';
import type { PanelApi, PanelEvents } from '../../src/protocol/panelApi';
import { type FlatState, unflat } from '../support/flatState';
import { grown, growthOf } from './grownScene';

interface Scene {
  readonly inspection: FlatState;
  readonly tensors: Readonly<Record<string, { readonly dims: readonly number[]; readonly base64: string }>>;
  /** By the name of the question; of some scenes only. */
  readonly packs?: Readonly<Record<string, { readonly headers: TensorPack['headers']; readonly base64: string }>>;
}

const query = new URLSearchParams(location.search);
const ok = <T>(value: T): Outcome<T> => ({ ok: true, value });

interface Variant {
  readonly scene: string;
  readonly change: Partial<FlatState>;
  readonly notes?: readonly RunNote[];
  /** An input that nobody gave a value: the model is refused. */
  readonly openInput?: string;
}

/** States that no recording has: without a run, with a problem, in the middle of a run. */
const variants: Record<string, Variant> = {
  empty: { scene: 'planted', change: { run: null, view: null, selection: null, phase: { name: 'idle' } } },
  loading: { scene: 'planted', change: { run: null, view: null, phase: { name: 'loading', what: 'planted-encoder' } } },
  problem: { scene: 'pair', change: { problem: problem('textEmpty') } },
  unknownWords: {
    scene: 'pair',
    change: {},
    notes: [
      { text: '10 of 10 words are unknown to this model', isWarning: true },
      { text: '<s> was put in front, as tokenizer_config.json asks', isWarning: false },
    ],
  },
  openInput: { scene: 'languages', change: { run: null, view: null, given: {}, phase: { name: 'idle' } }, openInput: 'langs' },
  running: { scene: 'pair', change: { phase: { name: 'running', what: 'notes.txt : 4' } } },
};

/** The state of a scene; older recordings know nothing of inputs, nor of more heads than one. */
function stateOf({ inspection }: Scene, { change, notes, openInput }: Partial<Variant>): FlatState {
  const { model, run } = inspection;
  const whole = { ...inspection, given: inspection.given ?? {}, model: model && { ...model, inputs: model.inputs ?? [], refusal: model.refusal ?? null } };
  const state = {
    ...whole,
    run: run && { ...run, inputs: run.inputs ?? [], notes: notes ?? run.notes, firstSight: { ...run.firstSight, candidates: run.firstSight.candidates ?? [] } },
    ...change,
  };
  return openInput === undefined ? state : withOpenInput(state, openInput);
}

function withOpenInput(state: FlatState, input: string): FlatState {
  const own = state.model?.inputs.find(({ name }) => name === input);
  const refusal = problem('inputUnknown', { input, reason: own?.why ?? '' });
  const inputs = state.model?.inputs.map((one) => (one === own ? { ...one, value: null, evidence: null } : one)) ?? [];
  return { ...state, model: state.model && { ...state.model, inputs, refusal }, problem: inEditor(refusal) };
}

function portOfPage(): Port {
  const listeners: ((message: unknown) => void)[] = [];
  const toHost = (message: unknown) =>
    queueMicrotask(() => {
      for (const listener of listeners) listener(structuredClone(message));
    });
  Object.assign(window, {
    acquireVsCodeApi: () => ({
      postMessage: toHost,
      getState: () => undefined,
      setState: (state: unknown) => {
        Object.assign(window, { keptState: state });
      },
    }),
  });
  return {
    post: (message) => window.postMessage(message),
    onMessage: (listener) => listeners.push(listener),
    onClose: () => undefined,
    close: () => undefined,
  };
}

const bytes = (base64: string) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
const floats = (base64: string) => new Float32Array(bytes(base64).buffer);

/** What `values` [head, …] holds of one head, or its mean over heads. */
function headOf(values: Float32Array, headCount: number, { head, isHeadMean }: Pick<QuestionOf<'activation'>, 'head' | 'isHeadMean'>): Float32Array {
  const size = values.length / headCount;
  if (!isHeadMean) return head === undefined ? values : values.slice(head * size, (head + 1) * size);
  const mean = new Float32Array(size);
  for (let at = 0; at < values.length; at++) mean[at % size] = (mean[at % size] as number) + (values[at] as number) / headCount;
  return mean;
}

function activationOf(scene: Scene, question: QuestionOf<'activation'>): Outcome<TensorPack> {
  const stored = scene.tensors[captureName({ tower: question.tower, layer: question.layer, kind: question.kind, activation: question.activation })];
  if (!stored) return { ok: false, problem: problem('activationAbsent', { activation: question.activation, reason: 'it was not recorded' }) };
  const values = floats(stored.base64);
  const isWhole = question.head === undefined && !question.isHeadMean;
  return { ok: true, value: pack([{ name: 'values', dims: stored.dims.slice(isWhole ? 0 : 1), data: headOf(values, stored.dims[0] ?? 1, question) }]) };
}

function packOf({ packs }: Scene, question: QuestionOf<'steps' | 'headOutputs'>): Outcome<TensorPack> {
  const stored = packs?.[questionName(question)];
  if (!stored) return { ok: false, problem: problem('activationAbsent', { activation: question.of, reason: 'it was not recorded' }) };
  return { ok: true, value: { headers: stored.headers, buffer: bytes(stored.base64).buffer } };
}

/** Largest weight per tile over content tokens, on one scale up to the 99.5th percentile of what is not masked, as the engine pools them. */
function thumbnailsOf(scene: Scene, { tower, kind, maxSide, isOwnScale }: QuestionOf<'thumbnails'>): TensorPack {
  const run = scene.inspection.run;
  const sites = run?.sites.filter((site) => site.tower === tower && site.kind === kind) ?? [];
  const content = (tokens: readonly Token[] = []) => tokens.flatMap((token, i) => (token.isSpecial ? [] : [i]));
  const layers = sites.map((site) => {
    const [rows, columns] = [content(run?.tokens[site.queryTokens]), content(run?.tokens[site.keyTokens])];
    const stored = scene.tensors[captureName({ ...site, activation: 'pattern' })];
    const values = floats(stored?.base64 ?? '');
    const scores = scene.tensors[captureName({ ...site, activation: 'scores' })];
    const ownScores = scores && floats(scores.base64);
    const [, n = 0, m = 0] = stored?.dims ?? [];
    const cells = Array.from({ length: site.headCount }, (_, head) => rows.map((row) => columns.map((column) => values[(head * n + row) * m + column] ?? 0)));
    const keys = run?.tokens[site.keyTokens] ?? [];
    const allowed = cells.flatMap((of, head) => {
      const own = { weights: headOf(values, site.headCount, { head }), scores: ownScores && headOf(ownScores, site.headCount, { head }) };
      const input = { ...own, keys, isCausal: site.isCausal === true && site.kind === 'self' };
      return of.flatMap((row, r) => row.filter((_, c) => !isMaskedCell(input, rows[r] ?? 0, columns[c] ?? 0)));
    });
    return { site, cells, allowed };
  });
  const max = quantile(
    layers.flatMap(({ allowed }) => allowed),
    0.995,
  );
  const entries = layers.map(({ site, cells }): PackEntry => {
    const mean = meanOf(cells);
    const pooled = [...cells, mean].map((head) => pool(head, maxSide));
    const [rows, columns] = [pooled[0]?.length ?? 0, pooled[0]?.[0]?.length ?? 0];
    return {
      name: `L${site.layer}`,
      dims: [site.headCount + 1, rows, columns],
      data: Uint8Array.from(
        pooled.flatMap((one) => one.flat().map((value) => Math.min(255, Math.round((value / (isOwnScale ? Math.max(...one.flat()) || 1 : max)) * 255)))),
      ),
    };
  });
  return pack([...entries, { name: 'domain', dims: [2], data: Float32Array.of(0, max) }]);
}

/** Cell by cell over the heads. */
function meanOf(heads: readonly (readonly (readonly number[])[])[]): number[][] {
  return (heads[0] ?? []).map((row, r) => row.map((_, c) => heads.reduce((sum, head) => sum + (head[r]?.[c] ?? 0), 0) / heads.length));
}

function pool(cells: readonly (readonly number[])[], maxSide: number): number[][] {
  const tile = Math.max(1, Math.ceil(Math.max(cells.length, cells[0]?.length ?? 0) / maxSide));
  const side = (count: number) => Math.ceil(count / tile);
  return Array.from({ length: side(cells.length) }, (_, r) =>
    Array.from({ length: side(cells[0]?.length ?? 0) }, (__, c) =>
      Math.max(...cells.slice(r * tile, (r + 1) * tile).flatMap((row) => row.slice(c * tile, (c + 1) * tile))),
    ),
  );
}

/** The scene as recorded, or grown to `size=12x12x96`. */
function sceneOf(recorded: Scene): Scene {
  const size = query.get('size');
  const { run } = recorded.inspection;
  if (size === null || !run) return recorded;
  const { sites, tokens, tensors } = grown(run, recorded.tensors, growthOf(size));
  return { ...recorded, inspection: { ...recorded.inspection, run: { ...run, sites, tokens } }, tensors };
}

async function start(): Promise<void> {
  const name = query.get('scene') ?? 'planted';
  const variant = variants[name];
  const port = portOfPage();
  const scene = sceneOf((await (await fetch(`scenes/${variant?.scene ?? name}.json`)).json()) as Scene);
  let state = stateOf(scene, variant ?? {});
  const page = connect<PanelEvents>(port);
  const calls: string[] = [];
  Object.assign(window, { calls, drawPicture: (form: 'svg' | 'png') => page.drawPicture({ form }), findToken: () => page.findToken({}) });
  const update = async (what: string, change: Partial<FlatState>) => {
    calls.push(what);
    state = { ...state, ...change };
    void page.state(unflat(state)).catch(() => undefined);
  };
  const viewed = (what: string, change: Partial<NonNullable<FlatState['view']>>) => update(what, { view: state.view && { ...state.view, ...change } });
  serve<PanelApi>(port, {
    ready: async () => unflat(state),
    showHead: ({ site, head }) => viewed(`showHead ${site.layer} ${head}`, { site, head, isPinned: true }),
    showCandidate: ({ index }) => {
      const candidate = state.run?.firstSight.candidates[index];
      return viewed(`showCandidate ${index}`, { ...(candidate && { site: candidate.site, head: candidate.head }), isPinned: false });
    },
    unpinHead: () =>
      viewed('unpinHead', {
        isPinned: false,
        ...(scene.inspection.run && { site: scene.inspection.run.firstSight.site, head: scene.inspection.run.firstSight.head }),
      }),
    showFocus: ({ focus }) => viewed(`showFocus ${focus}`, { focus }),
    setView: (change) => viewed('setView', change),
    giveInput: async ({ input, text }) => {
      const reason = whyUnreadable(text);
      if (reason !== undefined) return { isTaken: false, reason };
      // What was recorded with this value, or the model that wants one.
      const given = withGiven(state.given, input, text);
      const isTaken = given[input] !== undefined;
      await update(`giveInput ${input} ${text}`, { ...(isTaken ? stateOf(scene, {}) : stateOf(scene, { ...variants.openInput, openInput: input })), given });
      return { isTaken };
    },
    chooseModel: () => update('chooseModel', {}),
    openExample: () => update('openExample', {}),
    inspectAgain: () => update('inspectAgain', {}),
    revealToken: ({ list, token }) => update(`revealToken ${list} ${token}`, {}),
    stop: () => update('stop', { phase: { name: 'ready' } }),
    dismissProblem: () => update('dismissProblem', { problem: null }),
    read: async (question) => {
      if (question.of === 'thumbnails') return ok(thumbnailsOf(scene, question));
      if (question.of === 'steps' || question.of === 'headOutputs') return packOf(scene, question);
      return question.of === 'activation' ? activationOf(scene, question) : { ok: false, problem: problem('workerStopped') };
    },
  });
  const script = document.createElement('script');
  script.src = query.has('views') ? 'toyViews.js' : 'main.js';
  document.body.append(script);
}

function chooser(name: string, values: readonly string[], current: string): HTMLLabelElement {
  const label = document.createElement('label');
  const select = document.createElement('select');
  select.append(...values.map((value) => new Option(value, value, false, value === current)));
  select.addEventListener('change', () => {
    query.set(name, select.value);
    if (name === 'theme') setTheme(select.value);
    else location.search = String(query);
  });
  label.append(`${name} `, select);
  return label;
}

function setTheme(kind: string): void {
  document.body.dataset.vscodeThemeKind = `vscode-${kind}`;
  document.body.className = `vscode-${kind}`;
  document.documentElement.dataset.theme = kind;
}

setTheme(query.get('theme') ?? 'dark');
if (!query.has('bare')) {
  const scenes = (document.body.dataset.scenes ?? '').split(' ').concat(Object.keys(variants));
  const bar = document.createElement('nav');
  bar.append(
    chooser('scene', scenes, query.get('scene') ?? 'planted'),
    chooser('theme', ['dark', 'light', 'high-contrast', 'high-contrast-light'], query.get('theme') ?? 'dark'),
  );
  document.body.prepend(bar);
}
void start();
