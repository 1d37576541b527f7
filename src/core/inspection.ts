// The inspection: what the user looks at. Owned by the host; panel, side panel and hover all show the same one.
// Wire-safe: JSON with finite numbers only.

import type { Badge, Check } from './check';
import type { InputDescription, ModelDescription } from './modelDescription';
import type { SiteKey } from './names';
import type { Problem } from './problem';
import type { RunNote, Token } from './token';

/** A stretch of text in a document, in UTF-16 code units from the start of the document. */
export interface SelectionText {
  readonly text: string;
  readonly uri: string | null;
  /** Offset of `text` in the document. */
  readonly start: number;
  /** For people: `server.txt : 2`. */
  readonly label: string;
  /** Offset of the caret in `text` where nothing was selected (the focus word is the one at the caret). */
  readonly caret?: number;
}

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
  readonly passCount: number;
  /** Set where the text was longer than the model takes: how much of it was used. */
  readonly truncated: { readonly usedTokens: number; readonly allTokens: number; readonly usedCharacters: number } | null;
  /** The same of the decoder's text. */
  readonly truncatedTarget?: RunSummary['truncated'];
  /** The fixed length of the graph that a shorter text was padded to (and masked); null: not padded. The padding is cropped from all that is shown. */
  readonly paddedTo: number | null;
  /** What is true of this run and the numbers do not show: tokens that were added, words that the model does not know, which file of a folder was taken. */
  readonly notes: readonly RunNote[];
  readonly elapsedMs: number;
  readonly firstSight: FirstSight;
}

/** Which token and head to show first, and the measure that chose the head. */
export interface FirstSight {
  readonly site: SiteKey;
  readonly head: number;
  /** Query-token index of the focus word's last token; the tokens of the word. */
  readonly focus: number;
  readonly focusTokens: readonly number[];
  readonly focusWord: string;
  /** 'brings': ‖Σ α_j v_j W_O‖ / ‖resid_pre‖ at the focus; 'entropy': lowest entropy over content words, where the measure cannot be had;
   * 'only': there is nothing to compare (one word, or the first word of a causal model), the first head is shown and `measures` is empty. */
  readonly chosenBy: 'brings' | 'entropy' | 'only';
  readonly whyEntropy?: string;
  /** The measure per site of that tower and kind, heads in order; null: the head has no row to measure. */
  readonly measures: readonly { readonly site: SiteKey; readonly values: readonly (number | null)[] }[];
}

/** What the user chose to look at within a run. */
export interface View {
  readonly site: SiteKey;
  /** null: the mean of the layer's heads. */
  readonly head: number | null;
  readonly focus: number;
  /** True when the user chose the head, so that a new text keeps it. */
  readonly isPinned: boolean;
  readonly tab: 'map';
}

/** Values for inputs of a model as the user wrote them, by the input's name. */
export type GivenTexts = Readonly<Record<string, string>>;

export type Phase =
  | { readonly name: 'idle' }
  | { readonly name: 'loading'; readonly what: string; readonly startedAtMs: number }
  | { readonly name: 'running'; readonly what: string; readonly startedAtMs: number }
  | { readonly name: 'ready' };

/** The whole small state that the host sends to every view. The previous picture stays beside a problem; picture and model are always of each other. */
export interface InspectionState {
  readonly phase: Phase;
  readonly model: ModelDescription | null;
  readonly modelLabel: string;
  /** What the user gave for inputs of the model. */
  readonly given: GivenTexts;
  readonly selection: SelectionText | null;
  readonly run: RunSummary | null;
  readonly view: View | null;
  readonly problem: Problem | null;
  /** How special tokens are drawn in the map: dim (narrow gutters), show, hide (said where hidden). */
  readonly specialTokens: 'dim' | 'show' | 'hide';
}
