// One run of a text: the model, the text, and the passes over its files. A decoder that goes on from what it gave has several, the others one.

import type { LoadedModelState } from '../model/loadedModel';
import type { ModelText } from '../text/modelText';
import type { StoredRun } from './captureStore';
import { Pass } from './pass';

export class Run implements StoredRun {
  readonly passes: readonly Pass[];

  constructor(
    readonly runId: number,
    readonly model: LoadedModelState,
    readonly text: ModelText,
  ) {
    this.passes = [new Pass(model, text)];
  }

  /** The pass that is there from the start. */
  get first(): Pass {
    return this.passes[0] as Pass;
  }

  get sizeInBytes(): number {
    return this.passes.reduce((sum, pass) => sum + pass.sizeInBytes, 0);
  }

  drop(): void {
    for (const pass of this.passes) pass.drop();
  }
}
