// First sight of a run: the focus word and the heads that bring most to it beyond what they bring anyway, over the sites that are shown first.
// Where the norms cannot be had, by the weights alone, with the reason.

import type { Kind, SiteKey, Tower } from '../../core/names';
import { refuse } from '../../core/problem';
import type { QuestionOf } from '../../core/question';
import type { Candidate, FirstSight, TokenListName } from '../../core/run';
import type { Pass } from '../run/pass';
import { isTrusted, sitesOf } from '../run/passSites';
import { contentTokens, wordsOf } from '../text/textWords';
import type { AnswerKind } from './answer';
import { candidatesOf } from './candidates';
import { focusAt, focusOf } from './focus';
import { type Measured, measuredCaptures, measureHeads, type Place } from './measureHeads';

/** With fewer words the mean over the others is a mean of hardly any. */
const fewestWords = 5;

interface Shown {
  readonly tower: Tower;
  readonly kind: Kind;
}

/** Encoder self without a target, else decoder cross; a model with one tower has no choice. */
function shownFirst(pass: Pass, sites: readonly SiteKey[]): Shown {
  const order: Shown[] = pass.text.target
    ? [
        { tower: 'decoder', kind: 'cross' },
        { tower: 'decoder', kind: 'self' },
        { tower: 'encoder', kind: 'self' },
      ]
    : [
        { tower: 'encoder', kind: 'self' },
        { tower: 'decoder', kind: 'self' },
        { tower: 'decoder', kind: 'cross' },
      ];
  const has = (one: Shown) => sites.some((site) => site.tower === one.tower && site.kind === one.kind);
  return order.find(has) ?? { tower: sites[0]?.tower ?? 'encoder', kind: sites[0]?.kind ?? 'self' };
}

/** Whether every site that is shown first is known to be causal. */
function isCausal(pass: Pass, { tower, kind }: Shown): boolean {
  const own = sitesOf(pass).filter((site) => site.tower === tower && site.kind === kind);
  return kind === 'self' && own.length > 0 && own.every((site) => site.isCausal === true);
}

function placeOf(pass: Pass, shown: Shown, { caret, previousText, at }: QuestionOf<'firstSight'>): Place & { readonly wordOf: (key: number) => unknown } {
  const { source, target, texts } = pass.text;
  const queryList = target !== undefined && shown.tower === 'decoder' ? 'target' : 'source';
  const tokensOf = (list: TokenListName) => (list === 'target' ? target : source) ?? [];
  const keyList = shown.kind === 'cross' ? 'source' : queryList;
  // The caret and the text before belong to the text of the editor.
  const wish = queryList === 'source' ? { caret, previousText } : {};
  const queries = tokensOf(queryList);
  if (at && !queries[at.focus]) refuse('noSuchToken', { token: at.focus, last: queries.length - 1 });
  const focus = at ? focusAt(texts[queryList], queries, at.focus) : focusOf(texts[queryList][0] ?? '', queries, { ...wish, isCausal: isCausal(pass, shown) });
  const words = (list: TokenListName) => ([0, 1] as const).flatMap((sequence) => wordsOf(texts[list][sequence] ?? '', tokensOf(list), sequence));
  const keys = words(keyList);
  return {
    focus,
    queryWords: contentTokens(queries, texts[queryList]),
    keyWords: contentTokens(tokensOf(keyList), texts[keyList]),
    isCompared: words(queryList).length >= fewestWords,
    wordOf: (key) => keys.find(({ tokens }) => tokens.includes(key)) ?? key,
  };
}

interface LookedAt {
  readonly shown: Shown;
  /** Of that tower and kind, those whose numbers may be shown; where none may, all of them, of which nothing is measured. At least one. */
  readonly sites: readonly SiteKey[];
  readonly isMeasured: boolean;
}

/** The sites that are looked at first, or that were asked for. */
function lookedAt(pass: Pass, { at }: QuestionOf<'firstSight'>): LookedAt {
  const all = sitesOf(pass).map(({ tower, layer, kind }): SiteKey => ({ tower, layer, kind }));
  const trusted = all.filter((site) => isTrusted(pass, site));
  const shown = at?.shown ?? shownFirst(pass, trusted.length > 0 ? trusted : all);
  const own = (sites: readonly SiteKey[]) => sites.filter((site) => site.tower === shown.tower && site.kind === shown.kind);
  const isMeasured = own(trusted).length > 0;
  const sites = own(isMeasured ? trusted : all);
  return { shown, sites: sites.length > 0 ? sites : all, isMeasured };
}

export const firstSight: AnswerKind<'firstSight'> = {
  needs(pass, question) {
    const { sites, isMeasured } = lookedAt(pass, question);
    return isMeasured ? sites.map((site) => measuredCaptures(pass, site)) : [];
  },
  async answer(pass, question, needs, reading) {
    const { shown, sites, isMeasured } = lookedAt(pass, question);
    const place = placeOf(pass, shown, question);
    // Of numbers that failed a check nothing is told, also not which of them is largest.
    if (!isMeasured) return chosen(sites, place, { heads: [], candidates: [] });
    const compared = await ranked(place);
    // In a causal model an early word reads each of the few before it more than a late one can.
    const isPlain = place.isCompared && compared.candidates.length === 0;
    return chosen(sites, place, isPlain ? { ...(await ranked({ ...place, isCompared: false })), isPlain } : compared);

    async function ranked(of: Place): Promise<Ranked> {
      const measured = await measureHeads(pass, sites, of, { needs, reading });
      return { ...measured, candidates: candidatesOf(measured.heads.flat(), place.wordOf) };
    }
  },
};

interface Ranked extends Measured {
  readonly candidates: readonly Candidate[];
  /** No head was beyond the other words. */
  readonly isPlain?: boolean;
}

function chosen(sites: readonly SiteKey[], { focus, isCompared }: Place, { heads, whyWeights, candidates, isPlain }: Ranked): FirstSight {
  const [best] = candidates;
  return {
    site: best?.site ?? (sites[0] as SiteKey),
    head: best?.head ?? 0,
    candidates,
    focus: focus.tokens.at(-1) ?? 0,
    focusTokens: focus.tokens,
    focusWord: focus.text,
    ...(focus.movedFrom !== undefined && { movedFrom: focus.movedFrom }),
    chosenBy: !best ? 'only' : isPlain ? 'nothingBeyond' : isCompared ? 'beyond' : 'fewWords',
    ...(whyWeights !== undefined && { whyWeights }),
    measures: best ? sites.map((site, i) => ({ site, values: heads[i]?.map(({ measure }) => measure) ?? [] })) : [],
  };
}
