// How a token is written for people. The vocabulary's own spelling where it reads as text (`##ing`, `[CLS]`); where it is the spelling of
// a byte alphabet or of a space marker (`Ġthe`, `▁la`, `Ã©`), the stretch of the text that the token covers; both where the spelling stands
// for a stretch that it does not spell (`[UNK] 今日`).

import type { Token } from '../../core/token';

const readable = /^[\x21-\x7e]+$/;
/** Characters of the text beside a spelling that says nothing of it. */
const longestPiece = 24;
const visibleSpace: Readonly<Record<string, string>> = { '\n': '⏎', '\t': '⇥', '\r': '␍' };

/** `text` is the text that the token's range counts in (the pair for tokens of sequence 1). Never empty. */
export function tokenLabel(token: Token, text: string): string {
  if (token.isSpecial || token.end <= token.start) return token.text || '∅';
  const piece = text.slice(token.start, token.end);
  const visible = piece.trim() || piece.replace(/\s/g, (space) => visibleSpace[space] ?? '␣') || token.text;
  if (!readable.test(token.text)) return visible;
  return spells(token.text, piece) ? token.text : `${token.text} ${shortened(visible, longestPiece)}`;
}

/** Whether the letters and digits of a spelling come from the text, whatever the normaliser did to case and accents. */
function spells(spelling: string, piece: string): boolean {
  return piece
    .normalize('NFKD')
    .toLowerCase()
    .includes(spelling.replace(/[^a-z0-9]/gi, '').toLowerCase());
}

/** The label of a token in a sentence: with its place as a subscript (`the₁₂`, counted from 0) where another token of the list has the same label. */
export function placedLabel(labels: readonly string[], index: number): string {
  const label = labels[index] ?? '';
  return labels.indexOf(label) === labels.lastIndexOf(label) ? label : `${isolated(label)}${subscript(index)}`;
}

/** `₁₂`; a screen reader says the digits. */
function subscript(index: number): string {
  return String(index).replace(/\d/g, (digit) => String.fromCharCode(0x2080 + Number(digit)));
}

const rightToLeft =
  /[\p{Script_Extensions=Hebrew}\p{Script_Extensions=Arabic}\p{Script_Extensions=Syriac}\p{Script_Extensions=Thaana}\p{Script_Extensions=Nko}\p{Script_Extensions=Samaritan}\p{Script_Extensions=Mandaic}\p{Script_Extensions=Adlam}\p{Script_Extensions=Mende_Kikakui}\p{Script_Extensions=Hanifi_Rohingya}\p{Script_Extensions=Yezidi}\u200f\u202b\u202e\u2067]/u;

/** The label for the middle of a sentence: one that runs from right to left must not carry the numbers beside it along. */
export function isolated(label: string): string {
  return rightToLeft.test(label) && !label.startsWith('\u2068') ? `\u2068${label}\u2069` : label;
}

/** At most `limit` characters, the end replaced by an ellipsis; counts code points, so that no character is cut in half. */
export function shortened(label: string, limit: number): string {
  const characters = [...label];
  return characters.length <= limit ? label : `${characters.slice(0, limit - 1).join('')}…`;
}
