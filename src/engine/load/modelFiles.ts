// How the engine reads a model's files, without knowing the platform. Paths are absolute.

export interface ModelFiles {
  /** Bytes of a file; undefined when it cannot be read. */
  size(path: string): Promise<number | undefined>;
  /** `fileStamp` of a file; `noStamp` when it cannot be read. */
  stamp(path: string): Promise<string>;
  /**
   * The whole file in one buffer, also above 2 GB. `look` sees its first bytes before the rest is read, and may refuse.
   * Throws a ProblemError fileMissing, notPlainFile or onnxTooLarge.
   */
  readAll(path: string, look?: (head: Uint8Array) => void): Promise<Uint8Array>;
  /** These bytes of a file, in order and one after another in one buffer. Throws a ProblemError fileMissing or notPlainFile. */
  readRanges(path: string, ranges: readonly { readonly from: number; readonly to: number }[]): Promise<Uint8Array>;
  /** SHA-256 of a file's content in hexadecimal. */
  sha256(bytes: Uint8Array): Promise<string>;
}
