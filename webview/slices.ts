// Tensors that the visible views need, asked for once and kept, least recently used first out, within a byte budget that what is drawn now may exceed.
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
  slice(params: SliceKey, signal: AbortSignal): Promise<Outcome<TensorPack>>;
  thumbnails(params: ThumbnailParams, signal: AbortSignal): Promise<Outcome<TensorPack>>;
}

export interface SlicesOptions {
  readonly source: SliceSource;
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

  /** One activation, one head of it, or its mean over heads; asks for it when it is not there. */
  slice(key: SliceKey): Fetched {
    return this.#get(key.runId, `slice ${key.pass} ${captureName(key)} ${key.isHeadMean ? 'mean' : (key.head ?? 'all')}`, (signal) =>
      this.options.source.slice(key, signal),
    );
  }

  /** The overview's thumbnails; asks for them when they are not there. */
  thumbnails(params: ThumbnailParams): Fetched {
    return this.#get(params.runId, `thumbnails ${params.pass} ${params.tower} ${params.kind} ${params.maxSide}`, (signal) =>
      this.options.source.thumbnails(params, signal),
    );
  }

  get sizeInBytes(): number {
    let total = 0;
    for (const entry of this.#entries.values()) total += entry.state === 'ready' ? entry.pack.buffer.byteLength : 0;
    return total;
  }

  #get(runId: number, name: string, ask: (signal: AbortSignal) => Promise<Outcome<TensorPack>>): Fetched {
    if (runId !== this.#runId) return { state: 'loading' };
    this.#drawn.add(name);
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

  async #fetch(runId: number, name: string, ask: (signal: AbortSignal) => Promise<Outcome<TensorPack>>): Promise<void> {
    const answer = await ask(this.#requests.signal).then(
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
      if (name !== newest && !this.#drawn.has(name) && entry.state === 'ready') this.#entries.delete(name);
    }
  }
}

function fetchedOf(outcome: Outcome<TensorPack>): Fetched {
  return outcome.ok ? { state: 'ready', pack: outcome.value } : { state: 'failed', reason: `${outcome.problem.message} ${outcome.problem.hint}` };
}
