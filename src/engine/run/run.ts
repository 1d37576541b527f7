// One run of a text: the model, the text, and the passes over its files. A decoder that goes on from what it gave has several, the others one.

import type { CaptureRequest } from '../../protocol/engineApi';
import type { LoadedModelState } from '../model/loadedModel';
import type { ModelText } from '../text/modelText';
import type { StoredRun } from './captureStore';
import { KeptEncoder } from './keptEncoder';
import { Pass, type PassOptions } from './pass';

export class Run implements StoredRun {
  private readonly encoder = new KeptEncoder();
  private readonly all: Pass[] = [];

  constructor(
    readonly runId: number,
    readonly model: LoadedModelState,
    readonly text: ModelText,
    /** What was asked for; undefined: everything. */
    readonly request?: CaptureRequest,
  ) {
    this.addPass(text);
  }

  get passes(): readonly Pass[] {
    return this.all;
  }

  /** The pass that is there from the start. */
  get first(): Pass {
    return this.all[0] as Pass;
  }

  get sizeInBytes(): number {
    return this.all.reduce((sum, pass) => sum + pass.sizeInBytes, this.encoder.sizeInBytes);
  }

  /** A pass over the same source with another target; what the encoder gave is kept for it. */
  addPass(text: ModelText, options: PassOptions = {}): Pass {
    const pass = new Pass(this.model, text, { encoder: this.encoder, ...options });
    this.all.push(pass);
    return pass;
  }

  drop(): void {
    for (const pass of this.all) pass.drop();
    this.encoder.drop();
  }
}
