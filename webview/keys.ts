// Keys that work anywhere in the panel: T table, 0 scale, Escape back. Keys with modifiers are VS Code's.

import type { Actions } from './actions';
import type { UiState } from './store';

/** A keydown listener. Escape undoes the newest of: open details, moved cursor, table. */
export function globalKeys(ui: () => UiState, actions: Actions): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const { isTable, isUnitDomain, isBadgeOpen, cursor, hover } = ui();
    if (event.key === 't' || event.key === 'T') actions.setUi({ isTable: !isTable });
    else if (event.key === '0') actions.setUi({ isUnitDomain: !isUnitDomain });
    else if (event.key !== 'Escape') return;
    else if (isBadgeOpen) actions.setUi({ isBadgeOpen: false });
    else if (cursor || hover) actions.setUi({ cursor: null, hover: null });
    else if (isTable) actions.setUi({ isTable: false });
    else document.querySelector<HTMLElement>('.token.focus')?.focus();
  };
}
