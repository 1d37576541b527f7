// The state of the inspection and who is told of it. What is pointed at goes with the run that it is a token of.

import { type InspectionState, type SubjectIndex, withSubject } from '../../core/inspection';
import type { Subject } from '../../core/subject';
import { pointedIn } from './pointed';

export class StateHolder {
  private readonly listeners = new Set<(state: InspectionState) => void>();

  constructor(private state: InspectionState) {}

  get current(): InspectionState {
    return this.state;
  }

  /** Calls `listener` after every change; returns a function that ends this. */
  onChange(listener: (state: InspectionState) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** A second subject beside the first, of which nothing is to be told yet. */
  open(other: Subject): void {
    this.state = { ...this.state, subjects: withSubject(this.state.subjects, 1, other) };
  }

  /** Changes one subject, and what else changes with it, at once. */
  change(index: SubjectIndex, change: Partial<Subject>, others: Partial<InspectionState> = {}): void {
    const changed = { ...(this.state.subjects[index] as Subject), ...change };
    this.update({ subjects: withSubject(this.state.subjects, index, changed), ...others });
  }

  update(change: Partial<InspectionState>): void {
    const next = { ...this.state, ...change };
    this.state = { ...next, pointed: pointedIn(next.subjects, next.pointed, this.state.subjects) };
    for (const listener of this.listeners) listener(this.state);
  }
}
