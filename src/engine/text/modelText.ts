// Texts → the tokens a model runs on: limits, truncation to whole tokens, the decoder's start token, ids the model knows.
// Knows nothing of graphs or feeds.

import { refuse } from '../../core/problem';
import type { RunSummary, TokenListName } from '../../core/run';
import type { RunNote, Token } from '../../core/token';
import type { Tokenizer } from '../../tokenizer/createTokenizer';
import { type Fitted, firstPart, partAround } from './shorten';
import { type TextTokens, unknownWordsNote } from './unknownWords';

export interface TextRequest {
  readonly text: string;
  readonly pair?: string;
  readonly target?: string;
  readonly truncate: boolean;
  /** Offset in the text: where it is too long, the part around it is used and not the first one. */
  readonly around?: number;
}

export interface TextRules {
  /** Longest token list of the text (with its pair), and of the target; null: no limit known. */
  readonly limit: number | null;
  readonly targetLimit: number | null;
  /** Ids from here on are unknown to the model; null: not known. */
  readonly vocabularySize: number | null;
  /** Where the model has a decoder that takes a text of its own: id of the token it starts with. */
  readonly decoderStart?: number;
  /** False where the encoder runs alone without a target. */
  readonly needsTarget: boolean;
  /** Closes a text; left out at the end of a target. */
  readonly endOfText?: number;
}

export interface ModelText {
  readonly source: readonly Token[];
  readonly target?: readonly Token[];
  readonly truncated: RunSummary['truncated'];
  readonly truncatedTarget: RunSummary['truncated'];
  /** What the tokens of each list were made from: the text and its pair, the target. */
  readonly texts: Readonly<Record<TokenListName, readonly string[]>>;
  /** What is to be said of these tokens. */
  readonly notes: readonly RunNote[];
}

interface Fitting extends Pick<TextRequest, 'truncate' | 'around'> {
  readonly limit: number | null;
}

function encodeWithin(tokenizer: Tokenizer, text: string, pair: string | undefined, { limit, truncate, around }: Fitting): Fitted {
  if (text.trim() === '') refuse('textEmpty');
  if (limit === null) return { tokens: tokenizer.encode(text, pair).tokens, truncated: null };
  if (truncate) return around === undefined || pair !== undefined ? firstPart(tokenizer, text, pair, limit) : partAround(tokenizer, text, limit, around);
  const { tokens } = tokenizer.encode(text, pair);
  return tokens.length > limit ? refuse('textTooLong', { count: tokens.length, limit }) : { tokens, truncated: null };
}

function startToken(tokenizer: Tokenizer, id: number): Token {
  return { id, text: tokenizer.findText(id) ?? `#${id}`, start: 0, end: 0, isSpecial: true, sequence: null, typeId: 0 };
}

/** Decoder tokens of teacher forcing: the start token (once, also where the tokenizer puts it there), then the target's tokens without a closing one. */
function targetTokens(tokenizer: Tokenizer, request: TextRequest, rules: TextRules): Fitted | undefined {
  const { decoderStart: start, targetLimit: limit } = rules;
  const { target, truncate } = request;
  if (start === undefined || target === undefined) return undefined;
  const ends = { start, endOfText: rules.endOfText };
  const fitted = teacherForced(tokenizer, target, { limit, truncate }, ends);
  if (limit === null || fitted.tokens.length <= limit) return fitted;
  // No closing token went, so there is no room for the start token.
  if (!truncate) refuse('textTooLong', { count: fitted.tokens.length, limit });
  return teacherForced(tokenizer, target, { limit: limit - 1, truncate }, ends);
}

interface TargetEnds {
  readonly start: number;
  readonly endOfText: number | undefined;
}

function teacherForced(tokenizer: Tokenizer, target: string, options: Fitting, { start, endOfText }: TargetEnds): Fitted {
  const fitted = encodeWithin(tokenizer, target, undefined, options);
  const last = fitted.tokens.at(-1);
  const closes = last?.isSpecial === true && (endOfText === undefined || last.id === endOfText);
  const tokens = closes ? fitted.tokens.slice(0, -1) : fitted.tokens;
  const [first] = tokens;
  const isThere = first?.isSpecial === true && first.id === start;
  return { tokens: isThere ? tokens : [startToken(tokenizer, start), ...tokens], truncated: fitted.truncated };
}

/** Whether a special token stands between the two texts: without one a model cannot know where the first ends. */
function standApart(tokens: readonly Token[]): boolean {
  const [last, first] = [tokens.findLastIndex((token) => token.sequence === 0 && !token.isSpecial), tokens.findIndex((token) => token.sequence === 1)];
  return first < 0 || tokens.slice(last + 1, first + 1).some((token) => token.isSpecial);
}

function textsOf({ text, pair, target }: TextRequest, source: readonly Token[], targetTokens: readonly Token[] | undefined): TextTokens[] {
  return [
    { text, tokens: source },
    ...(pair === undefined ? [] : [{ text: pair, tokens: source, sequence: 1 as const }]),
    ...(target === undefined || !targetTokens ? [] : [{ text: target, tokens: targetTokens }]),
  ];
}

/** Problems: textEmpty, textTooLong, tokenizerMismatch, pairUnused, targetMissing, targetUnused, tokenizerBroken. */
export function readModelText(tokenizer: Tokenizer, request: TextRequest, rules: TextRules): ModelText {
  if (rules.decoderStart === undefined && request.target !== undefined) refuse('targetUnused');
  if (rules.needsTarget && request.target === undefined) refuse('targetMissing');
  const source = encodeWithin(tokenizer, request.text, request.pair, { ...request, limit: rules.limit });
  if (source.tokens.length === 0) refuse('textEmpty');
  if (request.pair !== undefined && !standApart(source.tokens)) refuse('pairUnused');
  const target = targetTokens(tokenizer, request, rules);
  for (const token of [...source.tokens, ...(target?.tokens ?? [])]) {
    if (rules.vocabularySize !== null && token.id >= rules.vocabularySize)
      refuse('tokenizerMismatch', { token: JSON.stringify(token.text), id: token.id, count: `${rules.vocabularySize} ids` });
  }
  const unknown = unknownWordsNote(textsOf(request, source.tokens, target?.tokens), tokenizer.modelFacts().unknownId);
  return {
    source: source.tokens,
    ...(target && { target: target.tokens }),
    truncated: source.truncated,
    truncatedTarget: target?.truncated ?? null,
    texts: { source: [request.text, request.pair ?? ''], target: [request.target ?? ''] },
    notes: unknown ? [unknown] : [],
  };
}
