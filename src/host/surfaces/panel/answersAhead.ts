// The numbers of the picture that a state will be drawn with, sent behind it unasked: a page that had to ask for them would wait for a whole
// way there and back.

import type { InspectionState } from '../../../core/inspection';
import type { PackQuestion } from '../../../core/question';
import type { TensorPack } from '../../../core/tensorPack';
import type { Reader } from '../../../protocol/ask';
import { readPicture } from '../../../reading/readPicture';

export type Send = (question: PackQuestion, pack: TensorPack) => void;

export class AnswersAhead {
  /** What they were sent for last. */
  private last = '';
  private reading = new AbortController();

  constructor(private readonly engine: Reader) {}

  /** What the page of before was sent, a new one has not. */
  forget(): void {
    this.last = '';
  }

  /** Reads what this state's picture needs, where that is another one than the last. Failures are the page's to tell: it asks for itself. */
  send(state: InspectionState, send: Send): void {
    const { view, subjects } = state;
    const { run } = subjects[0];
    const own = run && view ? JSON.stringify([run.runId, view.site, view.head]) : '';
    if (own === this.last) return;
    this.last = own;
    this.reading.abort();
    this.reading = new AbortController();
    const { signal } = this.reading;
    const reader: Reader = {
      read: async (question, ending) => {
        const outcome = await this.engine.read(question, ending);
        // A picture asks for numbers only.
        if (outcome.ok && 'buffer' in outcome.value && !signal.aborted) send(question as PackQuestion, outcome.value);
        return outcome;
      },
    };
    if (own !== '') void readPicture(state, reader, signal).catch(() => undefined);
  }
}
