// Models with which the native runtime took the engine with it: WebAssembly runs them from then on, as long as this window lives.

import { type EngineWish, wantsNative } from '../../core/engineName';
import type { ModelReference } from '../inspection/inspectionEngine';

export class NativeFailures {
  private readonly models = new Set<ModelReference>();

  /** What is wished for a model, with what is known of it. */
  wishFor(model: ModelReference, wish: EngineWish | undefined): EngineWish | undefined {
    return wish && this.models.has(model) ? { ...wish, whyNotNative: 'it broke off with this model, and took the engine with it' } : wish;
  }

  /** The engine broke off while this model was loaded or run. False where the native runtime had no part in it. */
  note(model: ModelReference, wish: EngineWish | undefined): boolean {
    if (!wantsNative(this.wishFor(model, wish))) return false;
    this.models.add(model);
    return true;
  }
}
