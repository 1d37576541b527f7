// One token with its character range. Ranges count UTF-16 code units, as VS Code and JavaScript strings do.

export interface Token {
  readonly id: number;
  /** The vocabulary's own spelling of the token, e.g. `Ġthe`, `##ing`, `[CLS]`. */
  readonly text: string;
  /** Start of the range in the text (in the pair when sequence is 1). Empty range for tokens the tokenizer added. */
  readonly start: number;
  readonly end: number;
  /** True when the post-processor added the token ([CLS], </s> …). */
  readonly isSpecial: boolean;
  /** 0: of the text, 1: of the pair, null: added by the tokenizer. */
  readonly sequence: 0 | 1 | null;
  readonly typeId: number;
}

/** The tokens of one text as plain columns, one entry per token: what `tokenize` writes. */
export interface TokenizedLine {
  readonly ids: readonly number[];
  readonly tokens: readonly string[];
  /** UTF-16 code units of the text that the token came from; an empty range for tokens the tokenizer added. */
  readonly offsets: readonly (readonly [number, number])[];
  /** 1 for tokens that the tokenizer added. */
  readonly special: readonly (0 | 1)[];
}

/** Which tokens are put around a text beyond those that tokenizer.json adds: what the model's configuration asks for (`auto`), none, or these. */
export const endChoices = ['auto', 'none', 'bos', 'eos', 'both'] as const;
export type EndChoice = (typeof endChoices)[number];

/** Something true of a run's tokens that the numbers do not show; a warning where the picture says little because of it. */
export interface RunNote {
  readonly text: string;
  readonly isWarning: boolean;
}
