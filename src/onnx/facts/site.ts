// What the analysis of one ONNX file says: inputs with their roles, attention sites, blocks, and where each activation lies.
// Facts and tensor names only: no weights, no numbers of a run. The contract between onnx/ and engine/.

import type { Activation, SiteKey, Tower } from '../../core/names';

/**
 * A tensor of the (instrumented) graph and what its axes mean, outermost first:
 * `h` head (several h axes merge in order), `q` query token, `k` key token, `t` token, `e` per-head dimension,
 * `d` any width (model, feed-forward, vocabulary), `1` an axis of size 1, `*` all remaining leading axes, merged into heads
 * (they must multiply to 1 where the activation has no heads). Example: `*qk`, `*ek` (a transposed key), `1qhe`.
 */
export interface TensorRef {
  readonly tensor: string;
  readonly axes: string;
}

/** Parts joined along the head axis: one for most models, one per head where every head has a softmax of its own. */
export type CaptureRef = readonly TensorRef[];

/** A factor that is one number: known from the file, or a tensor of one element read at run time. */
export type Scalar = { readonly value: number } | { readonly tensor: string };

/** One step from the raw product q·kᵀ to what softmax receives, in order. */
export type ScoreStep =
  | { readonly op: 'multiply'; readonly by: Scalar }
  | { readonly op: 'divide'; readonly by: Scalar }
  /** cap · tanh(x / cap) */
  | { readonly op: 'softcap'; readonly cap: Scalar }
  /** Adds a tensor that broadcasts to [head, query, key]; `subtract` for x − term. */
  | { readonly op: 'add'; readonly term: CaptureRef; readonly role: 'bias' | 'mask' | 'unknown'; readonly subtract?: boolean }
  /** Where(condition, …): cells whose condition equals `keepWhen` keep their value, the others take `otherwise`. */
  | { readonly op: 'where'; readonly condition: CaptureRef; readonly keepWhen: boolean; readonly otherwise: Scalar };

/** Names of two tensors of rows: `to` is made from `from` by a function of each row alone (a norm, a scale, an activation function). */
export interface RowMap {
  readonly from: string;
  readonly to: string;
  /** A second tensor that takes part, row by row: what a gate multiplies. */
  readonly beside?: string;
  /** A constant that the given rows hold and `from` does not: a bias that the next operator adds itself. */
  readonly less?: string;
}

/** A linear layer y = x·W + b, however it is written: also in two steps, with branches beside it, or scaled afterwards. */
export interface Linear {
  /** Tensor that enters, float, [token, in]. */
  readonly input: TensorRef;
  /** Tensor that leaves, bias included, [token, out]. */
  readonly output: TensorRef;
  /** Names of the nodes between input and output. */
  readonly nodes: readonly string[];
  /** How it is written, for describe: 'MatMul + Add', 'Gemm', 'MatMulInteger', 'MatMulNBits' … */
  readonly writtenAs: string;
  /** What the layer sees where that differs from `input`: quantised at run time, rounded, or multiplied head by head. */
  readonly inputAsSeen?: TensorRef;
  /** True where it was followed from attn_out back to the heads, whatever stands between: its axes are those of the file. */
  readonly isWhole?: boolean;
  /** True where a gate or factor multiplies the heads before the layer: `input` is without it, `inputAsSeen` with it. */
  readonly isMultiplied?: boolean;
}

/** Where attn_out joins the residual stream. */
export interface ResidualAdd {
  /** The stream that is added to. */
  readonly skip: TensorRef;
  /** What is added: attn_out itself, or attn_out after a norm, a factor or a rounding to 8 bits (then `addedIs` says so). */
  readonly added: TensorRef;
  readonly sum: TensorRef;
  readonly addedIs: 'attn_out' | 'normed attn_out' | 'scaled attn_out' | 'rounded attn_out' | 'attn_out + mlp_out';
  /** From attn_out to what is added, where a norm or factors stand between. */
  readonly map?: RowMap;
  /** From the sum to resid_mid, where a norm stands between. */
  readonly midNorm?: RowMap;
}

