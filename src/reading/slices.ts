// Tensors that the visible views need, asked for once and kept, least recently used first out, within a byte budget that what is drawn now may exceed.
// Only the current run's: what arrives for an older run is dropped unseen.

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
  #runId = -1;
  #requests = new AbortController();
  readonly #entries = new Map<string, Fetched>();
  /** What the last draw asked for: dropping it would only fetch it again, without end. */
  readonly #drawn = new Set<string>();

  constructor(private readonly options: SlicesOptions) {}

  /** Forgets everything of other runs and cancels what is asked of them. */
  startRun(runId: number): void {
    if (runId === this.#runId) return;
    this.#runId = runId;
    this.#requests.abort();
    this.#requests = new AbortController();
    this.#entries.clear();
    this.#drawn.clear();
  }

  /** To be called before every draw. */
  startDraw(): void {
    this.#drawn.clear();
  }

  /** The numbers that answer the question; asks for them when they are not there. */
  read(question: PackQuestion): Fetched {
    if (question.runId !== this.#runId) return { state: 'loading' };
    const name = questionName(question);
    this.#drawn.add(name);
    const known = this.#entries.get(name);
    if (known) {
      this.#entries.delete(name);
      this.#entries.set(name, known);
      return known;
    }
    const loading: Fetched = { state: 'loading' };
    this.#entries.set(name, loading);
    void this.#fetch(question, name);
    return loading;
  }

  get sizeInBytes(): number {
    let total = 0;
    for (const entry of this.#entries.values()) total += entry.state === 'ready' ? entry.pack.buffer.byteLength : 0;
    return total;
  }

  async #fetch(question: PackQuestion, name: string): Promise<void> {
    const answer = await ask(this.options.source, question, this.#requests.signal).then(
      fetchedOf,
      (error: unknown): Fetched => ({ state: 'failed', reason: error instanceof Error ? error.message : String(error) }),
    );
    if (question.runId !== this.#runId) return;
    this.#entries.set(name, answer);
    this.#evict(name);
    this.options.onChange();
  }

  #evict(newest: string): void {
    const budget = this.options.budgetInBytes ?? 64 * 2 ** 20;
    for (const [name, entry] of this.#entries) {
      if (this.sizeInBytes <= budget) return;
      if (name !== newest && !this.#drawn.has(name) && entry.state === 'ready') this.#entries.delete(name);
    }
  }
}

function fetchedOf(outcome: Outcome<TensorPack>): Fetched {
  return outcome.ok ? { state: 'ready', pack: outcome.value } : { state: 'failed', reason: `${outcome.problem.message} ${outcome.problem.hint}` };
}
