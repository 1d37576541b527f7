import { beforeEach, describe, expect, it } from 'vitest';
import { badgeOf, type Check } from '../../../../src/core/check';
import { type Outcome, problem } from '../../../../src/core/problem';
import type { Question, QuestionOf } from '../../../../src/core/question';
import type { FirstSight, RunChecks, RunSummary, SeenRun } from '../../../../src/core/run';
import type { SelectionText } from '../../../../src/core/subject';
import { GivenMemory, givenKey } from '../../../../src/host/inspection/givenTexts';
import { Inspection } from '../../../../src/host/inspection/inspection';
import type { HeldModel, InspectionEngine } from '../../../../src/host/inspection/inspectionEngine';
import type { Answer } from '../../../../src/protocol/ask';
import { ChannelClosed } from '../../../../src/protocol/channel';
import type { InspectParams, LoadedModel, Watching } from '../../../../src/protocol/engineApi';
import { type FlatState, flat } from '../../../support/flatState';
import { encoderSite, fakeModel, fakeRun, modelWithInput } from '../fakeRun';

interface Call {
  readonly params: InspectParams;
  readonly signal: AbortSignal;
  readonly progress: Watching['progress'];
  answer(outcome: Outcome<SeenRun>): void;
  fail(error: Error): void;
}

const candidates = [0, 1].map((head) => ({ site: encoderSite(0), head, key: 1, weight: 0.5, measure: 0.1 }));

/** Every inspect call waits until the test answers it. */
class FakeEngine implements InspectionEngine {
  readonly calls: Call[] = [];
  /** What first sight was asked with, run by run. */
  readonly wishes: Pick<QuestionOf<'firstSight'>, 'caret' | 'previousText'>[] = [];
  private readonly firstSights = new Map<number, FirstSight>();
  readonly kept: string[] = [];
  /** The runs whose requests were kept, with the run that the views had then. */
  readonly keptRuns: (readonly [number, number | undefined])[] = [];
  heldRuns: readonly number[] = [];
  readonly broken = new Set<string>();
  /** Models with an input that nothing shows. */
  readonly wanting = new Map<string, string>();
  private readonly models = new Map<string, number>();
  stopCount = 0;

  isLoaded({ reference, given }: HeldModel): boolean {
    return this.models.has(`${reference} ${givenKey(given)}`);
  }
  async load({ reference, given }: HeldModel): Promise<Outcome<LoadedModel>> {
    if (this.broken.has(reference)) return { ok: false, problem: problem('noAttention', { file: reference, reason: 'none' }) };
    const wanted = this.wanting.get(reference);
    const unknown = Object.keys(given).find((name) => name !== wanted);
    if (unknown !== undefined) return { ok: false, problem: problem('inputMissing', { input: unknown, inputs: '' }) };
    const key = `${reference} ${givenKey(given)}`;
    this.models.set(key, this.models.get(key) ?? this.models.size + 1);
    const description = wanted === undefined ? fakeModel(reference) : modelWithInput(reference, wanted, given[wanted] !== undefined);
    return { ok: true, value: { modelId: this.models.get(key) ?? 0, description, readFiles: [] } };
  }
  inspect(params: InspectParams, { signal, progress }: Watching): Promise<Outcome<RunSummary>> {
    return new Promise((resolve, reject) =>
      this.calls.push({
        params,
        signal,
        progress,
        fail: reject,
        answer: (outcome) => resolve(outcome.ok ? { ok: true, value: this.without(outcome.value) } : outcome),
      }),
    );
  }
  async read(question: Question): Promise<Outcome<Answer>> {
    if (question.of !== 'firstSight') throw new Error('the inspection asks for nothing else');
    if (question.at)
      return { ok: true, value: { ...(this.firstSights.get(question.runId) as FirstSight), focus: question.at.focus, focusWord: 'asked for', candidates } };
    this.wishes.push({ caret: question.caret, previousText: question.previousText });
    return { ok: true, value: this.firstSights.get(question.runId) as FirstSight };
  }
  /** The runs whose later checks were asked for, each waiting for the test. */
  readonly finishing = new Map<number, (outcome: Outcome<RunChecks>) => void>();
  finishChecks(runId: number): Promise<Outcome<RunChecks>> {
    return new Promise((resolve) => this.finishing.set(runId, resolve));
  }
  /** What the engine gives of a run at once: without first sight, which is asked for. */
  private without({ firstSight, ...run }: SeenRun): RunSummary {
    this.firstSights.set(run.runId, firstSight);
    return run;
  }
  holdModels(models: readonly HeldModel[]): void {
    const names = models.map(({ reference, given }) => [reference, ...Object.values(given)].join(' '));
    if (names.join(', ') !== this.kept.at(-1)) this.kept.push(names.join(', '));
  }
  holdRuns(runIds: readonly number[]): void {
    this.heldRuns = runIds;
    const [runId = Number.NaN] = runIds;
    if (!Object.is(runId, this.keptRuns.at(-1)?.[0] ?? Number.NaN)) this.keptRuns.push([runId, flat(inspection.state).run?.runId]);
  }
  stop(): void {
    this.stopCount++;
    this.models.clear();
  }
}

