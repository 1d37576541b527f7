// JSON that a terminal takes as text only: names come from files of strangers, which may hold its commands.

/**
 * What JSON.stringify lets through and a terminal or a reader's eye obeys: DEL and the second set of control characters (U+009B begins a
 * command as ESC [ does), marks that turn the direction of writing, invisible characters, line separators.
 */
const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu;

const escaped = (character: string) => [...Array(character.length).keys()].map((i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`).join('');

/** Reads back as the same value. `space` as in JSON.stringify; its line breaks stay. */
export function terminalJson(value: unknown, space?: number): string {
  return JSON.stringify(value, null, space).replace(obeyed, (character) => (character === '\n' ? character : escaped(character)));
}
