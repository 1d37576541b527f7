// Head outputs in words.

import { stepText } from '../steps/stepsWords';
import type { OutputPart, OutputsModel } from './outputsModel';

/** `H3`, `b_O` */
export const partName = ({ head }: OutputPart): string => (head === null ? 'b_O' : `H${head}`);

/** With its sign always written: shares pull back as well as forth. */
export const shareText = (share: number | undefined): string => (share === undefined ? '–' : `${share >= 0 ? '+' : ''}${stepText(share)}`);

/** `‖result‖ 3.717 · cosine with attn_out 0.544 · share +0.220` */
export function partWords(part: OutputPart): string {
  const { norm, cosine, share } = part;
  return [
    `‖${part.head === null ? 'b_O' : 'result'}‖ ${stepText(norm)}`,
    ...(cosine === undefined ? [] : [`cosine with attn_out ${stepText(cosine)}`]),
    ...(share === undefined ? [] : [`share ${shareText(share)}`]),
  ].join(' · ');
}

/** What its heads add, and beside what. */
export function outputsTitle({ parts, attnNorm, residNorm }: OutputsModel): string {
  const heads = parts.filter(({ head }) => head !== null).length;
  const beside = residNorm === undefined ? '' : ` beside the ${stepText(residNorm, 2)} that were there`;
  return `what its ${heads} ${heads === 1 ? 'head adds' : 'heads add'}: together ${stepText(attnNorm, 2)}${beside}`;
}

export const shareNote =
  'Share = ⟨result, attn_out⟩ ÷ ‖attn_out‖², below 0 where it pulls back. It is how much of the sum lies along this head, not what would be lost without it.';

/** The table as text, columns parted by tabs. */
export function outputsTsv({ parts, attnNorm, shareSum }: OutputsModel): string {
  const cell = (value: number | undefined) => (value === undefined ? '' : String(Number(value.toPrecision(9))));
  const lines = parts.map((part) => [partName(part), cell(part.norm), cell(part.cosine), cell(part.share)]);
  return [['part', 'norm', 'cosine', 'share'], ...lines, ['attn_out', cell(attnNorm), '1', cell(shareSum)]].map((line) => line.join('\t')).join('\n');
}
