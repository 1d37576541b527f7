// Keys that work anywhere in the panel: views, all heads, table, scale, keys, back. Keys with modifiers, and those that step from one view, head or
// layer to the next, are VS Code's: contributed commands.

import type { Actions } from './actions';
import { isTyping } from './details';
import type { UiState } from './store';
import type { ViewList } from './view/context';

export interface KeysOf {
  readonly ui: () => UiState;
  readonly actions: Actions;
  readonly views: ViewList;
  readonly afterSwitch?: () => void;
}

/** A keydown listener. Escape undoes the newest of: open details, table, moved cursor (which a table does not show). */
export function globalKeys({ ui, actions, views, afterSwitch = focusPicture }: KeysOf): (event: KeyboardEvent) => void {
  const showTable = (isTable: boolean) => {
    actions.setUi({ isTable });
    afterSwitch();
  };
  const toggle = (details: 'heads' | 'keys') => actions.openDetails(ui().openDetails === details ? null : details);
  const keys: Readonly<Record<string, () => void>> = {
    t: () => showTable(!ui().isTable),
    g: () => toggle('heads'),
    '0': () => actions.setUi({ isUnitDomain: !ui().isUnitDomain }),
    '?': () => toggle('keys'),
    Escape: () => back(ui(), actions, showTable),
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // VS Code hears every key that leaves the page, and takes letters for its commands.
    if (isTyping(event)) event.stopPropagation();
    if (isTyping(event) && event.key !== 'Escape') return;
    const view = /^[1-9]$/.test(event.key) ? views[Number(event.key) - 1] : undefined;
    if (view) actions.showView(view.id);
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (Object.hasOwn(keys, name)) keys[name]?.();
  };
}

function back({ isTable, openDetails, cursor, hover }: UiState, actions: Actions, showTable: (isTable: boolean) => void): void {
  if (openDetails) actions.openDetails(null);
  else if (isTable) showTable(false);
  else if (cursor || hover) actions.setUi({ cursor: null, hover: null });
  else document.querySelector<HTMLElement>('.token.focus')?.focus();
}

/** Where nothing in the page has the keyboard focus, the picture gets it, or the table in its place, once it is drawn. */
export function focusPicture(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('.table-place, .map')?.focus({ preventScroll: true });
  });
}
