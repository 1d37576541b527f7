// First sight of a run: the focus word and the head that brings most to it, over the sites that are shown first.
// Where the measure cannot be had, the head of lowest entropy over content words, with the reason.

import type { Kind, SiteKey, Tower } from '../../core/names';
import type { QuestionOf } from '../../core/question';
import type { FirstSight, TokenListName } from '../../core/run';
import type { Pass } from '../run/pass';
import { isTrusted, sitesOf } from '../run/passSites';
import { contentTokens } from '../text/textWords';
import type { AnswerKind } from './answer';
import { type Focus, focusOf } from './focus';
import { bestHead } from './headMeasures';
import { type Measured, measuredCaptures, measureHeads, type Place } from './measureHeads';

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

function placeOf(pass: Pass, shown: Shown, { caret, previousText }: QuestionOf<'firstSight'>): Place {
  const { source, target, texts } = pass.text;
  const queryList = target !== undefined && shown.tower === 'decoder' ? 'target' : 'source';
  const tokensOf = (list: TokenListName) => (list === 'target' ? target : source) ?? [];
  const keyList = shown.kind === 'cross' ? 'source' : queryList;
  // The caret and the text before belong to the text of the editor.
  const wish = queryList === 'source' ? { caret, previousText } : {};
  const focus = focusOf(texts[queryList][0] ?? '', tokensOf(queryList), { ...wish, isCausal: isCausal(pass, shown) });
  return { focus, queryWords: contentTokens(tokensOf(queryList), texts[queryList]), keyWords: contentTokens(tokensOf(keyList), texts[keyList]) };
}

interface Candidates {
  readonly shown: Shown;
  /** Of that tower and kind, those whose numbers may be shown; at least one. */
  readonly sites: readonly SiteKey[];
}

/** The sites that are looked at first; where none may be shown, those of all. */
function lookedAt(pass: Pass): Candidates {
  const all = sitesOf(pass).map(({ tower, layer, kind }): SiteKey => ({ tower, layer, kind }));
  const trusted = all.filter((site) => isTrusted(pass, site));
  const sites = trusted.length > 0 ? trusted : all;
  const shown = shownFirst(pass, sites);
  return { shown, sites: sites.filter((site) => site.tower === shown.tower && site.kind === shown.kind) };
}

export const firstSight: AnswerKind<'firstSight'> = {
  needs: (pass) => lookedAt(pass).sites.map((site) => measuredCaptures(pass, site)),
  async answer(pass, question, needs, reading) {
    const { shown, sites } = lookedAt(pass);
    const place = placeOf(pass, shown, question);
    const { values, whyEntropy } = await measureHeads(pass, sites, place, { needs, reading });
    return chosen(sites, place.focus, values, whyEntropy);
  },
};

function chosen(sites: readonly SiteKey[], focus: Focus, values: Measured['values'], whyEntropy: string | undefined): FirstSight {
  const hasChoice = values.some((heads) => heads.some((value) => value !== null && value !== 0));
  const best = bestHead(values, whyEntropy === undefined ? 'largest' : 'smallest');
  return {
    site: sites[best.site] as SiteKey,
    head: best.head,
    focus: focus.tokens.at(-1) ?? 0,
    focusTokens: focus.tokens,
    focusWord: focus.text,
    chosenBy: !hasChoice ? 'only' : whyEntropy === undefined ? 'brings' : 'entropy',
    ...(whyEntropy !== undefined && { whyEntropy }),
    measures: hasChoice ? sites.map((site, i) => ({ site, values: values[i] ?? [] })) : [],
  };
}
