// What Git leaves in the place of a large file that was not fetched: a text of three lines.

const beginning = 'version https://git-lfs.github.com/';

/** Whether these bytes are such a text. */
export function isLfsPointer(bytes: Uint8Array): boolean {
  return [...beginning].every((letter, i) => bytes[i] === letter.charCodeAt(0));
}
