// One place of the inspection: the way from a text to what its subject shows. One flight at a time, the latest wins; a failure keeps the
// picture and says why. Places do not wait for each other, nor end each other's work.

import type { View } from '../../core/inspection';
import { problem } from '../../core/problem';
import type { Progress } from '../../core/progress';
import type { GivenTexts, SelectionText, Subject } from '../../core/subject';
import type { GivenAnswer } from '../../protocol/panelApi';
import { attempt, failureOf } from './attempt';
import { inEditor } from './editorProblem';
import { givenKey, whyUnreadable, withGiven } from './givenTexts';
import type { HeldModel, ModelReference } from './inspectionEngine';
import { type InspectionRequest, type InspectionResult, isBlank, type RequestContext } from './inspectionRequest';
import { LaterChecks } from './laterChecks';
import { reasonAt } from './modelNeed';
import type { Ending, PlaceOptions, PlaceState } from './placeState';
import { focusOffset } from './view';

interface Flight {
  readonly request: InspectionRequest;
  readonly controller: AbortController;
  /** The one that it loads or runs: of the values asked for those that the model still has. */
  model: HeldModel;
}

export class SubjectPlace {
  /** The last text asked for, shown or not: another model is tried on it. */
  private wanted: SelectionText | null = null;
  /** The text that was shown before the one of the picture. */
  private textBefore: string | undefined;
  private flight: Flight | null = null;
  private readonly laterChecks: LaterChecks;
  /** The model of the picture; before there is one that could be used the one tried last, which the next text wants too. */
  private own: HeldModel | null = null;

  constructor(
    private readonly options: PlaceOptions,
    private readonly state: PlaceState,
    /** Its works in the engine's queue take only each other's place. */
    private readonly lane: number,
    private reference: ModelReference,
  ) {
    this.laterChecks = new LaterChecks(options.engine, state);
  }

  /** The model of the picture, or of the next text. */
  get model(): ModelReference {
    return this.reference;
  }

  /** Models that it shows or waits for. */
  get models(): readonly HeldModel[] {
    const coming = this.flight?.model;
    // Nothing shows a model whose other values are on their way: two of a large one need not lie in memory.
    const isLeft = this.state.subject().run === null && coming?.reference === this.own?.reference;
    return [...(this.own && !isLeft ? [this.own] : []), ...(coming ? [coming] : [])];
  }

  /** Inspects the text with the model in use. A failure becomes the subject's problem. */
  async inspect(selection: SelectionText, view?: View): Promise<void> {
    this.tell(await this.start({ model: this.reference, given: this.wantedGiven(), selection, view }));
  }

  /** Takes another model and inspects the text anew; where that fails, model and picture are as before. */
  useModel(reference: ModelReference): Promise<Ending> {
    return this.start({ model: reference, given: this.options.memory.textsOf(reference), selection: this.wanted });
  }

  /** Gives the model's input what the user wrote, nothing where that is empty, and comes back to what was asked for last. */
  async giveInput(input: string, text: string): Promise<GivenAnswer> {
    // A card that is still on the screen may be of another model.
    if (!this.state.subject().model?.inputs.some(({ name }) => name === input)) return { isTaken: false };
    const unreadable = whyUnreadable(text);
    if (unreadable !== undefined) return { isTaken: false, reason: unreadable };
    const given = withGiven(this.wantedGiven(), input, text);
    const failure = await this.start({ model: this.reference, given, selection: this.wanted, view: this.shownView() });
    if (failure === null || failure === 'superseded') return { isTaken: failure === null };
    this.tell(failure);
    const reason = reasonAt(input, failure);
    return { isTaken: false, ...(reason !== undefined && { reason }) };
  }

  /** Comes back, with a new worker, to what was asked for last, shown or not. The way there begins when it is called. */
  resumption(): () => Promise<void> {
    const request = this.abandon();
    if (!request && !this.wanted) return async () => this.state.change({ phase: this.restingPhase() });
    const { model, given } = request ?? { model: this.reference, given: this.wantedGiven() };
    const view = request?.view ?? this.shownView();
    return async () => this.tell(await this.start({ model, given, selection: this.wanted, view }));
  }

  /** The model for the next text; nothing is loaded before that. */
  presetModel(reference: ModelReference): void {
    this.reference = reference;
    if (!this.state.subject().model) this.state.change({ modelLabel: this.options.labelOf(reference) });
  }

