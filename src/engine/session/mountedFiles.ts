// The bytes that a small model made from a file needs beside it: the file itself, and its external data.

import type { PartContent } from './partContent';
import type { MountedFile } from './runtime';

/** `what` is 'original' or the location of an external data file. */
export function mountedFiles({ bytes, external }: PartContent, mounted: readonly { readonly path: string; readonly what: string }[]): MountedFile[] {
  return mounted.map(({ path, what }) => ({ path, data: what === 'original' ? bytes : (external.get(what) ?? bytes) }));
}
