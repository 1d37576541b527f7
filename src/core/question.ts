// What anything that shows numbers asks of a run, and what it is answered. A new kind of question is one row in each of the three tables here.
// A question is plain JSON; its name is the key wherever answers are kept.

import { type Activation, type CaptureKey, captureName, type Kind, type SiteKey, siteName, type Tower } from './names';
import type { FirstSight } from './run';
import type { TensorPack } from './tensorPack';

/** Kind of question → what it says beyond its run and pass. */
export interface QuestionKinds {
  /** One activation, whole or one head of it. */
  readonly activation: CaptureKey & {
    /** Only this head of [head, …] activations. */
    readonly head?: number;
    /** The mean over the heads, never renormalised, instead of [head, …]. */
    readonly isHeadMean?: boolean;
  };
  /** The numbers of one query token of one head, from q·k to z. */
  readonly steps: SiteKey & { readonly head: number; readonly query: number };
  /** What every head of a site adds to one query token. */
  readonly headOutputs: SiteKey & { readonly query: number };
  /** Small pictures of the patterns of one tower and kind. */
  readonly thumbnails: {
    readonly tower: Tower;
    readonly kind: Kind;
    /** Longest side of a thumbnail in cells; larger maps are pooled by the largest weight per tile. */
    readonly maxSide: number;
    /** Each picture on a scale of its own, 0 … its largest value, instead of one for all. */
    readonly isOwnScale?: boolean;
  };
  /** Which token and head to show first. */
  readonly firstSight: {
    /** Character offset in the text of the word the user means. */
    readonly caret?: number;
    /** Words of the text inspected before: the longest shared one becomes the focus. */
    readonly previousText?: string;
    /** This query token is the focus, instead of a word that is found; of that tower and kind, or of those that are shown first. */
    readonly at?: { readonly focus: number; readonly shown?: { readonly tower: Tower; readonly kind: Kind } };
  };
}

/** Kind of question → what it is answered with. */
export interface Answers {
  /** One entry `values` f32; dims without batch axis. */
  readonly activation: TensorPack;
  /** See `stepsOf`. */
  readonly steps: TensorPack;
  /** See `headOutputsOf`. */
  readonly headOutputs: TensorPack;
  /**
   * Per layer `L{n}` u8 [head + 1, rows, columns], the last one the mean of the heads, value/255 of `domain` or of its own largest; special tokens left out
   * (`rows`/`columns` say how many cells). f32 `domain` [2]: 0 … 99.5th percentile of these values over all heads, the means apart.
   */
  readonly thumbnails: TensorPack;
  readonly firstSight: FirstSight;
}

export type QuestionKind = keyof QuestionKinds;

/** Which run is asked, and which of its passes; undefined: the first. */
export interface Asked {
  readonly runId: number;
  readonly pass?: number;
}

export type QuestionOf<K extends QuestionKind> = K extends QuestionKind ? Asked & { readonly of: K } & QuestionKinds[K] : never;
export type Question = QuestionOf<QuestionKind>;
export type AnswerTo<Q extends Question> = Answers[Q['of']];
/** Questions about numbers: what is answered is a pack. */
export type PackQuestion = { [K in QuestionKind]: Answers[K] extends TensorPack ? QuestionOf<K> : never }[QuestionKind];

const names: { readonly [K in QuestionKind]: (question: QuestionOf<K>) => string } = {
  activation: (question) => `${captureName(question)} ${question.isHeadMean ? 'mean' : (question.head ?? 'all')}`,
  steps: ({ head, query, ...site }) => `${siteName(site)} ${head} ${query}`,
  headOutputs: ({ query, ...site }) => `${siteName(site)} ${query}`,
  thumbnails: ({ tower, kind, maxSide, isOwnScale }) => `${tower} ${kind} ${maxSide}${isOwnScale ? ' own' : ''}`,
  firstSight: ({ caret, previousText, at }) =>
    JSON.stringify([caret ?? null, previousText ?? null, ...(at ? [at.focus, at.shown ? `${at.shown.tower} ${at.shown.kind}` : null] : [])]),
};

/** `7.0 activation encoder.0.self.pattern mean`: the same for the same question, another for every other. */
export function questionName(question: Question): string {
  const name = names[question.of] as (one: Question) => string;
  return `${question.runId}.${question.pass ?? 0} ${question.of} ${name(question)}`;
}

/** The pattern, scores … of one head of a site, or the mean over its heads where `head` is null. */
export function headQuestion({ runId, pass }: Asked, { tower, layer, kind }: SiteKey, activation: Activation, head: number | null): QuestionOf<'activation'> {
  return { runId, ...(pass !== undefined && { pass }), of: 'activation', activation, tower, layer, kind, ...(head === null ? { isHeadMean: true } : { head }) };
}
