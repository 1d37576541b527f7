// The way out of a failure in the words of the command that runs: it never names an option of another one.

import type { Problem } from '../../core/problem';
import type { CommandRow } from './commandLine';

/** Those that every command takes. */
const common = ['help', 'version'];

/** The options that a sentence names: `--onnx-file` → `onnx-file`. A name of a file that holds two dashes is none. */
export function optionsNamed(sentence: string): string[] {
  return [...sentence.matchAll(/(?<![\w-])--([a-z][a-z-]*)/g)].flatMap(([, name]) => name ?? []);
}

/** `hint`, or `plainHint` where it names an option that the command does not take; `command` is undefined where none was given. */
export function wayOut({ hint, plainHint = hint }: Pick<Problem, 'hint' | 'plainHint'>, command: CommandRow | undefined): string {
  const own = [...common, ...(command?.options ?? []).map(({ name }) => name)];
  return optionsNamed(hint).every((name) => own.includes(name)) ? hint : plainHint;
}
