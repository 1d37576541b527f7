// What the encoder gave for the source of a run: passes with other targets, and later captures of the decoder, go on from it.

import type { EncoderStates } from '../pass/runPass';
import type { RawTensor } from '../tensors/rawTensor';

export class KeptEncoder implements EncoderStates {
  states: ReadonlyMap<string, RawTensor> | undefined;

  get sizeInBytes(): number {
    return [...(this.states?.values() ?? [])].reduce((sum, { data }) => sum + data.byteLength, 0);
  }

  keep(states: ReadonlyMap<string, RawTensor>): void {
    this.states = states;
  }

  drop(): void {
    this.states = undefined;
  }
}
