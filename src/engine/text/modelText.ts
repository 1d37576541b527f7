// Texts → the tokens a model runs on: limits, truncation to whole tokens, the decoder's start token, ids the model knows.
// Knows nothing of graphs or feeds.

import { refuse } from '../../core/problem';
import type { RunSummary, TokenListName } from '../../core/run';
import type { RunNote, Token } from '../../core/token';
import type { Tokenizer } from '../../tokenizer/createTokenizer';
import { type TextTokens, unknownWordsNote } from './unknownWords';

export interface TextRequest {
  readonly text: string;
  readonly pair?: string;
  readonly target?: string;
  readonly truncate: boolean;
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

interface Fitted {
  readonly tokens: readonly Token[];
  readonly truncated: RunSummary['truncated'];
}

const endOf = (tokens: readonly Token[], sequence: 0 | 1, count: number) => {
  const own = tokens.filter((token) => token.sequence === sequence && !token.isSpecial);
  return { count: own.length, end: own[Math.min(count, own.length) - 1]?.end ?? 0 };
};

/** How many tokens of text and pair to keep when `over` must go: the longer one gives first. */
function keptCounts(text: number, pair: number, over: number): readonly [number, number] {
  const counts: [number, number] = [text, pair];
  for (let i = 0; i < over; i++) counts[counts[0] >= counts[1] ? 0 : 1]--;
  return counts;
}

/** Encodes again with less text until it fits, so that closing special tokens stay right. */
function shortened(tokenizer: Tokenizer, text: string, pair: string | undefined, limit: number): Fitted {
  const full = tokenizer.encode(text, pair).tokens;
  let tokens = full;
  let [keptText, keptPair] = [text, pair];
  let over = tokens.length - limit;
  for (let extra = 0; over > 0; over = tokens.length - limit, extra += over) {
    const texts = endOf(full, 0, Number.POSITIVE_INFINITY);
    const pairs = endOf(full, 1, Number.POSITIVE_INFINITY);
    const [textCount, pairCount] = keptCounts(texts.count, pairs.count, full.length - limit + extra);
    if (textCount < 1) refuse('textTooLong', { count: full.length, limit });
    keptText = text.slice(0, endOf(full, 0, textCount).end);
    keptPair = pair === undefined ? undefined : pair.slice(0, pairCount < 1 ? 0 : endOf(full, 1, pairCount).end);
    tokens = tokenizer.encode(keptText, keptPair).tokens;
  }
  const truncated = tokens === full ? null : { usedTokens: tokens.length, allTokens: full.length, usedCharacters: keptText.length };
  return { tokens, truncated };
}

function encodeWithin(tokenizer: Tokenizer, text: string, pair: string | undefined, options: { limit: number | null; truncate: boolean }): Fitted {
  const { limit, truncate } = options;
  if (text.trim() === '') refuse('textEmpty');
  if (limit === null) return { tokens: tokenizer.encode(text, pair).tokens, truncated: null };
  if (truncate) return shortened(tokenizer, text, pair, limit);
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

function teacherForced(tokenizer: Tokenizer, target: string, options: { limit: number | null; truncate: boolean }, { start, endOfText }: TargetEnds): Fitted {
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
  const source = encodeWithin(tokenizer, request.text, request.pair, { limit: rules.limit, truncate: request.truncate });
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
