// The messages of an ONNX file as this project needs them: each with its place in the bytes. Weights are located, never decoded.

import type { Field } from '../wire';

/** Part of the file's bytes. */
export interface Span {
  readonly bytes: Uint8Array;
  readonly from: number;
  readonly to: number;
}

export interface Attribute {
  readonly name: string;
  readonly span: Span;
  readonly int?: number;
  readonly float?: number;
  readonly text?: string;
  readonly ints: readonly number[];
  readonly floats: readonly number[];
  readonly tensor?: TensorPart;
  readonly graphs: readonly Span[];
  /** In a function body: the name of the caller's attribute that takes this place. */
  readonly reference?: string;
}

export interface TensorPart {
  readonly name: string;
  readonly dims: readonly number[];
  /** ONNX element type. */
  readonly type: number;
  readonly span: Span;
  readonly raw?: Span;
  /** Payloads of the typed fields (float_data, int32_data, int64_data …) in file order. */
  readonly typed: readonly { readonly field: Field; readonly bytes: Uint8Array }[];
  readonly external?: { readonly location: string; readonly offset: number; readonly length?: number };
}

export interface ValuePart {
  readonly name: string;
  /** 0 where nothing is declared. */
  readonly type: number;
  readonly dims?: readonly (number | string | undefined)[];
  /** False where it is declared to be a sequence, a map, an optional or a sparse value. */
  readonly isTensor: boolean;
  readonly span: Span;
}

export interface NodePart {
  readonly name: string;
  readonly op: string;
  /** '' for ai.onnx. */
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
  readonly span: Span;
}
