// Tensors that the visible views need, asked for once and kept, least recently used first out, within a byte budget that what is drawn now may exceed.
// Only of the runs that are shown: what arrives for an older one is dropped unseen. Each surface has its own, and ends no request of another.

import type { Outcome } from '../core/problem';
import { type PackQuestion, questionName } from '../core/question';
import type { TensorPack } from '../core/tensorPack';
import { ask, type Reader } from '../protocol/ask';

export type Fetched =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly pack: TensorPack }
  | { readonly state: 'failed'; readonly reason: string };

export interface SlicesOptions {
  readonly source: Reader;
  readonly onChange: () => void;
  readonly budgetInBytes?: number;
}

export class Slices {
  /** Runs that are shown, each with the end of what is asked of it. */
  readonly #runs = new Map<number, AbortController>();
  readonly #entries = new Map<string, { readonly runId: number; readonly answer: Fetched }>();
  /** What the last draw asked for: dropping it would only fetch it again, without end. */
  readonly #drawn = new Set<string>();

  constructor(private readonly options: SlicesOptions) {}

  /** Forgets everything of other runs and cancels what is asked of them. */
  keepRuns(runIds: readonly number[]): void {
    for (const [runId, requests] of this.#runs) {
      if (runIds.includes(runId)) continue;
      requests.abort();
      this.#runs.delete(runId);
    }
    for (const [name, { runId }] of this.#entries) if (!this.#runs.has(runId)) this.#entries.delete(name);
    for (const runId of runIds) if (!this.#runs.has(runId)) this.#runs.set(runId, new AbortController());
  }

  /** To be called before every draw. */
  startDraw(): void {
    this.#drawn.clear();
  }

  /** The numbers that answer the question; asks for them when they are not there. */
  read(question: PackQuestion): Fetched {
    const { runId } = question;
    const requests = this.#runs.get(runId);
    if (!requests) return { state: 'loading' };
    const name = questionName(question);
    this.#drawn.add(name);
    const known = this.#entries.get(name);
    if (known) {
      this.#entries.delete(name);
      this.#entries.set(name, known);
      return known.answer;
    }
    const answer: Fetched = { state: 'loading' };
    this.#entries.set(name, { runId, answer });
    void this.#fetch(question, name, requests.signal);
    return answer;
  }

  /** An answer that came unasked. */
  take(question: PackQuestion, pack: TensorPack): void {
    if (this.#runs.has(question.runId)) this.#keep(questionName(question), question.runId, { state: 'ready', pack });
  }

  get sizeInBytes(): number {
    let total = 0;
    for (const { answer } of this.#entries.values()) total += answer.state === 'ready' ? answer.pack.buffer.byteLength : 0;
    return total;
  }

  async #fetch(question: PackQuestion, name: string, signal: AbortSignal): Promise<void> {
    const answer = await ask(this.options.source, question, signal).then(
      fetchedOf,
      (error: unknown): Fetched => ({ state: 'failed', reason: error instanceof Error ? error.message : String(error) }),
    );
    if (!signal.aborted) this.#keep(name, question.runId, answer);
  }

  #keep(name: string, runId: number, answer: Fetched): void {
    this.#entries.set(name, { runId, answer });
    this.#evict(name);
    this.options.onChange();
  }

  #evict(newest: string): void {
    const budget = this.options.budgetInBytes ?? 64 * 2 ** 20;
    for (const [name, { answer }] of this.#entries) {
      if (this.sizeInBytes <= budget) return;
      if (name !== newest && !this.#drawn.has(name) && answer.state === 'ready') this.#entries.delete(name);
    }
  }
}

function fetchedOf(outcome: Outcome<TensorPack>): Fetched {
  return outcome.ok ? { state: 'ready', pack: outcome.value } : { state: 'failed', reason: `${outcome.problem.message} ${outcome.problem.hint}` };
}
