// What is known of one run without its tensors. Wire-safe: JSON with finite numbers only.

import type { Badge, Check } from './check';
import type { EngineUsed } from './engineName';
import type { InputDescription } from './modelDescription';
import type { SiteKey } from './names';
import type { RunNote, Token } from './token';

/** A site with what a run tells of it. Query tokens and key tokens are two lists (indices into TokenList names). */
export interface RunSite extends SiteKey {
  readonly headCount: number;
  readonly kvHeadCount: number;
  readonly headSize: number;
  readonly isCausal: boolean | null;
  readonly queryTokens: TokenListName;
  readonly keyTokens: TokenListName;
  readonly recognisedAs: string;
  /** False where an identity of this site failed: nothing of it may be shown. */
  readonly isTrusted: boolean;
  /** Why it is left out where its rows or columns are not the tokens of the text. */
  readonly closedBecause?: string;
}

export type TokenListName = 'source' | 'target';

/** Which part of a text was run. */
export interface Truncation {
  readonly usedTokens: number;
  readonly allTokens: number;
  readonly usedCharacters: number;
  /** Where the part begins in the text, where it is not the first one. */
  readonly from?: { readonly token: number; readonly character: number };
}

/** What the checks say of a run: also which of its sites may be shown. */
export type RunChecks = Pick<RunSummary, 'badge' | 'checks' | 'sites'>;

/** What one run is, without its tensors. */
export interface RunSummary {
  readonly runId: number;
  readonly text: string;
  readonly pair: string | null;
  readonly target: string | null;
  /** Tokens of the encoder (or only) text, and of the decoder text. */
  readonly tokens: Readonly<Partial<Record<TokenListName, readonly Token[]>>>;
  readonly sites: readonly RunSite[];
  readonly badge: Badge;
  readonly checks: readonly Check[];
  /** What every input of the model's files was fed, and on what that rests. */
  readonly inputs: readonly InputDescription[];
  /** Set where the text was longer than the model takes: how much of it was used. */
  readonly truncated: Truncation | null;
  /** The same of the decoder's text. */
  readonly truncatedTarget?: RunSummary['truncated'];
  /** The fixed length of the graph that a shorter text was padded to (and masked); null: not padded. The padding is cropped from all that is shown. */
  readonly paddedTo: number | null;
  /** What is true of this run and the numbers do not show: tokens that were added, words that the model does not know, which file of a folder was taken. */
  readonly notes: readonly RunNote[];
  /** What ran it. */
  readonly engine: EngineUsed;
  readonly elapsedMs: number;
}

/** A run with where to look first: what a picture is made of. */
export interface SeenRun extends RunSummary {
  readonly firstSight: FirstSight;
  readonly times: RunTimes;
}

/** When the host went on with a run: milliseconds since 1970. */
export interface RunTimes {
  readonly asked: number;
  readonly loaded: number;
  readonly run: number;
  readonly seen: number;
}

/** A head that brings much to the focus, with what it reads most. */
export interface Candidate {
  readonly site: SiteKey;
  readonly head: number;
  /** The key token that it brings, and its weight of it at the focus. */
  readonly key: number;
  readonly weight: number;
  readonly measure: number;
}

/** Which token and head to show first, and the measure that chose the head. */
export interface FirstSight {
  readonly site: SiteKey;
  readonly head: number;
  /** At most three, best first, of different keys as far as there are such; empty where there is nothing to compare. */
  readonly candidates: readonly Candidate[];
  /** Query-token index of the focus word's last token; the tokens of the word. */
  readonly focus: number;
  readonly focusTokens: readonly number[];
  readonly focusWord: string;
  /** The first word of a causal model, which was meant and reads no other word: the focus is a later one. */
  readonly movedFrom?: string;
  /** 'beyond': max_j max(0, α_j − what the other words read at that distance or of that key) ‖v_j W_O‖ / ‖resid_pre‖ at the focus (headMeasures.ts);
   * 'fewWords': max_j α_j ‖v_j W_O‖ / ‖resid_pre‖, for there are too few words to compare with; 'nothingBeyond': the same, for no head is beyond them;
   * 'only': there is nothing to compare (one word, or the first word of a causal model), the first head is shown and `measures` is empty. */
  readonly chosenBy: 'beyond' | 'fewWords' | 'nothingBeyond' | 'only';
  /** Set where ‖v_j W_O‖ cannot be had: why the weights alone were measured. */
  readonly whyWeights?: string;
  /** The measure per site of that tower and kind, heads in order; null: the head has no row to measure. */
  readonly measures: readonly { readonly site: SiteKey; readonly values: readonly (number | null)[] }[];
}
