// What one ONNX file of a model consists of once it is read: bytes, facts and the files that hold its weights.

import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { OnnxModel } from '../../onnx/file/readModel';
import type { ModelFile } from '../../protocol/modelSource';

export interface PartContent {
  readonly file: ModelFile;
  readonly bytes: Uint8Array;
  readonly model: OnnxModel;
  readonly facts: GraphFacts;
  /** Contents of external data files by their location in the ONNX file. */
  readonly external: ReadonlyMap<string, Uint8Array>;
}
