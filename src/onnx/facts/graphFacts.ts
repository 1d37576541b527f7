// What the analysis of one ONNX file says. Facts and tensor names only: no weights, no numbers of a run. The contract between onnx/ and engine/.

import type { Tower } from '../../core/names';
import type { AddedNodes } from '../file/sideGraph';
import type { Block } from './block';
import type { CaptureRef, TensorRef } from './captures';
import type { GraphInput, GraphOutput } from './inputs';
import type { Site } from './site';

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
  /** Nodes to add beside the graph, for captured tensors that it does not hold as such. */
  readonly added: AddedNodes;
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
