// What the rules of the frame need to know of the page: its size, and whether words fit. Measured after a drawing; a rule decides what follows.

import { tabForm } from '../src/present/frame/tabForm';
import { grouped } from '../src/present/frame/viewGroups';
import type { Room } from './store';
import type { ViewList } from './view/context';

/** Between two tokens, and what the line of tokens keeps free at its ends. */
const [tokenGap, aroundTokens] = [4, 32];

/** The room as the page is now. */
export function measureRoom(root: HTMLElement, views: ViewList): Room {
  const { width, height } = root.getBoundingClientRect();
  const notices = root.querySelector<HTMLElement>('.notices')?.offsetHeight ?? 0;
  return { width, height: height - notices, isLong: isLong(root, width), isToolbarFull: isToolbarFull(root), tabForm: tabForm(width, tabWidths(views)) };
}

/** Whether the tokens of a list, beside each other, are wider than the panel; measured anew only for other tokens or another font. */
function isLong(root: HTMLElement, width: number): boolean {
  return [...root.querySelectorAll<HTMLElement>('.strip')].some((strip) => widthOf(strip) > width - aroundTokens);
}

const known = new WeakMap<HTMLElement, { readonly words: string; readonly width: number }>();

function widthOf(strip: HTMLElement): number {
  const words = `${strip.textContent} ${getComputedStyle(strip).font}`;
  const before = known.get(strip);
  if (before?.words === words) return before.width;
  const width = [...strip.children].reduce((sum, token) => sum + token.getBoundingClientRect().width + tokenGap, 0);
  known.set(strip, { words, width });
  return width;
}

/** What finds no place in the toolbar's line stands in a second one that is cut off. */
function isToolbarFull(root: HTMLElement): boolean {
  const [first, ...rest] = root.querySelectorAll<HTMLElement>('.toolbar-facts > *');
  return first !== undefined && rest.some((fact) => fact.offsetTop > first.offsetTop + first.offsetHeight / 2);
}

let labels: { readonly font: string; readonly widths: Parameters<typeof tabForm>[1] } | undefined;

function tabWidths(views: ViewList): Parameters<typeof tabForm>[1] {
  const { font } = getComputedStyle(document.body);
  if (labels?.font === font) return labels.widths;
  const pen = new OffscreenCanvas(1, 1).getContext('2d') as OffscreenCanvasRenderingContext2D;
  pen.font = font;
  const widthOfWord = (word: string) => pen.measureText(word).width;
  const groups = grouped(views).map((one) => ({ name: widthOfWord(one.group.name), labels: one.views.map(({ label }) => widthOfWord(label)) }));
  labels = { font, widths: { groups } };
  return labels.widths;
}
