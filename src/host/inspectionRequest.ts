// One way from a model and a text to a run: load where needed, then inspect. Holds no state; the inspection decides what counts.

import type { RunSummary, SelectionText, View } from '../core/inspection';
import type { ModelDescription } from '../core/modelDescription';
import { type Outcome, problem } from '../core/problem';
import type { InspectParams } from '../protocol/engineApi';
import type { InspectionEngine, ModelReference } from './inspectionEngine';

/** What a person calls a model before it is loaded. */
export type LabelOf = (reference: ModelReference) => string;

export interface InspectionRequest {
  readonly model: ModelReference;
  /** null: the model is only loaded. */
  readonly selection: SelectionText | null;
  /** A view to come back to, after a reload. */
  readonly view?: View;
}

export interface InspectionResult {
  readonly model: ModelDescription;
  readonly run: RunSummary | null;
}

export interface RequestContext {
  readonly engine: InspectionEngine;
  readonly labelOf: LabelOf;
  /** The text of the picture before: a word that both have becomes the focus. */
  readonly previousText: string | undefined;
  /** Told when a step begins that may take long. */
  readonly enter: (step: 'loading' | 'running', what: string) => void;
}

/** Nothing but white space. */
export function isBlank({ text }: SelectionText): boolean {
  return text.trim() === '';
}

/** Loads the model and runs the text. Rejects where the engine dies or the signal aborts. */
export async function runRequest({ model, selection }: InspectionRequest, context: RequestContext, signal: AbortSignal): Promise<Outcome<InspectionResult>> {
  if (selection && isBlank(selection)) return { ok: false, problem: problem('textEmpty') };
  const { engine, labelOf, enter } = context;
  if (!engine.isLoaded(model)) enter('loading', labelOf(model));
  const loaded = await engine.load(model, signal);
  if (!loaded.ok) return loaded;
  if (signal.aborted) return { ok: false, problem: problem('workerStopped') };
  const { modelId, description } = loaded.value;
  if (!selection) return { ok: true, value: { model: description, run: null } };
  enter('running', selection.label);
  const outcome = await engine.inspect(paramsOf(modelId, selection, context.previousText), signal);
  return outcome.ok ? { ok: true, value: { model: description, run: outcome.value } } : outcome;
}

function paramsOf(modelId: number, { text, caret }: SelectionText, previousText: string | undefined): InspectParams {
  return {
    modelId,
    text,
    truncate: true,
    ...(caret !== undefined && { caret }),
    ...(previousText !== undefined && previousText !== text && { previousText }),
  };
}
