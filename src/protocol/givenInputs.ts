// Values that the user gives for inputs whose role nothing shows.

/** Numbers for one input. Without dims it is one number, with which the input is filled in the shape that the text gives it. */
export interface GivenInput {
  readonly values: readonly number[];
  readonly dims?: readonly number[];
}

/** By the input's name. */
export type GivenInputs = Readonly<Record<string, GivenInput>>;
