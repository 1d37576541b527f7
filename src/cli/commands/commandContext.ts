// What every command is given: its options, the engine, where to print.

import type { EngineWish } from '../../core/engineName';
import type { Remote } from '../../protocol/channel';
import type { EngineApi } from '../../protocol/engineApi';

export interface CommandContext {
  readonly values: ReadonlyMap<string, string>;
  /** Of options that may come more than once. */
  readonly repeated: ReadonlyMap<string, readonly string[]>;
  readonly engine: Remote<EngineApi>;
  /** What runs the model. */
  readonly wish: EngineWish;
  /** What runs the second side of `diff`. */
  readonly otherWish: EngineWish;
  readonly print: (text: string) => void;
  /** One line beside the answer. */
  readonly note: (line: string) => void;
  /** Folder of the bundled models, one folder each. */
  readonly bundledFolder: string;
  /** Version of the product, for the metadata of files. */
  readonly version: string;
}
