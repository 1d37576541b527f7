// Every expected failure of the product, in one table joined from its areas: code → sentence, way out, exit status of the command line.
// Nothing else words an error for a user.

import type { ExitStatus, ProblemEntry } from './problems/entry';
import { files } from './problems/files';
import { inputs } from './problems/inputs';
import { runs } from './problems/runs';
import { texts } from './problems/texts';

export interface Problem {
  readonly code: ProblemCode;
  /** One clear sentence. */
  readonly message: string;
  /** A way out. On the command line it may name options. */
  readonly hint: string;
  /** The way out where the command that runs does not take the options that `hint` names. */
  readonly plainHint?: string;
  /** The way out in the editor, where it is another one than on the command line. */
  readonly editorHint?: string;
  readonly exitStatus: ExitStatus;
}

const table = { ...files, ...texts, ...inputs, ...runs } satisfies Record<string, ProblemEntry>;

export type ProblemCode = keyof typeof table;

/**
 * Fills a row of the table. Unknown placeholders stay visible, so that a test finds them. No part of it reads as a Markdown
 * link: names come from files of strangers, and a notification of the editor would run the command of such a link.
 */
export function problem(code: ProblemCode, parameters: Readonly<Record<string, string | number>> = {}): Problem {
  const given = (name: string) => (Object.hasOwn(parameters, name) ? printable(String(parameters[name])) : undefined);
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => given(name) ?? whole).replaceAll('](', '] (');
  const row: ProblemEntry = table[code];
  const others = {
    ...(row.plainHint !== undefined && { plainHint: fill(row.plainHint) }),
    ...(row.editorHint !== undefined && { editorHint: fill(row.editorHint) }),
  };
  return { code, message: fill(row.message), hint: fill(row.hint), ...others, exitStatus: row.exitStatus };
}

const longestParameter = 600;
/** Control characters, also those that turn the direction of writing, and line separators. */
const control = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** One line that a terminal takes as text only: names come from files of strangers, which may hold its commands. */
export function printable(text: string): string {
  const line = text.replace(control, ' ');
  return line.length <= longestParameter ? line : `${line.slice(0, longestParameter)} …`;
}

/** Carries a Problem up to the nearest border, where it becomes a value again. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = 'ProblemError';
  }
}

/** Stops with an expected failure. */
export function refuse(code: ProblemCode, parameters: Readonly<Record<string, string | number>> = {}): never {
  throw new ProblemError(problem(code, parameters));
}

/** A value or the reason why there is none: what crosses every border. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Turns a thrown ProblemError into a value; every other error passes through. */
export async function outcomeOf<T>(work: () => Promise<T> | T): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof ProblemError) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** What there is; the problem of one that failed is thrown. */
export function required<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new ProblemError(outcome.problem);
  return outcome.value;
}

export const problemCodes = Object.keys(table) as ProblemCode[];
