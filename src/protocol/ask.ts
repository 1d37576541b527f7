// One method answers every kind of question; what a question is answered with follows from its kind. Here alone the two are joined.

import type { Outcome } from '../core/problem';
import type { Answers, AnswerTo, Question, QuestionKind } from '../core/question';

export type Answer = Answers[QuestionKind];

/** Whoever answers questions about runs: the engine, the host, a recorded scene. */
export interface Reader {
  read(question: Question, signal: AbortSignal): Promise<Outcome<Answer>>;
}

/** Asks one question. */
export function ask<Q extends Question>(reader: Reader, question: Q, signal = new AbortController().signal): Promise<Outcome<AnswerTo<Q>>> {
  return reader.read(question, signal) as Promise<Outcome<AnswerTo<Q>>>;
}
