// What is folded out below the toolbar, over the view or above the readout, and the keyboard focus in it.

import type { Details, Store } from './store';

/** Focuses the first element that matches the first of the selectors that has one, once it is drawn. */
export function focusFirst(...selectors: readonly string[]): void {
  requestAnimationFrame(() => {
    const [found] = selectors.flatMap((selector) => document.querySelector<HTMLElement>(selector) ?? []);
    found?.focus();
  });
}

/** What takes the keyboard focus in what is folded out; in the others it stays where it is. */
const firstIn: Partial<Record<Details, readonly string[]>> = {
  heads: ['#head-grid-sheet [aria-pressed=true]', '#head-grid-sheet button'],
  find: ['#find input'],
  views: ['#view-menu [aria-checked=true]'],
};

/** Folds one out, or all in: the focus that was in one goes to the button that opens it. */
export function openDetails(store: Pick<Store, 'set'>, details: Details | null): void {
  const place = details === null ? document.activeElement?.closest('.details') : null;
  // Fields are drawn anew: what was said of an earlier value goes.
  store.set({ openDetails: details, giving: null });
  if (place) document.querySelector<HTMLElement>(place.id === 'find' ? '.token.focus' : `[aria-controls="${place.id}"]`)?.focus();
  const first = details && firstIn[details];
  if (first) focusFirst(...first);
}

/** Whether the key goes into a text that is being written. */
export function isTyping({ target }: KeyboardEvent): boolean {
  return (target as Partial<Element> | null)?.tagName === 'INPUT';
}
