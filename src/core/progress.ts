// How far a long work is. Wire-safe.

/** reading: the files; trying: short runs after loading; comparing: with the unmodified files; running: the text. */
export type Stage = 'reading' | 'trying' | 'comparing' | 'running';

export interface Progress {
  readonly stage: Stage;
  /** Steps of the stage that are done, of how many; where it has steps. */
  readonly done?: number;
  readonly of?: number;
  /** Of a model that is loaded: what its files hold, as far as that is known. */
  readonly sizeInBytes?: number;
}
