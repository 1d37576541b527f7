// The inspection: the one state of what the user looks at, and the way from a text to a new state.
// One flight at a time, the latest wins; a failure keeps the picture and says why. Knows nothing of VS Code.

import type { InspectionState, View } from '../../core/inspection';
import { type Problem, problem } from '../../core/problem';
import type { GivenTexts, SelectionText, Subject } from '../../core/subject';
import type { GivenAnswer } from '../../protocol/panelApi';
import { attempt, failureOf } from './attempt';
import { inEditor } from './editorProblem';
import { type GivenMemory, givenKey, whyUnreadable, withGiven } from './givenTexts';
import type { InspectionEngine, ModelReference } from './inspectionEngine';
import { type InspectionRequest, type InspectionResult, isBlank, type LabelOf } from './inspectionRequest';
import { Looking } from './looking';
import { reasonAt } from './modelNeed';

export interface InspectionOptions {
  readonly engine: InspectionEngine;
  readonly model: ModelReference;
  readonly labelOf: LabelOf;
  readonly specialTokens: InspectionState['specialTokens'];
  /** Values that the user gave for inputs, by model. */
  readonly memory: GivenMemory;
  /** Unexpected errors, with their stack; the state holds a sentence only. */
  readonly onError: (error: unknown) => void;
}

interface Flight {
  readonly request: InspectionRequest;
  readonly controller: AbortController;
}

export class Inspection {
  /** Head, focus and view within the run that is shown. */
  readonly looking = new Looking(
    () => ({ model: this.reference, run: this.subject.run, view: this.current.view }),
    (view) => this.update({ view }),
  );
  private current: InspectionState;
  private reference: ModelReference;
  /** The last text asked for, shown or not: another model is tried on it. */
  private wanted: SelectionText | null = null;
  /** The text that was shown before the one of the picture. */
  private textBefore: string | undefined;
  private flight: Flight | null = null;
  private readonly listeners = new Set<(state: InspectionState) => void>();

  constructor(private readonly options: InspectionOptions) {
    this.reference = options.model;
    const subject: Subject = {
      phase: { name: 'idle' },
      model: null,
      modelLabel: options.labelOf(options.model),
      given: {},
      selection: null,
      run: null,
      problem: null,
    };
    this.current = { subjects: [subject], view: null, pointed: null, specialTokens: options.specialTokens };
  }

  get state(): InspectionState {
    return this.current;
  }

  /** The one that is shown. */
  get subject(): Subject {
    return this.current.subjects[0];
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
    const failure = await this.start({ model: this.reference, given: this.wantedGiven(), selection, view });
    if (failure !== null && failure !== 'superseded') this.updateSubject({ problem: failure });
  }

  /**
   * Takes another model and inspects the text anew. Returns why that failed, or that a newer wish or Stop came before; model and picture are then as
   * before. A model that only wants values of the user is taken all the same: the failure is then the state's problem too.
   */
  async useModel(reference: ModelReference): Promise<Problem | 'superseded' | null> {
    return this.start({ model: reference, given: this.options.memory.textsOf(reference), selection: this.wanted });
  }

  /** Gives the model's input what the user wrote, nothing where that is empty, and comes back to what was asked for last. */
  async giveInput(input: string, text: string): Promise<GivenAnswer> {
    // A card that is still on the screen may be of another model.
    if (!this.subject.model?.inputs.some(({ name }) => name === input)) return { isTaken: false };
    const unreadable = whyUnreadable(text);
    if (unreadable !== undefined) return { isTaken: false, reason: unreadable };
    const given = withGiven(this.wantedGiven(), input, text);
    // Nothing shows the model with the values before: two of a large one need not lie in memory.
    if (!this.subject.run) this.options.engine.keepOnly(this.reference, given);
    const failure = await this.start({ model: this.reference, given, selection: this.wanted, view: this.shownView() });
    if (failure === null || failure === 'superseded') return { isTaken: failure === null };
    this.updateSubject({ problem: failure });
    const reason = reasonAt(input, failure);
    return { isTaken: false, ...(reason !== undefined && { reason }) };
  }

  /** Starts a new worker, as new limits need one, and comes back to what was asked for last, shown or not. */
  async restart(): Promise<void> {
    const request = this.flight?.request;
    this.flight?.controller.abort();
    this.flight = null;
    this.options.engine.stop();
    if (!request && !this.wanted) return this.updateSubject({ phase: this.restingPhase() });
    const { model, given } = request ?? { model: this.reference, given: this.wantedGiven() };
    const failure = await this.start({ model, given, selection: this.wanted, view: request?.view ?? this.shownView() });
    if (failure !== null && failure !== 'superseded') this.updateSubject({ problem: failure });
  }

