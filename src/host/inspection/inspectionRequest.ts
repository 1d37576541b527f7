// One way from a model and a text to a run: load where needed, then inspect. Holds no state; the inspection decides what counts.

import type { View } from '../../core/inspection';
import type { ModelDescription } from '../../core/modelDescription';
import { type Outcome, type Problem, problem } from '../../core/problem';
import type { Progress } from '../../core/progress';
import type { SeenRun } from '../../core/run';
import type { GivenTexts, SelectionText } from '../../core/subject';
import { wantsValue } from '../../present/words/inputWords';
import { ask } from '../../protocol/ask';
import type { InspectParams, LoadedModel, Watching } from '../../protocol/engineApi';
import { givenKey } from './givenTexts';
import type { HeldModel, InspectionEngine, ModelReference } from './inspectionEngine';
import { needOf } from './modelNeed';

/** What a person calls a model before it is loaded. */
export type LabelOf = (reference: ModelReference) => string;

export interface InspectionRequest {
  readonly model: ModelReference;
  /** Values for some of its inputs. */
  readonly given: GivenTexts;
  /** null: the model is only loaded. */
  readonly selection: SelectionText | null;
  /** A view to come back to, after a reload. */
  readonly view?: View;
}

export interface InspectionResult {
  readonly model: ModelDescription;
  /** The values that it was loaded with. */
  readonly given: GivenTexts;
  readonly run: SeenRun | null;
  /** Why there is no run, where the user can give what is missing. */
  readonly need: Problem | null;
}

export interface RequestContext {
  readonly engine: InspectionEngine;
  readonly labelOf: LabelOf;
  /** The text of the picture before: a word that both have becomes the focus. */
  readonly previousText: string | undefined;
  /** Offset in the text of the focus, where the same text was shown before: of one that is too long the part around it is run. */
  readonly focusAt: number | undefined;
  /** Why this model's outputs are not compared with those of its file; undefined where they are. */
  readonly whyNotCompared: string | undefined;
  /** 0, or the place of a subject that runs beside it. */
  readonly lane: number;
  /** Told which model is wanted now, before it is loaded: what nobody holds does not stay. */
  readonly hold: (model: HeldModel) => void;
  /** Told when a step begins that may take long, and how far it is. */
  readonly enter: (step: 'loading' | 'running', what: string, progress?: Progress) => void;
}

/** Nothing but white space. */
export function isBlank({ text }: SelectionText): boolean {
  return text.trim() === '';
}

/** Loads the model and runs the text. Rejects where the engine dies or the signal aborts. */
export async function runRequest(request: InspectionRequest, context: RequestContext, signal: AbortSignal): Promise<Outcome<InspectionResult>> {
  const { selection } = request;
  if (selection && isBlank(selection)) return { ok: false, problem: problem('textEmpty') };
  const asked = Date.now();
  const { engine, labelOf, enter } = context;
  const label = labelOf(request.model);
  if (!engine.isLoaded({ reference: request.model, given: request.given })) enter('loading', label);
  const loaded = await load(request, context, { signal, progress: (progress) => enter('loading', label, progress) });
  if (!loaded.ok) return loaded;
  if (signal.aborted) return { ok: false, problem: problem('workerStopped') };
  const { modelId, description: model, given } = loaded.value;
  if (!selection) return { ok: true, value: { model, given, run: null, need: needOf(model) } };
  enter('running', selection.label);
  const loadedAt = Date.now();
  const outcome = await seenRun(modelId, selection, context, signal);
  if (outcome.ok) {
    const { runAt, ...run } = outcome.value;
    const times = { asked, loaded: loadedAt, run: runAt, seen: Date.now() };
    return { ok: true, value: { model, given, run: { ...run, times }, need: null } };
  }
  return wantsValue(outcome.problem) ? { ok: true, value: { model, given, run: null, need: outcome.problem } } : outcome;
}

/** The model with the values given; without those of inputs that it has no more, as its files may have changed since. */
async function load({ model, given }: InspectionRequest, context: RequestContext, watching: Watching): Promise<Outcome<LoadedModel & { given: GivenTexts }>> {
  const held = (texts: GivenTexts) => {
    const wanted: HeldModel = { reference: model, given: texts };
    context.hold(wanted);
    return context.engine.load(wanted, watching);
  };
  const outcome = await held(given);
  if (outcome.ok) return { ok: true, value: { ...outcome.value, given } };
  if (outcome.problem.code !== 'inputMissing') return outcome;
  const plain = await held({});
  if (!plain.ok) return plain;
  const names = plain.value.description.inputs.map(({ name }) => name);
  const known = Object.fromEntries(Object.entries(given).filter(([name]) => names.includes(name)));
  const isLess = givenKey(known) !== givenKey(given);
  return isLess && Object.keys(known).length > 0
    ? load({ model, given: known, selection: null }, context, watching)
    : { ok: true, value: { ...plain.value, given: {} } };
}

/** The run of a text, and where to look first in it. */
async function seenRun(
  modelId: number,
  { text, caret, label }: SelectionText,
  { engine, previousText, focusAt, whyNotCompared, lane, enter }: RequestContext,
  signal: AbortSignal,
): Promise<Outcome<Omit<SeenRun, 'times'> & { readonly runAt: number }>> {
  const around = caret ?? focusAt;
  const compared = whyNotCompared === undefined ? ({ compareOutputs: 'later' } as const) : { compareOutputs: false, whyNotCompared };
  const params: InspectParams = { modelId, text, truncate: true, ...compared, ...(around !== undefined && { around }), ...(lane > 0 && { lane }) };
  const run = await engine.inspect(params, { signal, progress: (progress) => enter('running', label, progress) });
  if (!run.ok) return run;
  const runAt = Date.now();
  const wish = { ...(caret !== undefined && { caret }), ...(previousText !== undefined && previousText !== text && { previousText }) };
  const firstSight = await ask(engine, { of: 'firstSight', runId: run.value.runId, ...wish }, signal);
  return firstSight.ok ? { ok: true, value: { ...run.value, firstSight: firstSight.value, runAt } } : firstSight;
}
