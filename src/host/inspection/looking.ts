// What the user looks at within the run: head, focus and view, and the heads that are pinned for a model.

import type { View } from '../../core/inspection';
import type { SiteKey } from '../../core/names';
import type { SeenRun } from '../../core/run';
import { candidateBeside, candidatesFor, isSightOf } from '../../present/heads/candidates';
import type { ModelReference } from './inspectionEngine';
import { headBeside, layerBeside, type Step } from './steps';
import { type Pin, viewOf, withFocus, withHead } from './view';

export interface Looked {
  readonly model: ModelReference;
  readonly run: SeenRun | null;
  readonly view: View | null;
}

export class Looking {
  private readonly pins = new Map<ModelReference, Pin>();

  constructor(
    private readonly now: () => Looked,
    private readonly change: (view: View) => void,
    /** Asks which heads bring most to the focus of the view. */
    private readonly look: (run: SeenRun, view: View) => void,
  ) {}

  showHead(site: SiteKey, head: number | null): void {
    const { run, view } = this.now();
    const moved = run && view && withHead(run, view, site, head);
    if (moved) this.show({ ...moved, isPinned: true });
  }

  /** The head of that place among those that bring most to the focus. No choice of the user's for other texts. */
  showCandidate(index: number): void {
    const { run, view } = this.now();
    const candidate = run && view && candidatesFor(run, view)[index];
    const moved = candidate && withHead(run, view, candidate.site, candidate.head);
    if (moved) this.show({ ...moved, isPinned: false });
  }

  /** Back to the head that brings most to the focus. */
  unpinHead(): void {
    const { run, view } = this.now();
    const moved = run && view && withHead(run, view, run.firstSight.site, run.firstSight.head);
    if (moved) this.show({ ...moved, isPinned: false });
  }

  stepHead(step: Step): void {
    this.stepTo(headBeside, step);
  }

  stepLayer(step: Step): void {
    this.stepTo(layerBeside, step);
  }

  stepCandidate(step: Step): void {
    const { run, view } = this.now();
    const index = run && view ? candidateBeside(candidatesFor(run, view), view, step) : undefined;
    if (index !== undefined) this.showCandidate(index);
  }

  showFocus(focus: number): void {
    const { run, view } = this.now();
    if (run && view) this.show(withFocus(run, view, focus));
  }

  setView({ tab, isPinned }: Partial<Pick<View, 'tab' | 'isPinned'>>): void {
    const { view } = this.now();
    if (view) this.show({ ...view, tab: tab ?? view.tab, isPinned: isPinned ?? view.isPinned });
  }

  /** The view of a new run: as `wanted` says, with the head pinned for the model, in the tab that was open. */
  viewFor(run: SeenRun, model: ModelReference, wanted: View | undefined): View {
    if (wanted?.isPinned) this.pins.set(model, { site: wanted.site, head: wanted.head });
    return viewOf(run, { pin: this.pins.get(model), focus: wanted?.focus, tab: wanted?.tab ?? this.now().view?.tab });
  }

  private stepTo(besideOf: typeof headBeside, step: Step): void {
    const { run, view } = this.now();
    const next = run && view && besideOf(run, view, step);
    if (next) this.showHead(next.site, next.head);
  }

  private show(view: View): void {
    const { model, run } = this.now();
    if (view.isPinned) this.pins.set(model, { site: view.site, head: view.head });
    else this.pins.delete(model);
    this.change(view);
    if (run && !isSightOf(run.firstSight, view)) this.look(run, view);
  }
}
