// What the inputs and outputs of a file are for.

export type InputRole =
  | 'tokenIds'
  | 'decoderTokenIds'
  /** Which tokens are text and which padding. */
  | 'attentionMask'
  | 'encoderAttentionMask'
  /** Of the decoder's own tokens where one file holds both towers. */
  | 'decoderAttentionMask'
  /** How many tokens the text has: one number for each text. */
  | 'textLength'
  /** Which key each query may read: a table of queries by keys. */
  | 'pairMask'
  | 'tokenTypeIds'
  | 'taskTypeIds'
  | 'positionIds'
  /** Looks up rows of a further table; which feature that is, the graph alone does not tell. */
  | 'feature'
  | 'cachePosition'
  | 'pastKeyValue'
  | 'useCacheBranch'
  | 'logitsToKeep'
  | 'encoderStates'
  | 'recurrentState'
  /** Nothing that is shown depends on it. */
  | 'unused'
  | 'unknown';

/** What an input is fed, and on what that rests. */
export interface InputFill {
  /** `graph`: only this role does what the graph does with it; `tried`: runs on a short text show it; `assumed`: nothing shows it. */
  readonly evidence: 'graph' | 'tried' | 'configured' | 'given' | 'assumed';
  /** For people: `1 = read`, `2, 3, 4 …`. */
  readonly value: string;
  /** Of a mask: the number of a token that is read, and that of padding. */
  readonly read?: number;
  readonly hidden?: number;
  /** Of positions: the number of the first token. */
  readonly first?: number;
}

/** Rows that an input picks from a table of weights. */
export interface TableUse {
  readonly table: string;
  readonly rows?: number;
  /** What the graph adds to the numbers before they pick a row. */
  readonly shift: number;
}

/** A state that a recurrent layer hands from step to step. */
export interface RecurrentState {
  /** Cell states are those of an LSTM beside its hidden ones. */
  readonly kind: 'hidden' | 'cell';
  /** Place of its layer in the graph: states of lower layers come first. */
  readonly layer: number;
}

export interface GraphInput {
  readonly name: string;
  /** ONNX element type: see elementTypes.ts. */
  readonly elementType: number;
  /** A number, or the symbolic name; undefined where nothing is declared. */
  readonly dims: readonly (number | string | undefined)[];
  readonly role: InputRole;
  /** What shows the role: what the graph does with it, what its name says. */
  readonly why: string;
  /** Of an input that picks rows which are added to the stream. */
  readonly lookup?: TableUse;
  /** Of a mask of which only the sum is used: the number of tokens. */
  readonly isCounted?: boolean;
  /** Decided after the graph was read: by the configuration and by runs on a short text. */
  readonly fill?: InputFill;
  /** Of a recurrentState, where the graph tells. */
  readonly state?: RecurrentState;
}

export interface GraphOutput {
  readonly name: string;
  readonly dims: readonly (number | string | undefined)[];
  readonly role: 'logits' | 'hiddenStates' | 'presentKeyValue' | 'recurrentState' | 'other';
  readonly state?: RecurrentState;
  /** Of a presentKeyValue: the input whose keys or values it holds, with those of the new tokens behind them. */
  readonly continues?: string;
}
