// The inspection: the one state of what the user looks at, and the way from a text to a new state.
// One flight at a time, the latest wins; a failure keeps the picture and says why. Knows nothing of VS Code.

import type { InspectionState, RunSummary, SelectionText, View } from '../core/inspection';
import type { SiteKey } from '../core/names';
import { type Outcome, type Problem, problem } from '../core/problem';
import { ChannelClosed } from '../protocol/channel';
import { inEditor } from './editorProblem';
import type { InspectionEngine, ModelReference } from './inspectionEngine';
import { type InspectionRequest, type InspectionResult, isBlank, type LabelOf, runRequest } from './inspectionRequest';
import { type Pin, viewOf, withFocus, withHead } from './view';

export interface InspectionOptions {
  readonly engine: InspectionEngine;
  readonly model: ModelReference;
  readonly labelOf: LabelOf;
  readonly specialTokens: InspectionState['specialTokens'];
  readonly now?: () => number;
  /** Unexpected errors, with their stack; the state holds a sentence only. */
  readonly onError: (error: unknown) => void;
}

interface Flight {
  readonly request: InspectionRequest;
  readonly controller: AbortController;
}

export class Inspection {
  private current: InspectionState;
  private reference: ModelReference;
  /** The last text asked for, shown or not: another model is tried on it. */
  private wanted: SelectionText | null = null;
  /** The text that was shown before the one of the picture. */
  private textBefore: string | undefined;
  private flight: Flight | null = null;
  private readonly pins = new Map<ModelReference, Pin>();
  private readonly listeners = new Set<(state: InspectionState) => void>();

  constructor(private readonly options: InspectionOptions) {
    this.reference = options.model;
    this.current = {
      phase: { name: 'idle' },
      model: null,
      modelLabel: options.labelOf(options.model),
      selection: null,
      run: null,
      view: null,
      problem: null,
      specialTokens: options.specialTokens,
    };
  }

  get state(): InspectionState {
    return this.current;
  }

  /** The model of the picture, or of the next text. */
  get model(): ModelReference {
    return this.reference;
  }