  /** Gives up what is on its way; says so in the subject. False: nothing was. */
  stop(): boolean {
    if (!this.abandon()) return false;
    this.state.change({ phase: this.restingPhase(), problem: problem('workerStopped') });
    return true;
  }

  /** Gives up what is on its way; gives what it was. */
  abandon(): InspectionRequest | undefined {
    const request = this.flight?.request;
    this.flight?.controller.abort();
    this.flight = null;
    return request;
  }

  private tell(ending: Ending): void {
    if (ending !== null && ending !== 'superseded') this.state.change({ problem: ending });
  }

  /** The values of the model in use: those of a request on its way, which a newer text must not lose, else those that are kept. */
  private wantedGiven(): GivenTexts {
    const request = this.flight?.request;
    return request?.model === this.reference ? request.given : this.options.memory.textsOf(this.reference);
  }

  /** The view to come back to, where the text of the picture is run again. */
  private shownView(): View | undefined {
    return this.wanted === this.state.subject().selection ? (this.state.view() ?? undefined) : undefined;
  }

  private async start(request: InspectionRequest): Promise<Ending> {
    this.flight?.controller.abort();
    const flight: Flight = { request, controller: new AbortController(), model: { reference: request.model, given: request.given } };
    this.flight = flight;
    if (request.selection && !isBlank(request.selection)) this.wanted = request.selection;
    const { onError } = this.options;
    const outcome = await attempt(request, this.contextOf(flight), flight.controller.signal, onError);
    // A newer request, or Stop, has taken over the subject.
    if (this.flight !== flight) return 'superseded';
    this.flight = null;
    // A result that cannot be shown is a failure like any other.
    const failure = outcome.ok ? failureOf(() => this.settle(request, outcome.value), onError) : outcome.problem;
    if (failure) this.fallBack(flight);
    // What the model wants of the user is the subject's problem by now.
    return failure ? inEditor(failure, this.options.labelOf(request.model)) : this.state.subject().problem;
  }

  private contextOf(flight: Flight): RequestContext {
    const { engine, labelOf } = this.options;
    const enter = (name: 'loading' | 'running', what: string, progress?: Progress) => {
      if (this.flight === flight) this.state.change({ phase: { name, what, ...(progress && { progress }) }, problem: null });
    };
    const hold = (model: HeldModel) => {
      if (this.flight !== flight) return;
      flight.model = model;
      this.state.held();
    };
    const { run } = this.state.subject();
    const text = flight.request.selection?.text;
    // A text run again, by another worker or model, is compared with the same text as the first time: its focus stays.
    const previousText = text === run?.text ? this.textBefore : run?.text;
    const whyNotCompared = this.laterChecks.whyNot(flight.request.model);
    return { engine, labelOf, previousText, focusAt: focusOffset(text, run, this.state.view()), whyNotCompared, lane: this.lane, hold, enter };
  }

  private settle(request: InspectionRequest, { model, given, run, need }: InspectionResult): void {
    const before = this.state.subject();
    // Without a new run: a model that wants values takes the place of another one, whose picture must not stand under its name.
    const isSame = before.run && this.own?.reference === request.model && givenKey(before.given) === givenKey(given);
    const left = need && !isSame ? { selection: request.selection, run: null, view: null } : { ...before, view: this.state.view() };
    const { selection, run: shown, view } = run ? { selection: request.selection, run, view: this.state.viewFor(run, request) } : left;
    const phase = { name: shown ? 'ready' : 'idle' } as const;
    const modelLabel = this.options.labelOf(request.model);
    const isTextStale = selection === before.selection && before.isTextStale === true;
    const subject = { selection, isTextStale, run: shown, phase, model, modelLabel, given, problem: need && inEditor(need, modelLabel) };
    this.reference = request.model;
    this.own = { reference: request.model, given };
    this.options.memory.keep(request.model, given);
    if (run && run.text !== before.run?.text) this.textBefore = before.run?.text;
    this.state.settle(subject, view);
    // After the views have the new state: a request that ends is no failure of the picture then.
    this.state.held();
    if (run) void this.laterChecks.finish(run, request.model).then((isDone) => (isDone ? undefined : this.resumption()()));
  }

  private fallBack(flight: Flight): void {
    if (!this.state.subject().model) this.own = flight.model;
    this.state.change({ phase: this.restingPhase() });
    // The model of the picture stays; one that was tried in vain goes.
    this.state.held();
  }

  private restingPhase(): Subject['phase'] {
    return { name: this.state.subject().run ? 'ready' : 'idle' };
  }
}
