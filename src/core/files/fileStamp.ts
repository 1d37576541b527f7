// When a file is another one than before.

/** What a file system tells of a file, as Node names it. */
export interface FileFacts {
  readonly size: number;
  readonly mtimeMs: number;
  /** The change of anything about it: a copy that keeps the time of writing has another one. */
  readonly ctimeMs: number;
}

/** The same for as long as nobody wrote the file or put another one in its place. */
export function fileStamp({ size, mtimeMs, ctimeMs }: FileFacts): string {
  return `${size} ${mtimeMs} ${ctimeMs}`;
}

/** Of a file that is not there. */
export const noStamp = '';