const text = (words: string, start = 0): SelectionText => ({ text: words, uri: 'file:///a.txt', start, label: 'a.txt : 1' });
const settled = () => new Promise((resolve) => setImmediate(resolve));

let engine: FakeEngine;
let inspection: Inspection;
let states: FlatState[];
let errors: unknown[];
let stored: Map<string, unknown>;

beforeEach(() => {
  engine = new FakeEngine();
  errors = [];
  stored = new Map();
  inspection = new Inspection({
    engine,
    model: 'bundled:a',
    labelOf: (reference) => reference.replace('bundled:', ''),
    specialTokens: 'dim',
    memory: new GivenMemory({ get: (key) => stored.get(key), update: async (key, value) => void stored.set(key, value) }),
    onError: (error) => errors.push(error),
  });
  states = [];
  inspection.onChange((state) => states.push(flat(state)));
});

/** Inspects and answers with a run of that text. */
async function shown(words: string, runId = 1, change: Partial<SeenRun> = {}): Promise<void> {
  const done = inspection.inspect(text(words));
  await settled();
  engine.calls.at(-1)?.answer({ ok: true, value: fakeRun(runId, words, change) });
  await done;
}

describe('a check that comes after the picture', () => {
  const coming: Check = { identity: 'outputs', site: null, state: 'not run', isComing: true, reason: 'soon', absolute: 0, relative: 0, tolerance: 1e-4 };
  const withCheck = (check: Check): Pick<SeenRun, 'checks' | 'badge'> => ({ checks: [check], badge: badgeOf([check]) });
  const checksIn = () => flat(inspection.state).run?.checks;

  it('is asked for once the picture is there, and completes its badge', async () => {
    await shown('one text', 1, withCheck(coming));
    expect(engine.calls.at(-1)?.params.compareOutputs).toBe('later');
    expect(flat(inspection.state)).toMatchObject({ phase: { name: 'ready' }, run: { badge: { state: 'checking', notes: ['outputs: comparing …'] } } });
    const { isComing: _, ...made } = { ...coming, state: 'holds' as const };
    engine.finishing.get(1)?.({ ok: true, value: { ...fakeRun(1, 'one text'), ...withCheck(made) } });
    await settled();
    expect(flat(inspection.state).run).toMatchObject({ runId: 1, text: 'one text', badge: { state: 'verified' }, firstSight: { head: 2 } });
  });

  it('that fails takes the picture back', async () => {
    await shown('one text', 1, withCheck(coming));
    const { isComing: _, ...made } = { ...coming, state: 'failed' as const, relative: 1 };
    const { sites, ...rest } = fakeRun(1, 'one text');
    engine.finishing.get(1)?.({ ok: true, value: { ...rest, ...withCheck(made), sites: sites.map((site) => ({ ...site, isTrusted: false })) } });
    await settled();
    expect(flat(inspection.state).run?.sites.every((site) => !site.isTrusted)).toBe(true);
    expect(flat(inspection.state).run?.badge.state).toBe('failed');
  });

  it('for which there is no memory is not tried again, and the same text is shown by another engine', async () => {
    await shown('one text', 1, withCheck(coming));
    engine.finishing.get(1)?.({ ok: false, problem: problem('outOfMemory', { reason: 'full' }) });
    await settled();
    const { params } = engine.calls.at(-1) ?? {};
    expect([engine.calls.length, params]).toEqual([
      2,
      expect.objectContaining({ text: 'one text', compareOutputs: false, whyNotCompared: expect.stringMatching(/^there was no memory/) }),
    ]);
    engine.calls.at(-1)?.answer({ ok: true, value: fakeRun(2, 'one text') });
    await settled();
    expect(flat(inspection.state)).toMatchObject({ run: { runId: 2 }, phase: { name: 'ready' }, view: { head: 2 } });
  });

  it('changes nothing of another run, and is said not to have run where it cannot come', async () => {
    await shown('one text', 1, withCheck(coming));
    await shown('another text', 2, withCheck({ ...coming, reason: 'soon, too' }));
    engine.finishing.get(1)?.({ ok: true, value: { ...fakeRun(1, 'one text'), ...withCheck({ ...coming, state: 'failed' }) } });
    await settled();
    expect(checksIn()).toMatchObject([{ isComing: true, reason: 'soon, too' }]);
    engine.finishing.get(2)?.({ ok: false, problem: problem('workerStopped') });
    await settled();
    expect(checksIn()).toEqual([{ ...coming, isComing: undefined, reason: problem('workerStopped').message }]);
    expect(flat(inspection.state).run?.badge.state).toBe('unchecked');
  });
});

