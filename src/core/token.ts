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