  /** Calls `listener` after every change; returns a function that ends this. */
  onChange(listener: (state: InspectionState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Inspects the text with the model in use. A failure becomes the state's problem. */
  async inspect(selection: SelectionText, view?: View): Promise<void> {
    const failure = await this.start({ model: this.reference, selection, view });
    if (failure !== null && failure !== 'superseded') this.update({ problem: failure });
  }

  /** Takes another model and inspects the text anew. Returns why that failed, or that a newer wish or Stop came before; model and picture are then as before. */
  async useModel(reference: ModelReference): Promise<Problem | 'superseded' | null> {
    return this.start({ model: reference, selection: this.wanted });
  }

  /** Starts a new worker, as new limits need one, and comes back to what was asked for last, shown or not. */
  async restart(): Promise<void> {
    const request = this.flight?.request;
    this.flight?.controller.abort();
    this.flight = null;
    this.options.engine.stop();
    if (!request && !this.wanted) return this.update({ phase: this.restingPhase() });
    const { selection, view } = this.current;
    const shownView = this.wanted === selection ? (view ?? undefined) : undefined;
    const failure = await this.start({ model: request?.model ?? this.reference, selection: this.wanted, view: request?.view ?? shownView });
    if (failure !== null && failure !== 'superseded') this.update({ problem: failure });
  }

  /** The model for the next text; nothing is loaded before that. */
  presetModel(reference: ModelReference): void {
    this.reference = reference;
    if (!this.current.model) this.update({ modelLabel: this.options.labelOf(reference) });
  }

  /** Ends a run that takes too long, and the worker with it. */
  stop(): void {
    if (!this.flight) return;
    this.flight.controller.abort();
    this.flight = null;
    this.options.engine.stop();
    this.update({ phase: this.restingPhase(), problem: problem('workerStopped') });
  }

  showHead(site: SiteKey, head: number | null): void {
    const { run, view } = this.current;
    const moved = run && view && withHead(run, view, site, head);
    if (moved) this.show({ ...moved, isPinned: true });
  }

  unpinHead(): void {
    const { run, view } = this.current;
    const moved = run && view && withHead(run, view, run.firstSight.site, run.firstSight.head);
    if (moved) this.show({ ...moved, isPinned: false });
  }

  showFocus(focus: number): void {
    const { run, view } = this.current;
    if (run && view) this.show(withFocus(run, view, focus));
  }

  setView(change: Partial<Pick<View, 'tab' | 'isPinned'>>): void {
    const { view } = this.current;
    if (view) this.show({ ...view, tab: change.tab ?? view.tab, isPinned: change.isPinned ?? view.isPinned });
  }

  dismissProblem(): void {
    this.update({ problem: null });
  }

  showProblem(failure: Problem): void {
    this.update({ problem: inEditor(failure) });
  }

  setSpecialTokens(specialTokens: InspectionState['specialTokens']): void {
    this.update({ specialTokens });
  }

  private show(view: View): void {
    if (view.isPinned) this.pins.set(this.reference, { site: view.site, head: view.head });
    else this.pins.delete(this.reference);
    this.update({ view });
  }

  private async start(request: InspectionRequest): Promise<Problem | 'superseded' | null> {
    this.flight?.controller.abort();
    const flight = { request, controller: new AbortController() };
    this.flight = flight;
    if (request.selection && !isBlank(request.selection)) this.wanted = request.selection;
    const outcome = await this.attempt(request, flight.controller.signal);
    // A newer request, or Stop, has taken over the state.
    if (this.flight !== flight) return 'superseded';
    this.flight = null;
    const failure = outcome.ok ? this.settled(request, outcome.value) : outcome.problem;
    if (failure) this.fallBack();
    return failure && inEditor(failure);
  }

  private async attempt(request: InspectionRequest, signal: AbortSignal): Promise<Outcome<InspectionResult>> {
    try {
      const { engine, labelOf } = this.options;
      return await runRequest(request, { engine, labelOf, previousText: this.previousTextOf(request), enter: (name, what) => this.enter(name, what) }, signal);
    } catch (error) {
      if (!signal.aborted) this.options.onError(error);
      return { ok: false, problem: problem('engineEnded', { reason: reasonOf(error) }) };
    }
  }

  /** A text run again, by another worker or model, is compared with the same text as the first time: its focus stays. */
  private previousTextOf({ selection }: InspectionRequest): string | undefined {
    const shown = this.current.run?.text;
    return selection?.text === shown ? this.textBefore : shown;
  }

  /** Takes the result over; a result that cannot be shown is a failure like any other, so that no phase goes on for ever. */
  private settled(request: InspectionRequest, result: InspectionResult): Problem | null {
    try {
      this.settle(request, result);
      return null;
    } catch (error) {
      this.options.onError(error);
      return problem('engineEnded', { reason: reasonOf(error) });
    }
  }

  private settle(request: InspectionRequest, { model, run }: InspectionResult): void {
    const seen = run ? { selection: request.selection, run, view: this.viewFor(run, request) } : {};
    this.reference = request.model;
    this.options.engine.keepOnly(request.model);
    const modelLabel = this.options.labelOf(request.model);
    if (run && run.text !== this.current.run?.text) this.textBefore = this.current.run?.text;
    this.update({ ...seen, phase: { name: run || this.current.run ? 'ready' : 'idle' }, model, modelLabel, problem: null });
    // After the views have the new state: a request that ends is no failure of the picture then.
    if (run) this.options.engine.keepOnlyRun(run.runId);
  }

  private viewFor(run: RunSummary, { model, view }: InspectionRequest): View {
    if (view?.isPinned) this.pins.set(model, { site: view.site, head: view.head });
    return viewOf(run, this.pins.get(model), view?.focus);
  }

  private fallBack(): void {
    // The model of the picture stays; one that was tried in vain goes.
    if (this.current.run) this.options.engine.keepOnly(this.reference);
    this.update({ phase: this.restingPhase() });
  }

  private enter(name: 'loading' | 'running', what: string): void {
    this.update({ phase: { name, what, startedAtMs: (this.options.now ?? Date.now)() }, problem: null });
  }

  private restingPhase(): InspectionState['phase'] {
    return { name: this.current.run ? 'ready' : 'idle' };
  }

  private update(change: Partial<InspectionState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener(this.current);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ChannelClosed) return 'its worker ended unexpectedly';
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
