// The models of one worker: each is loaded once for all who want it, kept while a subject holds it and for a while after, as people go back
// and forth between two; the next load has its memory. Knows no worker; how a model is loaded and let go is given.

import { largeFromBytes } from '../../core/memoryEstimate';
import type { Outcome } from '../../core/problem';
import type { Progress } from '../../core/progress';
import { abortError } from '../../protocol/abort';
import type { LoadedModel, OnProgress, Watching } from '../../protocol/engineApi';
import { givenKey } from '../inspection/givenTexts';
import type { HeldModel } from '../inspection/inspectionEngine';

/** Does the work later; gives a function that takes it back. */
export type Later = (work: () => void, milliseconds: number) => () => void;

export interface LoadedModelsOptions {
  readonly load: (model: HeldModel, watching: Watching) => Promise<Outcome<LoadedModel>>;
  readonly unload: (modelId: number) => void;
  readonly later: Later;
}

/** How long a model stays that nothing holds any more, where it is not large: the memory of a worker ends at 4 GB. */
const graceInMs = 60_000;

interface Entry {
  readonly loading: Promise<Outcome<LoadedModel>>;
  readonly controller: AbortController;
  /** Who waits for it, by what they want to be told. */
  readonly waiting: Set<OnProgress>;
  progress?: Progress;
  loaded?: LoadedModel;
  /** Takes back that it goes. */
  stay?: (() => void) | undefined;
}

export class LoadedModels {
  private readonly entries = new Map<string, Entry>();
  private held: ReadonlySet<string> = new Set();
  /** Whose files are others by now: the picture is of them until the next one is there. */
  private readonly outdated = new Map<string, Entry>();

  constructor(private readonly options: LoadedModelsOptions) {}

  isLoaded(model: HeldModel): boolean {
    return this.entries.get(keyOf(model))?.loaded !== undefined;
  }

  /** Whether it is loaded or on its way. */
  isKnown(model: HeldModel): boolean {
    return this.entries.has(keyOf(model));
  }

  /** Loads the model anew in the place of one whose files have changed; that one stays until the next picture, a large one goes at once. */
  renew(model: HeldModel, outdated: LoadedModel, watching: Watching): Promise<Outcome<LoadedModel>> {
    const key = keyOf(model);
    const entry = this.entries.get(key);
    if (entry?.loaded === outdated) {
      if (isLarge(entry)) this.drop(key, entry);
      else this.setAside(key, entry);
    }
    return this.load(model, watching);
  }

  /** Loading goes on when the caller no longer waits, as long as the model is held: the next text wants the same one. */
  load(model: HeldModel, { signal, progress = () => undefined }: Watching): Promise<Outcome<LoadedModel>> {
    const key = keyOf(model);
    const entry = this.entries.get(key) ?? this.begin(key, model);
    entry.waiting.add(progress);
    this.release(key, entry);
    if (entry.progress && !entry.loaded) progress(entry.progress);
    const left = () => {
      entry.waiting.delete(progress);
      this.release(key, entry);
    };
    return unlessAborted(entry.loading, signal).finally(left);
  }

  /** The models that subjects show or wait for; every other one goes, a light one that is loaded after a while, or with the next load. */
  hold(models: readonly HeldModel[]): void {
    this.held = new Set(models.map(keyOf));
    for (const [key, entry] of this.entries) this.release(key, entry);
    for (const [key, entry] of this.outdated) if (this.entries.get(key)?.loaded || !this.held.has(key)) this.letGo(key, entry);
  }

  /** The worker is gone, and all of them with it. */
  clear(): void {
    for (const entry of this.entries.values()) entry.stay?.();
    this.entries.clear();
    this.outdated.clear();
  }

  private begin(key: string, model: HeldModel): Entry {
    this.makeRoom();
    const controller = new AbortController();
    const waiting = new Set<OnProgress>();
    const progress = (far: Progress) => {
      entry.progress = far;
      for (const tell of waiting) tell(far);
    };
    const entry: Entry = { loading: this.options.load(model, { signal: controller.signal, progress }), controller, waiting };
    this.entries.set(key, entry);
    void entry.loading.then(
      (outcome) => {
        // A model that could not be loaded is tried anew next time: its files may have changed.
        if (!outcome.ok) return this.forget(key, entry);
        entry.loaded = outcome.value;
        this.release(key, entry);
      },
      () => this.forget(key, entry),
    );
    return entry;
  }

  /** Another model is loaded: those that only might be wanted again go first. */
  private makeRoom(): void {
    for (const [key, entry] of this.entries) if (entry.loaded && !this.isWanted(key, entry)) this.drop(key, entry);
  }

  /** Whether somebody holds it or waits for it. */
  private isWanted(key: string, { waiting }: Entry): boolean {
    return this.held.has(key) || waiting.size > 0;
  }

  /** Lets the model go where nobody holds it or waits for it; one on its way ends at its next stage. */
  private release(key: string, entry: Entry): void {
    if (this.isWanted(key, entry) || this.entries.get(key) !== entry) {
      entry.stay?.();
      entry.stay = undefined;
    } else if (isLarge(entry)) {
      // A large one at once, as another one may be loaded next.
      this.drop(key, entry);
    } else entry.stay ??= this.options.later(() => this.drop(key, entry), entry.loaded ? graceInMs : 0);
  }

  private drop(key: string, entry: Entry): void {
    entry.stay?.();
    this.forget(key, entry);
    if (entry.loaded) this.options.unload(entry.loaded.modelId);
    else entry.controller.abort();
  }

  /** One that was to take the place of another leaves it to that one. */
  private forget(key: string, entry: Entry): void {
    if (this.entries.get(key) !== entry) return;
    this.entries.delete(key);
    const before = this.outdated.get(key);
    if (!before) return;
    this.outdated.delete(key);
    this.entries.set(key, before);
    this.release(key, before);
  }

  private setAside(key: string, entry: Entry): void {
    entry.stay?.();
    entry.stay = undefined;
    this.entries.delete(key);
    this.outdated.set(key, entry);
  }

  private letGo(key: string, { loaded }: Entry): void {
    this.outdated.delete(key);
    if (loaded) this.options.unload(loaded.modelId);
  }
}

function isLarge({ loaded }: Entry): boolean {
  return (loaded?.description.sizeInBytes ?? 0) >= largeFromBytes;
}

/** Other values make another model: what its inputs are for is tried with them when it is loaded. */
function keyOf({ reference, given }: HeldModel): string {
  return JSON.stringify([reference, givenKey(given)]);
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(abortError('The call was cancelled.'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject);
  });
}
