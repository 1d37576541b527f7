// What the panel says: caption, notes, readout, legend. Sentences are lists of phrases, so that a word can be set strong without markup.
// Says only what the numbers given here say; what is not known is left out or named as not known.

import type { View } from '../../core/inspection';
import { siteName } from '../../core/names';
import type { FirstSight, SeenRun } from '../../core/run';
import type { Domain } from '../colour/scale';
import { candidateShown, candidatesFor, isSightOf } from '../heads/candidates';
import { sitesOf } from '../heads/headGridModel';
import { siteKindText, viewName } from '../heads/headWords';
import type { SpecialShare } from '../map/barsModel';
import type { MatrixModel } from '../map/matrixModel';
import { countText, limitText, ordinalText, percentText, weightText } from './numbers';
import { isolated } from './tokenLabel';

export interface Phrase {
  readonly text: string;
  readonly isStrong?: boolean;
}

const strong = (text: string): Phrase => ({ text: isolated(text), isStrong: true });
const plain = (text: string): Phrase => ({ text });

/** The phrases as one string. */
export function textOf(phrases: readonly Phrase[]): string {
  return phrases.map((phrase) => phrase.text).join('');
}

/** `L2H1 of 16, brings most to server, beyond what it brings to other words`. */
export function caption(run: SeenRun, view: View, focusLabel: string): Phrase[] {
  const sites = sitesOf(run, view.site.tower, view.site.kind);
  if (view.head === null) {
    const headCount = sites.find((site) => site.layer === view.site.layer)?.headCount ?? 0;
    return [
      strong(viewName(run, view)),
      plain(`: all ${headCount} heads of this layer (${siteKindText(view.site)}), not renormalised · focus `),
      strong(focusLabel),
    ];
  }
  const headCount = sites.reduce((sum, site) => sum + site.headCount, 0);
  const named = [strong(viewName(run, view)), plain(` of ${headCount}, `)];
  const first = run.firstSight;
  const focus = [strong(focusLabel), ...movedText(first, view)];
  if (view.isPinned) return [...named, plain('pinned · focus '), ...focus];
  const rank = candidateShown(candidatesFor(run, view), view);
  if (rank >= 0) return [...named, ...whyCandidate(first, rank)];
  const isOnly = first.chosenBy === 'only' && isSightOf(first, view) && first.head === view.head && siteName(first.site) === siteName(view.site);
  return [...named, plain(isOnly ? `the first head, as ${whyOnly(run, view)} · focus ` : 'focus '), ...focus];
}

/** `brings most to server, beyond what it brings to other words`, `2nd of 3 that bring most to …`. */
function whyCandidate(first: FirstSight, rank: number): Phrase[] {
  const isByWeights = first.whyWeights !== undefined;
  const most = `${isByWeights ? 'read' : 'bring'}${rank === 0 ? 's' : ''} most ${isByWeights ? 'for' : 'to'} `;
  const start = rank === 0 ? most : `${ordinalText(rank + 1)} of ${first.candidates.length} that ${most}`;
  const others = `, beyond what ${rank === 0 ? 'it' : 'each'} ${isByWeights ? 'reads for' : 'brings to'} other words`;
  const compared =
    first.chosenBy === 'beyond'
      ? others
      : first.chosenBy === 'fewWords'
        ? ' (too few words to compare with)'
        : ' (no head brings it more than it brings other words)';
  const weights = isByWeights ? ` (by weights alone: ${first.whyWeights})` : '';
  return [plain(start), strong(first.focusWord), plain(`${compared}${weights}`), ...movedText(first, { focus: first.focus })];
}

/** Of a causal model whose first word was meant. */
function movedText({ movedFrom, focus }: FirstSight, view: Pick<View, 'focus'>): Phrase[] {
  if (movedFrom === undefined || focus !== view.focus) return [];
  return [plain(' · '), strong(movedFrom), plain(' comes first and reads no other word')];
}

/** Why no head could be chosen: in a causal model the focus stands before all other words. */
function whyOnly({ sites, firstSight }: SeenRun, view: View): string {
  const isCausal = sites.find((site) => siteName(site) === siteName(view.site))?.isCausal === true;
  return isCausal && firstSight.focusWord !== '' ? `no word that it could read stands before ${firstSight.focusWord}` : 'there is nothing to compare';
}

