// A picture read at once, for what shows or copies it outside of the panel: the same questions, asked until all are answered.

import type { InspectionState } from '../core/inspection';
import { type PackQuestion, questionName } from '../core/question';
import { ask, type Reader } from '../protocol/ask';
import { type PictureState, weightPictureOf } from './picture';
import type { Fetched } from './slices';

/** The picture of the state with its numbers; refused with the reason where they cannot be had. */
export async function readPicture(state: InspectionState, reader: Reader, signal?: AbortSignal): Promise<PictureState> {
  const answers = new Map<string, Fetched>();
  for (;;) {
    const open: PackQuestion[] = [];
    const read = (question: PackQuestion): Fetched => {
      const known = answers.get(questionName(question));
      if (!known) open.push(question);
      return known ?? { state: 'loading' };
    };
    const picture = weightPictureOf(state, { read });
    if (open.length === 0) return picture;
    for (const question of open) answers.set(questionName(question), await fetched(reader, question, signal));
  }
}

async function fetched(reader: Reader, question: PackQuestion, signal: AbortSignal | undefined): Promise<Fetched> {
  const outcome = await ask(reader, question, signal).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  // The run, or the engine with it, has gone meanwhile.
  if (outcome instanceof Error) return { state: 'failed', reason: outcome.message };
  return outcome.ok ? { state: 'ready', pack: outcome.value } : { state: 'failed', reason: outcome.problem.message };
}
