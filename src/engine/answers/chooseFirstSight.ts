// First sight of a run: the focus word and the head that brings most to it, over the sites that are shown first.
// Where the measure cannot be had, the head of lowest entropy over content words, with the reason.

import type { FirstSight } from '../../core/inspection';
import type { Kind, SiteKey, Tower } from '../../core/names';
import type { Token } from '../../core/token';
import type { InspectParams } from '../../protocol/engineApi';
import type { PlannedCapture } from '../model/captureTable';
import { outputWeights, wholeCapture } from '../run/derive';
import type { Run } from '../run/run';
import { sitesOf } from '../run/runSites';
import { contentTokens, focusWord, type Word, wordsOf } from '../text/words';
import { bestHead, bringsOf, contentEntropyOf } from './firstSight';

interface Shown {
  readonly tower: Tower;
  readonly kind: Kind;
}

/** Encoder self without a target, else decoder cross; a model with one tower has no choice. */
function shownFirst(run: Run, sites: readonly SiteKey[]): Shown {
  const order: Shown[] = run.text.target
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

export interface Focus {
  readonly text: string;
  readonly tokens: readonly number[];
}

/** The focus word among the query tokens; without any word the first token of the text, else the first token. */
function focusOf(text: string, tokens: readonly Token[], wish: Parameters<typeof focusWord>[1]): Focus {
  const word: Word | undefined = focusWord(wordsOf(text, tokens), wish);
  if (word) return word;
  const index = Math.max(
    0,
    tokens.findIndex((token) => !token.isSpecial),
  );
  return { text: tokens[index]?.text ?? '', tokens: [index] };
}

type Find = (site: SiteKey, activation: PlannedCapture['key']['activation']) => PlannedCapture | undefined;

export interface CaptureAccess {
  readonly find: Find;
  /** Makes sure that what is read of a site is captured. */
  readonly prepare: (site: SiteKey) => Promise<void>;
}

interface Place {
  readonly focus: Focus;
  /** Tokens of words, see `contentTokens`. */
  readonly queryWords: readonly number[];
  readonly keyWords: readonly number[];
}

async function bringsAt(run: Run, site: SiteKey, { focus, keyWords }: Place, find: Find): Promise<number[] | string> {
  const [pattern, v, residPre] = [find(site, 'pattern'), find(site, 'v'), find(site, 'resid_pre')];
  if (!pattern || !v || !residPre) return `${!v ? 'v' : !pattern ? 'pattern' : 'resid_pre'} cannot be had from this model`;
  const [p, values, stream] = [wholeCapture(run, pattern), wholeCapture(run, v), wholeCapture(run, residPre)];
  if (!p || !values || !stream) return 'not everything it needs was captured';
  if (pattern.site?.outputProjection?.isMultiplied) return 'a gate or factor multiplies the heads before the output projection W_O';
  const weights = await outputWeights(run, pattern);
  if (!weights) return 'the output projection W_O is not known';
  const isSelf = site.kind === 'self';
  const content = keyWords.filter((key) => !(isSelf && focus.tokens.includes(key)));
  const measured = bringsOf({ pattern: p, v: values, residPre: stream, ...weights, focus: focus.tokens.at(-1) ?? 0, keys: content });
  return measured.every(Number.isFinite) ? measured : 'what this model computes is not a finite number';
}

interface Measured {
  /** Per site, per head. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly whyEntropy?: string;
}

/** What the heads of all these sites bring; where one site cannot tell, the entropies of all of them. */
async function measure(run: Run, sites: readonly SiteKey[], place: Place, { find, prepare }: CaptureAccess): Promise<Measured> {
  const brings: number[][] = [];
  let whyEntropy: string | undefined;
  for (const site of sites) {
    await prepare(site);
    const measured = await bringsAt(run, site, place, find);
    if (typeof measured === 'string') {
      whyEntropy = measured;
      break;
    }
    brings.push(measured);
  }
  if (whyEntropy === undefined) return { values: brings };
  const entropies: (number | null)[][] = [];
  for (const site of sites) {
    await prepare(site);
    const capture = find(site, 'pattern');
    const pattern = capture && wholeCapture(run, capture);
    entropies.push(pattern ? contentEntropyOf(pattern, place.queryWords, place.keyWords) : []);
  }
  return { values: entropies, whyEntropy };
}

/** Whether every site that is shown first is known to be causal. */
function isCausal(run: Run, { tower, kind }: Shown): boolean {
  const own = sitesOf(run).filter((site) => site.tower === tower && site.kind === kind);
  return kind === 'self' && own.length > 0 && own.every((site) => site.isCausal === true);
}

function placeOf(run: Run, shown: Shown, params: InspectParams): Place {
  const { text, pair, target } = params;
  const ofSource = { tokens: run.text.source, texts: [text, pair ?? ''] };
  const ofQueries = run.text.target !== undefined && shown.tower === 'decoder' ? { tokens: run.text.target, texts: [target ?? ''] } : ofSource;
  const ofKeys = shown.kind === 'cross' ? ofSource : ofQueries;
  // The caret and the text before belong to the text of the editor.
  const wish = ofQueries === ofSource ? { caret: params.caret, previousText: params.previousText } : {};
  const focus = focusOf(ofQueries.texts[0] ?? '', ofQueries.tokens, { ...wish, isCausal: isCausal(run, shown) });
  return { focus, queryWords: contentTokens(ofQueries.tokens, ofQueries.texts), keyWords: contentTokens(ofKeys.tokens, ofKeys.texts) };
}

/** `sites` are those whose numbers may be shown; at least one. */
export async function chooseFirstSight(run: Run, sites: readonly SiteKey[], params: InspectParams, access: CaptureAccess): Promise<FirstSight> {
  const shown = shownFirst(run, sites);
  const own = sites.filter((site) => site.tower === shown.tower && site.kind === shown.kind).map(({ tower, layer, kind }) => ({ tower, layer, kind }));
  const place = placeOf(run, shown, params);
  const { focus } = place;
  // Named captures are for a program, which looks at no head first.
  const { values, whyEntropy }: Measured = params.request ? { values: [] } : await measure(run, own, place, access);
  const hasChoice = values.some((heads) => heads.some((value) => value !== null && value !== 0));
  const best = bestHead(values, whyEntropy === undefined ? 'largest' : 'smallest');
  return {
    site: own[best.site] as SiteKey,
    head: best.head,
    focus: focus.tokens.at(-1) ?? 0,
    focusTokens: focus.tokens,
    focusWord: focus.text,
    chosenBy: !hasChoice ? 'only' : whyEntropy === undefined ? 'brings' : 'entropy',
    ...(whyEntropy !== undefined && { whyEntropy }),
    measures: hasChoice ? own.map((site, i) => ({ site, values: values[i] ?? [] })) : [],
  };
}
