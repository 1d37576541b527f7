// What is known of an ONNX file after it was read: its parts, each with its place in the bytes. Types only.

import type { NodePart, Span, TensorPart, ValuePart } from './messages/parts';

export interface OnnxNode extends NodePart {
  /** Place in the order of computation. */
  readonly index: number;
  /** Names that its sub-graphs take from outside. */
  readonly implicit: readonly string[];
}

export interface OnnxModel {
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly producer: string;
  readonly opsets: ReadonlyMap<string, number>;
  /** In an order in which they can be computed. */
  readonly nodes: readonly OnnxNode[];
  readonly initializers: ReadonlyMap<string, TensorPart>;
  /** Without those that are only names of initializers, and without those that nothing reads. */
  readonly inputs: readonly ValuePart[];
  readonly outputs: readonly ValuePart[];
  /** Names of inputs that nothing reads. */
  readonly unusedInputs: readonly string[];
  readonly irVersion: number;
  readonly copied: readonly Span[];
  /** Declared inputs that are initializers: written again as they are. */
  readonly initializerInputs: readonly Span[];
  /** Contents of the data files beside it, by location, as far as they were read: some norms keep their numbers there. */
  readonly outside: ReadonlyMap<string, Uint8Array>;
}
