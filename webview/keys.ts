// Keys that work anywhere in the panel: T table, 0 scale, Escape back. Keys with modifiers are VS Code's.

import type { Actions } from './actions';
import { isTyping } from './details';
import type { UiState } from './store';

/** A keydown listener. Escape undoes the newest of: open details, table, moved cursor (which a table does not show). */
export function globalKeys(ui: () => UiState, actions: Actions, afterSwitch: () => void = focusPicture): (event: KeyboardEvent) => void {
  const showTable = (isTable: boolean) => {
    actions.setUi({ isTable });
    afterSwitch();
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    // VS Code hears every key that leaves the page, and takes letters for its commands.
    if (isTyping(event)) event.stopPropagation();
    if (isTyping(event) && event.key !== 'Escape') return;
    const { isTable, isUnitDomain, openDetails, cursor, hover } = ui();
    if (event.key === 't' || event.key === 'T') showTable(!isTable);
    else if (event.key === '0') actions.setUi({ isUnitDomain: !isUnitDomain });
    else if (event.key !== 'Escape') return;
    else if (openDetails) actions.openDetails(null);
    else if (isTable) showTable(false);
    else if (cursor || hover) actions.setUi({ cursor: null, hover: null });
    else document.querySelector<HTMLElement>('.token.focus')?.focus();
  };
}

/** Where nothing in the page has the keyboard focus, the picture gets it, or the table in its place, once it is drawn. */
export function focusPicture(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('.table-place, .map')?.focus({ preventScroll: true });
  });
}