describe('from a text to a picture', () => {
  it('loads, runs, and shows what first sight chose', async () => {
    await shown('looks like the server');
    expect(states.map((state) => state.phase)).toEqual([{ name: 'loading', what: 'a' }, { name: 'running', what: 'a.txt : 1' }, { name: 'ready' }]);
    expect(flat(inspection.state)).toMatchObject({
      modelLabel: 'a',
      selection: text('looks like the server'),
      run: { runId: 1 },
      problem: null,
      view: { site: encoderSite(1), head: 2, focus: 4, isPinned: false, tab: 'map' },
    });
  });

  it('loads the model once and tells the engine of the text before', async () => {
    await shown('one text');
    await shown('another text', 2);
    // The same text again is compared as before, so that its focus stays.
    await shown('another text', 3);
    expect(states.filter((state) => state.phase.name === 'loading')).toHaveLength(1);
    expect(engine.wishes.map(({ previousText }) => previousText)).toEqual([undefined, 'one text', 'one text']);
  });

  it('keeps the view for the next text and for another model', async () => {
    await shown('one text');
    inspection.looking.setView({ tab: 'steps' });
    await shown('another text', 2);
    expect(flat(inspection.state).view?.tab).toBe('steps');
    const done = inspection.useModel('/models/b');
    await settled();
    engine.calls.at(-1)?.answer({ ok: true, value: fakeRun(3, 'another text') });
    await done;
    expect(flat(inspection.state)).toMatchObject({ run: { runId: 3 }, view: { tab: 'steps' } });
  });

  it('says so where a run cannot be shown, and does not go on running', async () => {
    await shown('one text');
    const { site: _, ...firstSight } = fakeRun(2, 'another text').firstSight;
    await shown('another text', 2, { firstSight: firstSight as FirstSight });
    expect(flat(inspection.state)).toMatchObject({ phase: { name: 'ready' }, run: { runId: 1 }, problem: { code: 'engineEnded' } });
    expect(errors).toHaveLength(1);
  });

  it('passes the caret on and asks for the part around it of a text that is too long', async () => {
    const done = inspection.inspect({ ...text('looks like'), caret: 6 });
    await settled();
    expect(engine.calls[0]?.params).toEqual({ modelId: 1, text: 'looks like', truncate: true, compareOutputs: 'later', around: 6 });
    engine.calls[0]?.answer({ ok: true, value: fakeRun(1, 'looks like') });
    await done;
    expect(engine.wishes).toEqual([{ caret: 6 }]);
  });
});

it('asks for the part around the focus where another model runs the same text, and for the first one of another text', async () => {
  await shown('looks like the server');
  inspection.looking.showFocus(3);
  const done = inspection.useModel('/models/b');
  await settled();
  expect(engine.calls[1]?.params.around).toBe('looks like '.length);
  engine.calls[1]?.answer({ ok: true, value: fakeRun(2, 'looks like the server') });
  await done;
  void inspection.inspect(text('another text'));
  await settled();
  expect(engine.calls[2]?.params.around).toBeUndefined();
});

