// Sessions of one file: of small models made from it, whose weights lie in its own bytes, and of the file as it is.

import type { PartContent } from './partContent';
import type { MountedFile, Runtime, Session } from './runtime';

/** A model made from a file, and what it reads beside its own bytes: `what` is 'original' or the location of an external data file. */
interface DerivedModel {
  readonly bytes: Uint8Array;
  readonly mounted: readonly { readonly path: string; readonly what: string }[];
}

export class PartSessions {
  constructor(
    private readonly content: PartContent,
    private readonly runtime: Runtime,
  ) {}

  /** Problems: those of `Runtime.createSession`. */
  derived({ bytes, mounted }: DerivedModel): Promise<Session> {
    const { content } = this;
    const files = mounted.map(
      ({ path, what }): MountedFile => ({ path, data: what === 'original' ? content.bytes : (content.external.get(what) ?? content.bytes) }),
    );
    // What is rounded to few bits is computed by other kernels where operations are put together: as the whole file would be.
    return content.facts.precision === 'float32'
      ? this.runtime.createDerivedSession(bytes, files, content.file.path)
      : this.runtime.createSession(bytes, files, content.file.path);
  }

  /** The file as it is. Problems: those of `Runtime.createSession`. */
  plain(): Promise<Session> {
    const { bytes, external, file } = this.content;
    return this.runtime.createSession(
      bytes,
      [...external].map(([path, data]) => ({ path, data })),
      file.path,
    );
  }
}
