// Keys that work anywhere in the panel: views, heads, table, scale, keys, back. Keys with modifiers are VS Code's.

import type { Actions } from './actions';
import { isTyping } from './details';
import type { UiState } from './store';
import type { ViewList } from './view/context';

export interface KeysOf {
  readonly ui: () => UiState;
  readonly actions: Actions;
  readonly views: ViewList;
  /** The head before or after the one that is shown, among those that bring most to the focus. */
  readonly candidateBeside: (step: 1 | -1) => number | undefined;
  readonly afterSwitch?: () => void;
}

/** A keydown listener. Escape undoes the newest of: open details, table, moved cursor (which a table does not show). */
export function globalKeys({ ui, actions, views, candidateBeside, afterSwitch = focusPicture }: KeysOf): (event: KeyboardEvent) => void {
  const showTable = (isTable: boolean) => {
    actions.setUi({ isTable });
    afterSwitch();
  };
  const toggle = (details: 'heads' | 'keys') => actions.openDetails(ui().openDetails === details ? null : details);
  const step = (by: 1 | -1) => {
    const index = candidateBeside(by);
    if (index !== undefined) actions.showCandidate(index);
  };
  const keys: Readonly<Record<string, () => void>> = {
    t: () => showTable(!ui().isTable),
    g: () => toggle('heads'),
    '0': () => actions.setUi({ isUnitDomain: !ui().isUnitDomain }),
    '?': () => toggle('keys'),
    '[': () => step(-1),
    ']': () => step(1),
    Escape: () => back(ui(), actions, showTable),
  };
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
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

/** Picture and table take each other's place: the keyboard focus that went with the one goes to the other, once it is drawn. */
function focusPicture(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) document.querySelector<HTMLElement>('.table-place, .map')?.focus();
  });
}
