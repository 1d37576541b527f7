// webview → host: intents and questions about numbers. host → webview: the whole small state.

import type { InspectionState, View } from '../core/inspection';
import type { SiteKey } from '../core/names';
import type { Outcome } from '../core/problem';
import type { PackQuestion, Question } from '../core/question';
import type { TensorPack } from '../core/tensorPack';
import type { Answer } from './ask';

/** What became of a value given for an input. */
export interface GivenAnswer {
  /** Whether the model has run the text with it, or could where there is none yet. */
  readonly isTaken: boolean;
  /** Why not, to be said at the field. */
  readonly reason?: string;
}

export interface PanelApi {
  /** The first call of a webview; state events follow only after it. */
  ready(params: Record<string, never>, signal: AbortSignal): Promise<InspectionState>;
  showHead(params: { readonly site: SiteKey; readonly head: number | null }, signal: AbortSignal): Promise<void>;
  /** Shows one of the heads that bring most to the focus, best first. */
  showCandidate(params: { readonly index: number }, signal: AbortSignal): Promise<void>;
  /** Back to the head that first sight chooses. */
  unpinHead(params: Record<string, never>, signal: AbortSignal): Promise<void>;
  showFocus(params: { readonly focus: number }, signal: AbortSignal): Promise<void>;
  setView(params: Partial<Pick<View, 'tab' | 'isPinned'>>, signal: AbortSignal): Promise<void>;
  /** Gives an input of the model what the user wrote: one number or a JSON list; nothing where the text is empty. Answered once the model has run. */
  giveInput(params: { readonly input: string; readonly text: string }, signal: AbortSignal): Promise<GivenAnswer>;
  /** Inspects what the document holds now at the place of the text. */
  inspectAgain(params: Record<string, never>, signal: AbortSignal): Promise<void>;
  /** Shows a text that comes with the extension, for a first picture. */
  openExample(params: Record<string, never>, signal: AbortSignal): Promise<void>;
  chooseModel(params: Record<string, never>, signal: AbortSignal): Promise<void>;
  /** Selects the token's range in the text editor. */
  revealToken(params: { readonly list: 'source' | 'target'; readonly token: number }, signal: AbortSignal): Promise<void>;
  stop(params: Record<string, never>, signal: AbortSignal): Promise<void>;
  dismissProblem(params: Record<string, never>, signal: AbortSignal): Promise<void>;
  read(question: Question, signal: AbortSignal): Promise<Outcome<Answer>>;
}

/** host → webview. */
export interface PanelEvents {
  state(params: InspectionState, signal: AbortSignal): Promise<void>;
  /** Numbers that the state sent before will be drawn with, unasked. */
  answer(params: { readonly question: PackQuestion; readonly pack: TensorPack }, signal: AbortSignal): Promise<void>;
  /** The map that is shown as a file: an SVG document, or a PNG in base64; null where none is. */
  drawPicture(params: { readonly form: 'svg' | 'png' }, signal: AbortSignal): Promise<string | null>;
  /** Opens the field that finds words among the tokens. */
  findToken(params: Record<string, never>, signal: AbortSignal): Promise<void>;
  /** Shows the next view that can be had (1), or the one before (-1). */
  stepView(params: { readonly step: 1 | -1 }, signal: AbortSignal): Promise<void>;
}