  /** The model for the next text; nothing is loaded before that. */
  presetModel(reference: ModelReference): void {
    this.reference = reference;
    if (!this.subject.model) this.updateSubject({ modelLabel: this.options.labelOf(reference) });
  }

  /** Ends a run that takes too long, and the worker with it. */
  stop(): void {
    if (!this.flight) return;
    this.flight.controller.abort();
    this.flight = null;
    this.options.engine.stop();
    this.updateSubject({ phase: this.restingPhase(), problem: problem('workerStopped') });
  }

  dismissProblem(): void {
    this.updateSubject({ problem: null });
  }

  showProblem(failure: Problem): void {
    this.updateSubject({ problem: inEditor(failure) });
  }

  setSpecialTokens(specialTokens: InspectionState['specialTokens']): void {
    this.update({ specialTokens });
  }

  /** The values of the model in use: those of a request on its way, which a newer text must not lose, else those that are kept. */
  private wantedGiven(): GivenTexts {
    const request = this.flight?.request;
    return request?.model === this.reference ? request.given : this.options.memory.textsOf(this.reference);
  }

  /** The view to come back to, where the text of the picture is run again. */
  private shownView(): View | undefined {
    const { view } = this.current;
    const { selection } = this.subject;
    return this.wanted === selection ? (view ?? undefined) : undefined;
  }

  private async start(request: InspectionRequest): Promise<Problem | 'superseded' | null> {
    this.flight?.controller.abort();
    const flight = { request, controller: new AbortController() };
    this.flight = flight;
    if (request.selection && !isBlank(request.selection)) this.wanted = request.selection;
    const { engine, labelOf, onError } = this.options;
    const context = {
      engine,
      labelOf,
      previousText: this.previousTextOf(request),
      enter: (name: 'loading' | 'running', what: string) => this.enter(name, what),
    };
    const outcome = await attempt(request, context, flight.controller.signal, onError);
    // A newer request, or Stop, has taken over the state.
    if (this.flight !== flight) return 'superseded';
    this.flight = null;
    // A result that cannot be shown is a failure like any other.
    const failure = outcome.ok ? failureOf(() => this.settle(request, outcome.value), onError) : outcome.problem;
    if (failure) this.fallBack();
    // What the model wants of the user is the state's problem by now.
    return failure ? inEditor(failure) : this.subject.problem;
  }

  /** A text run again, by another worker or model, is compared with the same text as the first time: its focus stays. */
  private previousTextOf({ selection }: InspectionRequest): string | undefined {
    const shown = this.subject.run?.text;
    return selection?.text === shown ? this.textBefore : shown;
  }

  private settle(request: InspectionRequest, result: InspectionResult): void {
    const { model, given, run, need } = result;
    const seen = run ? { selection: request.selection, run, view: this.looking.viewFor(run, request.model, request.view) } : this.leftBy(request, result);
    this.reference = request.model;
    this.options.memory.keep(request.model, given);
    this.options.engine.keepOnly(request.model, given);
    const modelLabel = this.options.labelOf(request.model);
    if (run && run.text !== this.subject.run?.text) this.textBefore = this.subject.run?.text;
    const { selection, view } = seen;
    const subject: Subject = {
      selection,
      run: seen.run,
      phase: { name: seen.run ? 'ready' : 'idle' },
      model,
      modelLabel,
      given,
      problem: need && inEditor(need),
    };
    this.update({ subjects: [subject], view });
    // After the views have the new state: a request that ends is no failure of the picture then.
    if (run) this.options.engine.holdRuns([run.runId]);
  }

  /** Without a new run: a model that wants values takes the place of another one, whose picture must not stand under its name. */
  private leftBy(
    { model, selection }: InspectionRequest,
    { given, need }: InspectionResult,
  ): Pick<Subject, 'selection' | 'run'> & Pick<InspectionState, 'view'> {
    const isSame = this.subject.run && this.reference === model && givenKey(this.subject.given) === givenKey(given);
    return need && !isSame ? { selection, run: null, view: null } : { ...this.subject, view: this.current.view };
  }

  private fallBack(): void {
    // The model of the picture stays; one that was tried in vain goes.
    if (this.subject.model) this.options.engine.keepOnly(this.reference, this.subject.given);
    this.updateSubject({ phase: this.restingPhase() });
  }

  private enter(name: 'loading' | 'running', what: string): void {
    this.updateSubject({ phase: { name, what }, problem: null });
  }

  private restingPhase(): Subject['phase'] {
    return { name: this.subject.run ? 'ready' : 'idle' };
  }

  private updateSubject(change: Partial<Subject>): void {
    this.update({ subjects: [{ ...this.subject, ...change }] });
  }

  private update(change: Partial<InspectionState>): void {
    this.current = { ...this.current, ...change };
    for (const listener of this.listeners) listener(this.current);
  }
}
