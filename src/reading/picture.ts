// From the host's state and the slices that are there to what the map and everything around it need. No page, no words.
// While the slice of a newly chosen head is on its way, the picture before it stays.

import type { InspectionState, View } from '../core/inspection';
import { siteName } from '../core/names';
import { headQuestion } from '../core/question';
import type { RunSite, SeenRun, TokenListName } from '../core/run';
import { floatsOf } from '../core/tensorPack';
import type { Token } from '../core/token';
import { isMaskedCell } from '../present/map/matrixModel';
import { tokenLabel } from '../present/words/tokenLabel';
import { joinedLabel } from '../present/words/wordTokens';
import type { Slices } from './slices';

/** One head of one run with the tokens of its rows and columns, written out. Every view of it starts from this; numbers come apart. */
export interface Picture {
  readonly run: SeenRun;
  readonly view: View;
  readonly site: RunSite;
  readonly queries: readonly Token[];
  readonly keys: readonly Token[];
  readonly queryLabels: readonly string[];
  readonly keyLabels: readonly string[];
  readonly isCausal: boolean;
}

/** What the frame and the map read of the head. */
export interface HeadWeights {
  /** [query, key] */
  readonly weights: Float32Array;
  /** [query, key] what softmax received, the mean over heads for a mean; undefined where it cannot be had. */
  readonly scores: Float32Array | undefined;
}

/** A picture with the weights of its head. */
export type WeightPicture = Picture & HeadWeights;

export type PictureState =
  | { readonly state: 'none' }
  | { readonly state: 'loading' }
  /** `reason` is null where a check of the site failed: the run says which. */
  | { readonly state: 'refused'; readonly picture: Picture; readonly reason: string | null }
  | { readonly state: 'ready'; readonly picture: WeightPicture };

/** Tokens of a list and how they are written. */
export function tokensOf(run: SeenRun, list: TokenListName): { tokens: readonly Token[]; labels: string[] } {
  const tokens = run.tokens[list] ?? [];
  const textOf = (token: Token) => (list === 'target' ? (run.target ?? '') : token.sequence === 1 ? (run.pair ?? '') : run.text);
  return { tokens, labels: tokens.map((token, index) => joinedLabel(tokenLabel(token, textOf(token)), textOf(token), tokens, index)) };
}

/** The site that the view names, as the run has it. */
export function siteInView(run: SeenRun, view: View): RunSite | undefined {
  return run.sites.find((site) => siteName(site) === siteName(view.site));
}

/** The head that the state points to; undefined before a run. */
export function pictureOf({ subjects: [{ run }], view }: InspectionState): Picture | undefined {
  const site = run && view ? siteInView(run, view) : undefined;
  if (!run || !view || !site) return undefined;
  const { tokens: queries, labels: queryLabels } = tokensOf(run, site.queryTokens);
  const { tokens: keys, labels: keyLabels } = tokensOf(run, site.keyTokens);
  return { run, view, site, queries, keys, queryLabels, keyLabels, isCausal: site.isCausal === true && site.kind === 'self' };
}

/** The picture with its weights, as far as they are there; asks for them. Without its scores a map would show masked cells as measured zeros. */
export function weightPictureOf(state: InspectionState, slices: Pick<Slices, 'read'>): PictureState {
  const picture = pictureOf(state);
  if (!picture) return { state: 'none' };
  const { run, view, site, queries, keys } = picture;
  if (!site.isTrusted) return { state: 'refused', picture, reason: site.closedBecause ?? null };
  const pattern = slices.read(headQuestion(run, site, 'pattern', view.head));
  const scores = slices.read(headQuestion(run, site, 'scores', view.head));
  if (pattern.state === 'loading' || scores.state === 'loading') return { state: 'loading' };
  if (pattern.state === 'failed') return { state: 'refused', picture, reason: pattern.reason };
  const weights = floatsOf(pattern.pack, 'values');
  const expected = queries.length * keys.length;
  if (weights?.length !== expected) return { state: 'refused', picture, reason: `The map has ${weights?.length ?? 0} numbers, ${expected} were expected.` };
  const own = scores.state === 'ready' ? floatsOf(scores.pack, 'values') : undefined;
  return { state: 'ready', picture: { ...picture, weights, scores: own?.length === weights.length ? own : undefined } };
}

/** The same run, view and numbers: such a picture need not be computed or painted again. */
export function isSamePicture(a: WeightPicture, b: WeightPicture): boolean {
  const isSameView = a.run.runId === b.run.runId && JSON.stringify([a.view, sightOf(a)]) === JSON.stringify([b.view, sightOf(b)]);
  return isSameView && isSameStretch(a.weights, b.weights) && isSameStretch(a.scores, b.scores);
}

/** What is said of the head beside its picture. */
function sightOf({ run: { firstSight } }: Picture) {
  return [firstSight.focus, firstSight.candidates];
}

function isSameStretch(a: Float32Array | undefined, b: Float32Array | undefined): boolean {
  return a?.buffer === b?.buffer && a?.byteOffset === b?.byteOffset;
}

/** Weights of one query token, over all keys. */
export function rowOf(picture: Pick<WeightPicture, 'weights' | 'keys'>, query: number): Float32Array {
  return picture.weights.subarray(query * picture.keys.length, (query + 1) * picture.keys.length);
}

/** The query token that is looked at: the focus, or the last one where it stands behind the row's list. */
export const focusQuery = ({ view, queries }: Pick<Picture, 'view' | 'queries'>): number => Math.min(view.focus, queries.length - 1);

/** Rank of a cell's weight in its row (1: the largest) among the cells that are not masked. */
export function rankIn(picture: WeightPicture, query: number, key: number): { rank: number; of: number } {
  const row = rowOf(picture, query);
  let rank = 1;
  let of = 0;
  row.forEach((weight, other) => {
    if (isMaskedCell(picture, query, other)) return;
    of++;
    if (weight > (row[key] as number) || (weight === row[key] && other < key)) rank++;
  });
  return { rank, of };
}

/** `runId focus`: the cursor of one is not the cursor of another. */
export function cursorScope(picture: Picture): string {
  return `${picture.run.runId} ${picture.view.focus}`;
}