export interface Site extends SiteKey {
  /** For people: 'MatMul → Softmax → MatMul', 'com.microsoft.GroupQueryAttention' … */
  readonly recognisedAs: string;
  /** Names of the graph's nodes it rests on (qk product, softmax, weighted sum, output projection). */
  readonly nodes: readonly string[];
  /** Where the activations lie: q, k, v, rot_q, rot_k, scores, pattern, z, attn_out, resid_mid. */
  readonly captures: Readonly<Partial<Record<Activation, CaptureRef>>>;
  /** Reasons for what is not there. */
  readonly absent: Readonly<Partial<Record<Activation, string>>>;
  /** True where keys and values are shared by groups of heads and the captured k, v hold one copy per head. */
  readonly kvRepeated: boolean;
  /** Steps from q·kᵀ (rotated where rotary) to scores; undefined where they cannot be isolated (`whyUnchecked`). */
  readonly scoreSteps?: readonly ScoreStep[];
  readonly whyUnchecked?: string;
  /** Learned sink logit, one per head, that takes part in softmax and is then dropped: [head]. */
  readonly sink?: CaptureRef;
  /** The weights as they mix the values, where they are rounded to 8 bits after the softmax. */
  readonly patternAsMixed?: CaptureRef;
  /** True when scores/pattern were recomputed by side nodes because a fused operator hides them. */
  readonly isRecomputed: boolean;
  /** The fused operator's own output, to check recomputed pattern·v against. */
  readonly outputProjection?: Linear;
  readonly residual?: ResidualAdd;
  /** From the mask subgraph; undefined: unknown. */
  readonly isCausal?: boolean;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headSize?: number;
  /** H = 1 attention of a recurrent model: scores from a small network or a product, no W_O. */
  readonly isRecurrent?: boolean;
}

/** One layer of a tower. Every member absent from `captures` has its reason in `absent`. */
export interface Block {
  readonly tower: Tower;
  readonly layer: number;
  readonly captures: Readonly<Partial<Record<Activation, CaptureRef>>>;
  readonly absent: Readonly<Partial<Record<Activation, string>>>;
  /** Where the norm stands: told to the reader, used by check 6. */
  readonly form: 'pre-norm' | 'post-norm' | 'sandwich norm' | 'parallel' | 'no norm' | 'unknown';
  /** True where what leaves the layer is what enters the layer after it in the tower. */
  readonly leadsOn: boolean;
  /** What stands beside the attention's output in the sum of a parallel block, where that is mlp_out times constants: with the map to it. */
  readonly scaledMlpOut?: { readonly tensor: TensorRef; readonly map: RowMap };
  /** The addition that ends the layer, where it has one of its own after the attention's. */
  readonly end?: EndAdd;
  /** The layer from mlp_post to mlp_out. */
  readonly down?: Linear;
  /** From mlp_pre to mlp_post; `beside` is what its gate multiplies. */
  readonly activation?: { readonly map: RowMap; readonly beside?: TensorRef };
  /** From the last sum to resid_post, where a norm stands between. */
  readonly endNorm?: RowMap;
}

/** Where the feed-forward part joins the residual stream: skip + added = sum. */
export interface EndAdd {
  readonly skip: TensorRef;
  readonly added: TensorRef;
  readonly sum: TensorRef;
  /** From mlp_out to `added`, where a norm or factors stand between. */
  readonly map?: RowMap;
}

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
  /** ONNX element type: 1 float, 6 int32, 7 int64, 9 bool, 10 float16 … */
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
}

/** Everything found in one ONNX file. Layers are numbered per tower in order of computation. */
export interface GraphFacts {
  readonly inputs: readonly GraphInput[];
  /** Names of inputs that nothing reads in what is run. */
  readonly unread: readonly string[];
  readonly outputs: readonly GraphOutput[];
  readonly sites: readonly Site[];
  readonly blocks: readonly Block[];
  /** embed and pos_embed per tower, logits, last_hidden_state. */
  readonly towers: readonly TowerFacts[];
  /** Every lookup by the ids of a text; none of a text of which one is of another kind than taking rows. */
  readonly lookups: readonly RowLookup[];
  readonly logits?: CaptureRef;
  readonly lastHiddenState?: CaptureRef;
  /** Softmax nodes that are no attention, with the reason: told by describe. */
  readonly rejected: readonly { readonly node: string; readonly reason: string }[];
  readonly opset: number;
  readonly producer: string;
  readonly nodeCount: number;
  /** What the model computes in: halves that are widened by a Cast before use count as float32. Decides tolerances. */
  readonly precision: 'float32' | 'float16' | 'int8' | 'int4' | 'mixed';
  /** Rows of the token embedding table: the vocabulary the model knows. */
  readonly vocabularySize?: number;
  readonly positions?: PositionTable;
}

/** The table of positions that are added to the token rows. */
export interface PositionTable {
  readonly rows: number;
  /** Name of its weights. */
  readonly table?: string;
  /** Tensor of whole numbers that pick the rows; undefined where they are no lookup. */
  readonly index?: string;
  /** Row of the first token, as a run showed. */
  readonly first?: number;
}

export interface TowerFacts {
  readonly tower: Tower;
  readonly captures: Readonly<Partial<Record<'embed' | 'pos_embed', CaptureRef>>>;
  readonly absent: Readonly<Partial<Record<'embed' | 'pos_embed', string>>>;
}

/** Rows of a token table: row t of `rows` is row `indices[t]` of the table. */
export interface RowLookup {
  /** The graph's input that holds the ids of the text. */
  readonly ids: string;
  readonly indices: string;
  readonly rows: TensorRef;
}