/** `[CLS] + [SEP] take 71 % of this row.` */
export function specialShareText({ share, spellings }: SpecialShare): string {
  const who = spellings.length > 3 ? 'Special tokens' : spellings.join(' + ');
  return `${who} ${spellings.length === 1 ? 'takes' : 'take'} ${percentText(share)} of this row.`;
}

/** A sentence where special tokens take more than half of the row: of the share as it is written beside it, so that the two never contradict. */
export function restingPlaceText({ share }: SpecialShare): string | undefined {
  return Math.round(share * 100) > 50 ? 'More than half: such rows are often a resting place, of a head that finds nothing to read.' : undefined;
}

/** `Largest weight: crashed 0.843`; `isLargest` is false where a special token has a larger one. */
export function largestText(weightLabel: string, weight: number, isLargest = true): Phrase[] {
  return [plain(isLargest ? 'Largest weight: ' : 'Largest weight beside special tokens: '), strong(weightLabel), plain(` ${weightText(weight)}`)];
}

export const standingSentence = 'An attention weight is how much was read, not why.';

export interface CellFacts {
  readonly queryLabel: string;
  readonly keyLabel: string;
  readonly weight: number;
  readonly isMasked: boolean;
  /** What softmax received; undefined where it is not known. */
  readonly score?: number;
  /** 1 for the largest weight of the row. */
  readonly rank: number;
  /** Cells of the row that are not masked. */
  readonly of: number;
}

/** `server → crashed` and `weight 0.843 · score 5.065 · 1st of 9`. */
export function readout(facts: CellFacts): { readonly head: string; readonly body: string } {
  const head = `${isolated(facts.queryLabel)} → ${isolated(facts.keyLabel)}`;
  if (facts.isMasked) return { head, body: 'masked: this row cannot look there' };
  const score = facts.score === undefined ? '' : ` · score ${facts.score.toFixed(3).replace('-', '−')}`;
  return { head, body: `weight ${weightText(facts.weight)}${score} · ${ordinalText(facts.rank)} of ${facts.of}` };
}

/** `one scale, 0 … 0.86 (99.5th percentile), special tokens apart`; thumbnails have no look of their own for masked cells. */
export function overviewScaleText(
  domain: Domain | null,
  { isPooled, isCausal, isOwnScale }: { readonly isPooled: boolean; readonly isCausal: boolean; readonly isOwnScale?: boolean },
): string {
  if (!domain) return 'reading the heads …';
  const pooled = isPooled ? ', each dot the largest weight of its tile' : '';
  const scale = isOwnScale
    ? 'each head on its own scale, 0 … its largest'
    : `one scale, ${limitText(domain.min)} … ${limitText(domain.max)} (99.5th percentile${isPooled ? ' of the dots' : ''})`;
  return `${scale}, special tokens apart${pooled}${isCausal ? ', masked cells drawn as 0' : ''}`;
}

function scaleText({ domain, largest, isOfWords }: MatrixModel): string {
  if (domain.min === 0 && domain.max === 1) return 'scale 0 … 1';
  const where = isOfWords ? ' between words' : '';
  const why = largest < domain.max ? `all weights${where} are smaller` : `largest weight${where}`;
  return `scale 0 … ${limitText(domain.max)} (${why})`;
}

/** What the legend of the map says beside its ends. */
export function legendNotes(model: MatrixModel, numbersFrom: number | undefined, hasGutters: boolean): string[] {
  const notes = [scaleText(model)];
  if (hasGutters) notes.push('grey: special tokens, 0 … 1');
  if (model.maskedCount > 0) notes.push('hatched: masked');
  if (model.clippedCount > 0) notes.push(`▲ ${countText(model.clippedCount)} beyond the scale`);
  if (model.tile > 1) notes.push(`each dot is the largest of ${model.tile} × ${model.tile} weights`);
  if (model.hiddenCount > 0) notes.push(`${model.hiddenCount} special ${model.hiddenCount === 1 ? 'token' : 'tokens'} hidden, not renormalised`);
  if (numbersFrom !== undefined && numbersFrom > 0) notes.push(`numbers from ${numbersFrom}`);
  return notes;
}