describe('latest wins', () => {
  it('drops the answer to an older text, and tells the engine', async () => {
    const first = inspection.inspect(text('first'));
    await settled();
    const second = inspection.inspect(text('second'));
    await settled();
    const [older, newer] = engine.calls;
    expect([older?.signal.aborted, newer?.signal.aborted]).toEqual([true, false]);
    newer?.answer({ ok: true, value: fakeRun(2, 'second') });
    older?.answer({ ok: true, value: fakeRun(1, 'first') });
    await Promise.all([first, second]);
    expect(flat(inspection.state).run?.text).toBe('second');
    expect(states.some((state) => state.run?.text === 'first')).toBe(false);
  });

  it('ends requests for an older run once the views have the new one', async () => {
    await shown('first');
    await shown('second', 2);
    expect(engine.keptRuns).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it('drops the failure of an older text', async () => {
    const first = inspection.inspect(text('first'));
    await settled();
    const second = inspection.inspect(text('second'));
    await settled();
    engine.calls[0]?.fail(new Error('The call was cancelled.'));
    engine.calls[1]?.answer({ ok: true, value: fakeRun(2, 'second') });
    await Promise.all([first, second]);
    expect(flat(inspection.state).problem).toBeNull();
    expect(errors).toEqual([]);
  });
});

describe('a failure keeps the picture', () => {
  const failures: readonly (readonly [string, string, () => Promise<void>])[] = [
    ['white space', 'textEmpty', () => inspection.inspect(text(' \n\t'))],
    [
      'a refused text',
      'textTooLarge',
      async () => {
        const done = inspection.inspect(text('long'));
        await settled();
        engine.calls.at(-1)?.answer({ ok: false, problem: problem('textTooLarge', { count: 2, limit: 1 }) });
        await done;
      },
    ],
    [
      'an engine that dies',
      'engineEnded',
      async () => {
        const done = inspection.inspect(text('boom'));
        await settled();
        engine.calls.at(-1)?.fail(new ChannelClosed());
        await done;
      },
    ],
    [
      'Stop',
      'workerStopped',
      async () => {
        void inspection.inspect(text('slow'));
        await settled();
        inspection.stop();
      },
    ],
  ];
  it.each(failures)('%s: %s', async (_, code, act) => {
    await shown('the picture');
    const { run, view, selection } = flat(inspection.state);
    await act();
    expect(flat(inspection.state)).toMatchObject({ run, view, selection, phase: { name: 'ready' }, problem: { code } });
    inspection.dismissProblem();
    expect(flat(inspection.state).problem).toBeNull();
  });

  it('logs what was not expected', async () => {
    const done = inspection.inspect(text('boom'));
    await settled();
    engine.calls[0]?.fail(new Error('Out of bounds.'));
    await done;
    expect(errors).toHaveLength(1);
    expect(flat(inspection.state).problem?.message).toBe('a: The engine stopped working: Out of bounds.');
  });

  it('Stop without a run leaves the engine alone', async () => {
    await shown('the picture');
    inspection.stop();
    expect([engine.stopCount, flat(inspection.state).problem]).toEqual([0, null]);
  });

  it('forgets the problem with the next text', async () => {
    await inspection.inspect(text(' '));
    await shown('words');
    expect(flat(inspection.state).problem).toBeNull();
  });
});

describe('another model', () => {
  it('runs on the same text and lets the old one go', async () => {
    await shown('a text');
    const done = inspection.useModel('/models/b');
    await settled();
    engine.calls[1]?.answer({ ok: true, value: fakeRun(2, 'a text') });
    expect(await done).toBeNull();
    expect(inspection.model).toBe('/models/b');
    expect(flat(inspection.state)).toMatchObject({ model: { name: '/models/b' }, run: { runId: 2 }, selection: text('a text') });
    expect(engine.kept.at(-1)).toBe('/models/b');
  });

  it('says why it cannot be used and stays with the old one', async () => {
    await shown('a text');
    engine.broken.add('/models/mlp');
    expect(await inspection.useModel('/models/mlp')).toMatchObject({ code: 'noAttention' });
    expect(inspection.model).toBe('bundled:a');
    expect(flat(inspection.state)).toMatchObject({ model: { name: 'bundled:a' }, modelLabel: 'a', run: { runId: 1 }, phase: { name: 'ready' }, problem: null });
    expect(engine.kept.at(-1)).toBe('bundled:a');
  });

  it('is tried on the text that the model before refused', async () => {
    engine.broken.add('bundled:a');
    await inspection.inspect(text('a text'));
    expect(flat(inspection.state).problem?.code).toBe('noAttention');
    const done = inspection.useModel('/models/b');
    await settled();
    expect(engine.calls[0]?.params.text).toBe('a text');
    engine.calls[0]?.answer({ ok: true, value: fakeRun(1, 'a text') });
    await done;
    expect(flat(inspection.state)).toMatchObject({ problem: null, model: { name: '/models/b' } });
  });

  it.each(['a newer text', 'Stop'])('that %s came before is neither a failure nor in use', async (newer) => {
    await shown('a text');
    const done = inspection.useModel('/models/b');
    await settled();
    if (newer === 'Stop') inspection.stop();
    else void inspection.inspect(text('newer'));
    engine.calls[1]?.answer({ ok: true, value: fakeRun(2, 'a text') });
    expect(await done).toBe('superseded');
    expect(inspection.model).toBe('bundled:a');
  });

  it('fails with the way out that the editor has', async () => {
    const done = inspection.useModel('/models/b');
    await done;
    const failing = inspection.inspect(text('a text'));
    await settled();
    engine.calls[0]?.answer({ ok: false, problem: problem('targetMissing') });
    await failing;
    expect(flat(inspection.state).problem?.hint).toBe('So far such a model runs on the command line only: capture --target.');
    const again = inspection.useModel('/models/c');
    await settled();
    engine.calls[1]?.answer({ ok: false, problem: problem('captureTooLarge', { size: '9 GB' }) });
    expect(await again).toMatchObject({ hint: 'Select a shorter text, or raise the setting transformerInspector.engine.memoryLimitMB.' });
  });

  it('stays for the next text where it could not run the first one', async () => {
    const done = inspection.inspect(text('a text'));
    await settled();
    engine.calls[0]?.answer({ ok: false, problem: problem('captureTooLarge', { size: '9 GB' }) });
    await done;
    expect([flat(inspection.state).model, engine.kept.at(-1)]).toEqual([null, 'bundled:a']);
    await shown('less');
    expect(engine.kept.at(-1)).toBe('bundled:a');
  });

  it('that is only chosen for the next text does not stand for the one of the picture', async () => {
    await shown('a text');
    inspection.presetModel('/models/b');
    void inspection.inspect(text('newer'));
    await settled();
    expect(engine.kept.at(-1)).toBe('bundled:a, /models/b');
  });

  it('can be loaded before there is a text', async () => {
    expect(await inspection.useModel('/models/b')).toBeNull();
    expect(flat(inspection.state)).toMatchObject({ phase: { name: 'idle' }, model: { name: '/models/b' }, run: null });
  });
});

describe('what is looked at', () => {
  it('keeps a chosen head for a new text until it is let go', async () => {
    await shown('one text');
    inspection.looking.showHead(encoderSite(0), 3);
    await shown('a second text', 2);
    expect(flat(inspection.state).view).toMatchObject({ site: encoderSite(0), head: 3, isPinned: true, focus: 3 });
    inspection.looking.unpinHead();
    expect(flat(inspection.state).view).toMatchObject({ site: encoderSite(1), head: 2, isPinned: false });
    await shown('a third text', 3);
    expect(flat(inspection.state).view).toMatchObject({ site: encoderSite(1), head: 2, isPinned: false });
  });

  it('asks what brings most to a focus that is chosen, and shows a candidate without pinning it', async () => {
    await shown('one text');
    inspection.looking.showFocus(1);
    await settled();
    expect(flat(inspection.state).run?.firstSight).toMatchObject({ focus: 1, focusWord: 'asked for', candidates });
    inspection.looking.showCandidate(1);
    expect(flat(inspection.state).view).toMatchObject({ site: encoderSite(0), head: 1, isPinned: false, focus: 1 });
    inspection.looking.showCandidate(7);
    expect(flat(inspection.state).view).toMatchObject({ head: 1 });
  });

  it('drops what was asked of a focus that is left again', async () => {
    await shown('one text');
    const before = flat(inspection.state).run?.firstSight;
    inspection.looking.showFocus(1);
    inspection.looking.showFocus(before?.focus ?? 0);
    await settled();
    expect(flat(inspection.state).run?.firstSight).toEqual(before);
  });

  it('keeps the pin of each model to itself', async () => {
    await shown('one text');
    inspection.looking.showHead(encoderSite(0), null);
    const done = inspection.useModel('/models/b');
    await settled();
    engine.calls[1]?.answer({ ok: true, value: fakeRun(2, 'one text') });
    await done;
    expect(flat(inspection.state).view).toMatchObject({ head: 2, isPinned: false });
    const back = inspection.useModel('bundled:a');
    await settled();
    engine.calls[2]?.answer({ ok: true, value: fakeRun(3, 'one text') });
    await back;
    expect(flat(inspection.state).view).toMatchObject({ site: encoderSite(0), head: null, isPinned: true });
  });

  it('ignores heads and tokens that are not there', async () => {
    await shown('one text');
    const before = flat(inspection.state).view;
    inspection.looking.showHead(encoderSite(9), 0);
    inspection.looking.showHead(encoderSite(0), 4);
    inspection.looking.showFocus(3);
    inspection.looking.showFocus(-1);
    expect(flat(inspection.state).view).toEqual(before);
  });

  it('comes back to a stored view', async () => {
    const view = { site: encoderSite(0), head: 1, focus: 1, isPinned: true, tab: 'map' } as const;
    const done = inspection.inspect(text('one text'), view);
    await settled();
    engine.calls[0]?.answer({ ok: true, value: fakeRun(1, 'one text') });
    await done;
    expect(flat(inspection.state).view).toEqual(view);
  });

  it('comes back to it with a new worker', async () => {
    await shown('one text');
    inspection.looking.showFocus(1);
    const done = inspection.restart();
    await settled();
    engine.calls[1]?.answer({ ok: true, value: fakeRun(2, 'one text') });
    await done;
    expect(engine.stopCount).toBe(1);
    expect(flat(inspection.state)).toMatchObject({ run: { runId: 2 }, view: { focus: 1 } });
  });
});

describe('a text that was changed', () => {
  it('is marked once, and no more once a text is shown anew', async () => {
    await shown('one text');
    const count = states.length;
    inspection.markText(0, true);
    inspection.markText(0, true);
    inspection.markText(1, true);
    expect([states.length - count, flat(inspection.state).isTextStale]).toEqual([1, true]);
    const done = inspection.useModel('/models/b');
    await settled();
    engine.calls.at(-1)?.answer({ ok: true, value: fakeRun(3, 'one text') });
    await done;
    expect(flat(inspection.state)).toMatchObject({ run: { runId: 3 }, isTextStale: true });
    await shown('another text', 2);
    expect(flat(inspection.state).isTextStale).toBe(false);
  });

  it.each([
    ['keeps the view of the same text', 'one text', 1],
    ['looks anew at another one', 'one other text', 3],
  ])('inspected again, %s', async (_, words, focus) => {
    await shown('one text');
    inspection.looking.showFocus(1);
    const done = inspection.inspectAgain(text(words, 4));
    await settled();
    engine.calls.at(-1)?.answer({ ok: true, value: fakeRun(2, words) });
    await done;
    expect(flat(inspection.state)).toMatchObject({ selection: { start: 4 }, run: { runId: 2 }, view: { focus } });
  });
});

describe('new limits while a text is on its way', () => {
  it('start the first text anew', async () => {
    void inspection.inspect(text('the first text'));
    await settled();
    const done = inspection.restart();
    await settled();
    engine.calls[1]?.answer({ ok: true, value: fakeRun(1, 'the first text') });
    await done;
    expect(flat(inspection.state)).toMatchObject({ phase: { name: 'ready' }, problem: null, run: { text: 'the first text' } });
  });

  it('start a later text anew, with the model that was asked for', async () => {
    await shown('one text');
    inspection.looking.showFocus(1);
    void inspection.inspect(text('another text'));
    await settled();
    void inspection.useModel('/models/b');
    await settled();
    const done = inspection.restart();
    await settled();
    expect(engine.calls[3]?.params.text).toBe('another text');
    engine.calls[3]?.answer({ ok: true, value: fakeRun(2, 'another text') });
    await done;
    expect(flat(inspection.state)).toMatchObject({ model: { name: '/models/b' }, run: { runId: 2 }, view: { focus: 2 } });
  });
});

describe('a model with an input that nothing shows', () => {
  const unknown = problem('inputUnknown', { input: 'langs', reason: 'it picks one of 20 languages' });
  const misfit = problem('inputMisfit', { input: 'langs', given: '[2]', wanted: '[batch, sequence]' });

  /** Lets the newest call of the engine answer. */
  async function answered<T>(work: Promise<T>, outcome: Outcome<SeenRun>): Promise<T> {
    await settled();
    engine.calls.at(-1)?.answer(outcome);
    return work;
  }
  const runs = (runId: number, words = 'a text'): Outcome<SeenRun> => ({ ok: true, value: fakeRun(runId, words) });
  const refuses = (reason: typeof unknown): Outcome<SeenRun> => ({ ok: false, problem: reason });

  beforeEach(() => {
    engine.wanting.set('/models/x', 'langs');
  });

  it('is in use, and the picture of the model before goes: it must not stand under its name', async () => {
    await shown('a text');
    expect(await answered(inspection.useModel('/models/x'), refuses(unknown))).toMatchObject({ code: 'inputUnknown' });
    expect(inspection.model).toBe('/models/x');
    expect(flat(inspection.state)).toMatchObject({
      phase: { name: 'idle' },
      model: { name: '/models/x' },
      modelLabel: '/models/x',
      selection: text('a text'),
      run: null,
      view: null,
    });
    expect(flat(inspection.state).problem?.hint).toContain("in the model's card");
    expect(engine.kept.at(-1)).toBe('/models/x');
    expect(engine.heldRuns).toEqual([]);
    expect(states.some((state) => state.run && state.model?.name === '/models/x')).toBe(false);
  });

  it('keeps the text where it is the first model, too', async () => {
    engine.wanting.set('bundled:a', 'langs');
    await answered(inspection.inspect(text('a text')), refuses(unknown));
    expect(flat(inspection.state)).toMatchObject({ selection: text('a text'), model: { name: 'bundled:a' }, run: null, problem: { code: 'inputUnknown' } });
  });

  it('says so also where there is no text yet', async () => {
    expect(await inspection.useModel('/models/x')).toMatchObject({ code: 'inputUnknown', message: `/models/x: ${unknown.message}` });
    expect(flat(inspection.state)).toMatchObject({ model: { name: '/models/x' }, problem: { code: 'inputUnknown' } });
  });

  it('runs with the value given, which is kept for the model and for newer texts', async () => {
    await shown('a text');
    await answered(inspection.useModel('/models/x'), refuses(unknown));
    expect(await answered(inspection.giveInput('langs', ' 3 '), runs(2))).toEqual({ isTaken: true });
    expect(flat(inspection.state)).toMatchObject({ given: { langs: '3' }, run: { runId: 2 }, problem: null, phase: { name: 'ready' } });
    expect(engine.kept.at(-1)).toBe('/models/x 3');
    await shown('newer', 3);
    expect(flat(inspection.state).given).toEqual({ langs: '3' });
    await answered(inspection.useModel('bundled:a'), runs(4, 'newer'));
    expect(flat(inspection.state).given).toEqual({});
    expect(await answered(inspection.useModel('/models/x'), runs(5, 'newer'))).toBeNull();
    expect(flat(inspection.state).given).toEqual({ langs: '3' });
    expect(Object.fromEntries(stored)).toEqual({ givenInputs: { '/models/x': { langs: '3' } } });
  });

  it('keeps a value on its way when a newer text comes', async () => {
    await inspection.useModel('/models/x');
    void answered(inspection.inspect(text('a text')), refuses(unknown));
    await settled();
    void inspection.giveInput('langs', '3');
    await settled();
    await shown('newer', 2);
    expect(flat(inspection.state)).toMatchObject({ given: { langs: '3' }, run: { text: 'newer' } });
  });

  it('takes the value away where the field is empty, and the picture with it', async () => {
    await inspection.useModel('/models/x');
    await inspection.giveInput('langs', '3');
    await shown('a text');
    expect(await answered(inspection.giveInput('langs', ''), refuses(unknown))).toEqual({ isTaken: false });
    expect(flat(inspection.state)).toMatchObject({ given: {}, run: null, view: null, problem: { code: 'inputUnknown' } });
    expect(Object.fromEntries(stored)).toEqual({ givenInputs: {} });
  });

  it('says at the field why a text is no value, and changes nothing', async () => {
    await inspection.useModel('/models/x');
    const before = inspection.state;
    expect(await inspection.giveInput('langs', '[1, [2]]')).toEqual({ isTaken: false, reason: expect.stringContaining('not of one shape') });
    expect(await inspection.giveInput('no_such_input', '1')).toEqual({ isTaken: false });
    expect(inspection.state).toBe(before);
  });

  it('says at the field why a value does not fit; with a newer text the picture of the same values stays', async () => {
    await inspection.useModel('/models/x');
    await inspection.giveInput('langs', '[1, 2]');
    await shown('a text');
    await answered(inspection.inspect(text('newer')), refuses(misfit));
    expect(flat(inspection.state)).toMatchObject({ run: { runId: 1 }, given: { langs: '[1, 2]' }, problem: { code: 'inputMisfit' } });
    expect(await answered(inspection.giveInput('langs', '[1]'), refuses(misfit))).toEqual({
      isTaken: false,
      reason: `/models/x: ${misfit.message} ${misfit.hint}`,
    });
    expect(flat(inspection.state)).toMatchObject({ run: null, given: { langs: '[1]' } });
  });

  it('is as before where the engine fails on the value', async () => {
    await inspection.useModel('/models/x');
    await inspection.giveInput('langs', '3');
    await shown('a text');
    expect(await answered(inspection.giveInput('langs', '4'), refuses(problem('outOfMemory', { reason: 'full' })))).toEqual({
      isTaken: false,
      reason: expect.stringContaining('full'),
    });
    expect(flat(inspection.state)).toMatchObject({ run: { runId: 1 }, given: { langs: '3' }, problem: { code: 'outOfMemory' } });
    expect(engine.kept.at(-1)).toBe('/models/x 3');
  });

  it('forgets values of inputs that its file has no more', async () => {
    stored.set('givenInputs', { '/models/x': { langs: '3', gone: '1' } });
    expect(await inspection.useModel('/models/x')).toBeNull();
    expect(flat(inspection.state).given).toEqual({ langs: '3' });
    engine.wanting.clear();
    expect(await inspection.useModel('/models/x')).toBeNull();
    expect(flat(inspection.state).given).toEqual({});
    expect(Object.fromEntries(stored)).toEqual({ givenInputs: {} });
  });

  it('holds what it has loaded while it runs: without the values that no input takes', async () => {
    stored.set('givenInputs', { '/models/x': { langs: '3', gone: '1' } });
    void inspection.inspect(text('a text'));
    await settled();
    void answered(inspection.useModel('/models/x'), runs(2));
    await settled();
    expect(engine.calls.at(-1)?.params.text).toBe('a text');
    expect(engine.kept.slice(-3)).toEqual(['/models/x 3 1', '/models/x', '/models/x 3']);
  });

  it('comes back with its values from a new worker', async () => {
    await inspection.useModel('/models/x');
    await inspection.giveInput('langs', '3');
    await shown('a text');
    await answered(inspection.restart(), runs(2));
    expect(flat(inspection.state)).toMatchObject({ given: { langs: '3' }, run: { runId: 2 } });
  });
});

describe('two subjects', () => {
  const answer = async (words: string, outcome: Outcome<SeenRun>) => {
    engine.calls.find(({ params }) => params.text === words)?.answer(outcome);
    await settled();
  };
  const run = (runId: number, words: string): Outcome<SeenRun> => ({ ok: true, value: fakeRun(runId, words) });
  const subjects = () => inspection.state.subjects.map(({ run: one, phase, problem: why }) => [one?.runId, phase.name, why?.code]);

  beforeEach(async () => {
    void inspection.inspect(text('one text'));
    void inspection.inspectOther(text('the other'));
    await settled();
  });

  it('run beside each other, in lanes of their own', async () => {
    expect(engine.calls.map(({ params }) => [params.text, params.lane])).toEqual([
      ['one text', undefined],
      ['the other', 1],
    ]);
    await answer('the other', run(1, 'the other'));
    await answer('one text', run(2, 'one text'));
    expect(subjects()).toEqual([
      [2, 'ready', undefined],
      [1, 'ready', undefined],
    ]);
    expect(engine.heldRuns).toEqual([2, 1]);
    expect(inspection.state.view?.site).toEqual(encoderSite(1));
  });

  it('a failure of one leaves the other, and is its own', async () => {
    await answer('one text', run(1, 'one text'));
    await answer('the other', { ok: false, problem: problem('textTooLong', { count: 9, limit: 8 }) });
    expect(subjects()).toEqual([
      [1, 'ready', undefined],
      [undefined, 'idle', 'textTooLong'],
    ]);
    expect(engine.heldRuns).toEqual([1]);
  });

  it('a newer text of one ends only its own work and lets only its own run go', async () => {
    await answer('the other', run(1, 'the other'));
    const [first] = engine.calls;
    void inspection.inspectOther(text('a third'));
    await settled();
    await answer('a third', run(3, 'a third'));
    expect(first?.signal.aborted).toBe(false);
    await answer('one text', run(2, 'one text'));
    expect(engine.heldRuns).toEqual([2, 3]);
  });

  it('closing the second lets it go, also on its way', async () => {
    await answer('one text', run(1, 'one text'));
    const signal = engine.calls[1]?.signal;
    inspection.closeOther();
    await answer('the other', run(2, 'the other'));
    expect([signal?.aborted, subjects(), engine.heldRuns]).toEqual([true, [[1, 'ready', undefined]], [1]]);
  });

  it('the second may have a model of its own: each holds its own, and another one for it leaves the first', async () => {
    await answer('one text', run(1, 'one text'));
    await answer('the other', run(2, 'the other'));
    expect(engine.kept.at(-1)).toBe('bundled:a, bundled:a');
    void inspection.inspectOther(text('a third'), '/models/b');
    await settled();
    expect(engine.kept.at(-1)).toBe('bundled:a, bundled:a, /models/b');
    await answer('a third', run(3, 'a third'));
    expect(inspection.state.subjects.map(({ modelLabel }) => modelLabel)).toEqual(['a', '/models/b']);
    expect([inspection.model, engine.kept.at(-1), engine.heldRuns]).toEqual(['bundled:a', 'bundled:a, /models/b', [1, 3]]);
    inspection.closeOther();
    expect([engine.kept.at(-1), engine.heldRuns]).toEqual(['bundled:a', [1]]);
  });

  it('a model that wants a value takes only the picture of its own subject, and lets only that run go', async () => {
    engine.wanting.set('/models/x', 'langs');
    await answer('one text', run(1, 'one text'));
    await answer('the other', run(2, 'the other'));
    void inspection.inspectOther(text('a third'), '/models/x');
    await settled();
    // The picture that is there until then keeps its run.
    expect(engine.heldRuns).toEqual([1, 2]);
    await answer('a third', { ok: false, problem: problem('inputUnknown', { input: 'langs', reason: 'it picks one of 20 languages' }) });
    expect(subjects()).toEqual([
      [1, 'ready', undefined],
      [undefined, 'idle', 'inputUnknown'],
    ]);
    expect([engine.heldRuns, inspection.state.view !== null]).toEqual([[1], true]);
  });

  it('what is pointed at in the second goes with its run, not with that of the first', async () => {
    await answer('one text', run(1, 'one text'));
    await answer('the other', run(2, 'the other'));
    inspection.point({ subject: 1, list: 'source', token: 1 });
    const again = inspection.inspect(text('one more'));
    await settled();
    await answer('one more', run(3, 'one more'));
    await again;
    expect(inspection.state.pointed).toEqual({ subject: 1, list: 'source', token: 1 });
    inspection.closeOther();
    expect(inspection.state.pointed).toBeNull();
  });

  it('closing the inspection ends both and lets all go', async () => {
    await answer('one text', run(1, 'one text'));
    inspection.close();
    expect([engine.calls[1]?.signal.aborted, engine.heldRuns, engine.kept.at(-1)]).toEqual([true, [], '']);
    await answer('the other', run(2, 'the other'));
    expect([engine.heldRuns, errors]).toEqual([[], []]);
  });

  it('Stop and a new worker are for both', async () => {
    await answer('one text', run(1, 'one text'));
    inspection.stop();
    expect(subjects()).toEqual([
      [1, 'ready', undefined],
      [undefined, 'idle', 'workerStopped'],
    ]);
    expect(engine.stopCount).toBe(1);
    void inspection.restart();
    await settled();
    expect(engine.calls.slice(2).map(({ params }) => [params.text, params.lane])).toEqual([
      ['one text', undefined],
      ['the other', 1],
    ]);
  });
});

describe('the token that is pointed at', () => {
  it('is told to all, once, and is none where no run has it', async () => {
    await shown('looks like the server');
    const count = states.length;
    inspection.point({ subject: 0, list: 'source', token: 2 });
    inspection.point({ subject: 0, list: 'source', token: 2 });
    expect(inspection.state.pointed).toEqual({ subject: 0, list: 'source', token: 2 });
    expect(states).toHaveLength(count + 1);
    for (const wrong of [{ token: 99 }, { token: -1 }, { token: 0.5 }, { list: 'target' as const }, { subject: 1 as const }]) {
      inspection.point({ subject: 0, list: 'source', token: 1 });
      inspection.point({ subject: 0, list: 'source', token: 2, ...wrong });
      expect(inspection.state.pointed).toBeNull();
    }
  });

  it('goes with the run that it is a token of', async () => {
    await shown('looks like the server');
    inspection.point({ subject: 0, list: 'source', token: 2 });
    inspection.setSpecialTokens('show');
    expect(inspection.state.pointed).not.toBeNull();
    await shown('looks like the server', 2);
    expect(inspection.state.pointed).toBeNull();
  });
});

describe('a long work', () => {
  it('says how far it is, until a newer one takes its place', async () => {
    const first = inspection.inspect(text('one text'));
    await settled();
    engine.calls[0]?.progress?.({ stage: 'comparing' });
    expect(flat(inspection.state).phase).toEqual({ name: 'running', what: 'a.txt : 1', progress: { stage: 'comparing' } });
    void inspection.inspect(text('another text'));
    await settled();
    engine.calls[0]?.progress?.({ stage: 'running' });
    expect(flat(inspection.state).phase).toEqual({ name: 'running', what: 'a.txt : 1' });
    engine.calls[0]?.answer({ ok: true, value: fakeRun(1, 'one text') });
    await first;
  });
});
