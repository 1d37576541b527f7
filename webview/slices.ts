// Tensors that the visible views need, asked for once and kept, least recently used first out, within a byte budget.
// Only the current run's: what arrives for an older run is dropped unseen.

import { captureName } from '../src/core/names';
import type { Outcome } from '../src/core/problem';
import type { SliceKey } from '../src/core/sliceKey';
import type { TensorPack } from '../src/core/tensorPack';
import type { ThumbnailParams } from '../src/protocol/engineApi';

export type Fetched =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly pack: TensorPack }
  | { readonly state: 'failed'; readonly reason: string };

/** The two calls of PanelApi that deliver numbers. */
export interface SliceSource {
  slice(params: SliceKey): Promise<Outcome<TensorPack>>;
  thumbnails(params: ThumbnailParams): Promise<Outcome<TensorPack>>;
}

export interface SlicesOptions {
  readonly source: SliceSource;
  readonly onChange: () => void;
  readonly budgetInBytes?: number;
}

export class Slices {
  #runId = -1;
  readonly #entries = new Map<string, Fetched>();

  constructor(private readonly options: SlicesOptions) {}

  /** Forgets everything of other runs. */
  startRun(runId: number): void {
    if (runId === this.#runId) return;
    this.#runId = runId;
    this.#entries.clear();
  }

  /** One activation, or one head of it; asks for it when it is not there. */
  slice(key: SliceKey): Fetched {
    return this.#get(key.runId, `slice ${key.pass} ${captureName(key)} ${key.head ?? 'all'}`, () => this.options.source.slice(key));
  }

  /** The overview's thumbnails; asks for them when they are not there. */
  thumbnails(params: ThumbnailParams): Fetched {
    return this.#get(params.runId, `thumbnails ${params.pass} ${params.tower} ${params.kind} ${params.maxSide}`, () => this.options.source.thumbnails(params));
  }

  get sizeInBytes(): number {
    let total = 0;
    for (const entry of this.#entries.values()) total += entry.state === 'ready' ? entry.pack.buffer.byteLength : 0;
    return total;
  }

  #get(runId: number, name: string, ask: () => Promise<Outcome<TensorPack>>): Fetched {
    if (runId !== this.#runId) return { state: 'loading' };
    const known = this.#entries.get(name);
    if (known) {
      this.#entries.delete(name);
      this.#entries.set(name, known);
      return known;
    }
    const loading: Fetched = { state: 'loading' };
    this.#entries.set(name, loading);
    void this.#fetch(runId, name, ask);
    return loading;
  }

  async #fetch(runId: number, name: string, ask: () => Promise<Outcome<TensorPack>>): Promise<void> {
    const answer = await ask().then(
      fetchedOf,
      (error: unknown): Fetched => ({ state: 'failed', reason: error instanceof Error ? error.message : String(error) }),
    );
    if (runId !== this.#runId) return;
    this.#entries.set(name, answer);
    this.#evict(name);
    this.options.onChange();
  }

  #evict(newest: string): void {
    const budget = this.options.budgetInBytes ?? 64 * 2 ** 20;
    for (const [name, entry] of this.#entries) {
      if (this.sizeInBytes <= budget) return;
      if (name !== newest && entry.state === 'ready') this.#entries.delete(name);
    }
  }
}

function fetchedOf(outcome: Outcome<TensorPack>): Fetched {
  return outcome.ok ? { state: 'ready', pack: outcome.value } : { state: 'failed', reason: `${outcome.problem.message} ${outcome.problem.hint}` };
}
