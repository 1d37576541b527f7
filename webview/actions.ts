// Everything a user can do in the panel, as functions: intents go to the host, the rest into the store. Views call these and nothing else.

import type { TokenListName } from '../src/core/inspection';
import type { SiteKey } from '../src/core/names';
import type { Remote } from '../src/protocol/channel';
import type { PanelApi } from '../src/protocol/panelApi';
import type { Shown } from './shown';
import type { Cell, Store, UiState } from './store';

export interface Actions {
  chooseModel(): void;
  stop(): void;
  dismissProblem(): void;
  showHead(site: SiteKey, head: number | null): void;
  pin(isPinned: boolean): void;
  showFocus(focus: number): void;
  revealToken(list: TokenListName, token: number): void;
  hover(cell: Cell | null): void;
  moveCursor(cell: Cell, heldFor: string): void;
  setUi(change: Partial<Pick<UiState, 'isTable' | 'isUnitDomain' | 'openDetails' | 'tableFrom' | 'cursor' | 'hover'>>): void;
}

/**
 * Intents that fail (a host that is gone) change nothing here: the state that the host sends is the only truth. What is clicked in a picture that
 * the host has left already is dropped: its heads and tokens are others there.
 */
export function actionsOf(api: Remote<PanelApi>, store: Store, awaits: () => Shown['awaits']): Actions {
  const send = (intent: Promise<void>) => void intent.catch(() => undefined);
  const sendOfRun = (intent: () => Promise<void>) => (awaits() === 'run' ? undefined : send(intent()));
  return {
    chooseModel: () => send(api.chooseModel({})),
    stop: () => send(api.stop({})),
    dismissProblem: () => send(api.dismissProblem({})),
    showHead: (site, head) => sendOfRun(() => api.showHead({ site: { tower: site.tower, layer: site.layer, kind: site.kind }, head })),
    pin: (isPinned) => sendOfRun(() => (isPinned ? api.setView({ isPinned: true }) : api.unpinHead({}))),
    showFocus: (focus) => {
      // The pointer rests on the token that was clicked; what it showed belonged to the old focus row.
      store.set({ hover: null });
      if (awaits() === 'nothing') send(api.showFocus({ focus }));
    },
    revealToken: (list, token) => sendOfRun(() => api.revealToken({ list, token })),
    hover: (hover) => store.set({ hover }),
    moveCursor: (cell, heldFor) => store.set({ cursor: { ...cell, heldFor }, hover: null }),
    setUi: (change) => store.set(change),
  };
}
