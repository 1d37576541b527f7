// The inspection: the one state of what the user looks at, and the places whose subjects it holds. Knows nothing of VS Code.

import type { InspectionState, Pointed, SubjectIndex, View } from '../../core/inspection';
import type { Problem } from '../../core/problem';
import type { SeenRun } from '../../core/run';
import type { SelectionText, Subject } from '../../core/subject';
import { isSightOf } from '../../present/heads/candidates';
import { ask } from '../../protocol/ask';
import type { GivenAnswer } from '../../protocol/panelApi';
import { inEditor } from './editorProblem';
import type { ModelReference } from './inspectionEngine';
import { Looking } from './looking';
import { type Ending, emptySubject, type PlaceOptions, type PlaceState } from './placeState';
import { pointedIn } from './pointed';
import { StateHolder } from './stateHolder';
import { SubjectPlace } from './subjectPlace';

export interface InspectionOptions extends PlaceOptions {
  readonly model: ModelReference;
  readonly specialTokens: InspectionState['specialTokens'];
}

export class Inspection {
  /** Head, focus and view within the run that is shown. */
  readonly looking = new Looking(
    () => ({ model: this.model, run: this.subject.run, view: this.state.view }),
    (view) => this.holder.update({ view }),
    (run, view) => void this.look(run, view),
  );
  private readonly holder: StateHolder;
  private readonly place: SubjectPlace;
  /** What the one of the picture is compared with. */
  private otherPlace: SubjectPlace | undefined;

  constructor(private readonly options: InspectionOptions) {
    const { model, labelOf, specialTokens } = options;
    this.holder = new StateHolder({ subjects: [emptySubject(labelOf(model))], view: null, pointed: null, specialTokens });
    this.place = new SubjectPlace(options, this.stateOf(0), 0, model);
  }

  get state(): InspectionState {
    return this.holder.current;
  }

  /** The one that is shown. */
  get subject(): Subject {
    return this.state.subjects[0];
  }

  /** The model of the picture, or of the next text. */
  get model(): ModelReference {
    return this.place.model;
  }

  /** Calls `listener` after every change; returns a function that ends this. */
  onChange(listener: (state: InspectionState) => void): () => void {
    return this.holder.onChange(listener);
  }

  /** Inspects the text with the model in use. A failure becomes the state's problem. */
  inspect(selection: SelectionText, view?: View): Promise<void> {
    return this.place.inspect(selection, view);
  }

  /** Inspects a second text beside the first, with its own model: at first the same one. A failure becomes the problem of its subject. */
  inspectOther(selection: SelectionText, model?: ModelReference): Promise<void> {
    if (!this.otherPlace) {
      const own = model ?? this.model;
      this.holder.open(emptySubject(this.options.labelOf(own)));
      this.otherPlace = new SubjectPlace(this.options, this.stateOf(1), 1, own);
    } else if (model !== undefined) this.otherPlace.presetModel(model);
    return this.otherPlace.inspect(selection);
  }

  /** Lets the second text go. */
  closeOther(): void {
    if (!this.otherPlace) return;
    this.otherPlace.abandon();
    this.otherPlace = undefined;
    this.holder.update({ subjects: [this.subject] });
    this.hold();
  }

  /** Ends what is on its way and lets go of all that is held; nothing is asked of it afterwards. */
  close(): void {
    for (const place of this.places) place.abandon();
    this.options.engine.holdModels([]);
    this.options.engine.holdRuns([]);
  }

  /**
   * Takes another model and inspects the text anew. Returns why that failed, or that a newer wish or Stop came before; model and picture are then as
   * before. A model that only wants values of the user is taken all the same: the failure is then the state's problem too.
   */
  useModel(reference: ModelReference): Promise<Ending> {
    return this.place.useModel(reference);
  }

  giveInput(input: string, text: string): Promise<GivenAnswer> {
    return this.place.giveInput(input, text);
  }

  /** Starts a new worker, as new limits need one, and comes back to what was asked for last, shown or not. */
  async restart(): Promise<void> {
    const resumptions = this.places.map((place) => place.resumption());
    this.options.engine.stop();
    await Promise.all(resumptions.map((resume) => resume()));
  }

  presetModel(reference: ModelReference): void {
    this.place.presetModel(reference);
  }

  /** Ends runs that take too long, and the worker with them. */
  stop(): void {
    const isStopped = this.places.map((place) => place.stop());
    if (isStopped.includes(true)) this.options.engine.stop();
  }

  dismissProblem(): void {
    this.holder.change(0, { problem: null });
  }

  showProblem(failure: Problem): void {
    this.holder.change(0, { problem: inEditor(failure) });
  }

  setSpecialTokens(specialTokens: InspectionState['specialTokens']): void {
    this.holder.update({ specialTokens });
  }

  /** Whether the document holds another text by now where a subject's was taken from. */
  markText(index: SubjectIndex, isTextStale: boolean): void {
    const subject = this.state.subjects[index];
    if (subject && (subject.isTextStale ?? false) !== isTextStale) this.holder.change(index, { isTextStale });
  }

  /** Inspects a text that the document holds now in the place of the one that is shown; where that is the same one, the view stays. */
  inspectAgain(selection: SelectionText): Promise<void> {
    const isSame = selection.text === this.subject.run?.text;
    return this.inspect(selection, isSame ? (this.state.view ?? undefined) : undefined);
  }

  /** The pointer or the caret is on this token, or on none. What no run has is none. */
  point(pointed: Pointed | null): void {
    const next = pointedIn(this.state.subjects, pointed);
    if (JSON.stringify(next) !== JSON.stringify(this.state.pointed)) this.holder.update({ pointed: next });
  }

  /** What brings most to a focus that the user chose; where it cannot be had, nothing is said of it. */
  private async look({ runId }: SeenRun, { site: { tower, kind }, focus }: View): Promise<void> {
    const question = { of: 'firstSight', runId, at: { focus, shown: { tower, kind } } } as const;
    const answer = await ask(this.options.engine, question).catch(() => undefined);
    const { run } = this.subject;
    const { view } = this.state;
    if (!answer?.ok || run?.runId !== runId || !view || !isSightOf(answer.value, view)) return;
    this.holder.change(0, { run: { ...run, firstSight: answer.value } });
  }

  private get places(): readonly SubjectPlace[] {
    return this.otherPlace ? [this.place, this.otherPlace] : [this.place];
  }

  private stateOf(index: SubjectIndex): PlaceState {
    const isFirst = index === 0;
    return {
      subject: () => this.state.subjects[index] as Subject,
      change: (change) => this.holder.change(index, change),
      view: () => (isFirst ? this.state.view : null),
      viewFor: (run, { model, view }) => (isFirst ? this.looking.viewFor(run, model, view) : null),
      settle: (subject, view) => this.holder.change(index, subject, isFirst ? { view } : {}),
      held: () => this.hold(),
    };
  }

  /** Tells the engine what is shown and waited for. */
  private hold(): void {
    const { engine } = this.options;
    engine.holdModels(this.places.flatMap((place) => place.models));
    engine.holdRuns(this.state.subjects.flatMap(({ run }) => (run ? [run.runId] : [])));
  }
}
