// Everything a user can do in the panel, as functions: intents go to the host, the rest into the store. Views call these and nothing else.

import type { SiteKey } from '../src/core/names';
import type { TokenListName } from '../src/core/run';
import type { Remote } from '../src/protocol/channel';
import type { GivenAnswer, PanelApi } from '../src/protocol/panelApi';
import type { Cell } from '../src/reading/cell';
import type { Shown } from '../src/reading/shown';
import { focusFirst, openDetails } from './details';
import type { Details, Store, UiState } from './store';

export interface Actions {
  chooseModel(): void;
  openExample(): void;
  /** The text as its document holds it now. */
  inspectAgain(): void;
  /** Opens the card at the first field that wants a value, else at the first one. */
  openField(): void;
  giveInput(input: string, text: string): void;
  openDetails(details: Details | null): void;
  stop(): void;
  dismissProblem(): void;
  showHead(site: SiteKey, head: number | null): void;
  /** Shows one of the heads that bring most to the focus. */
  showCandidate(index: number): void;
  pin(isPinned: boolean): void;
  /** Shows the head in another view. */
  showView(id: string): void;
  showFocus(focus: number): void;
  revealToken(list: TokenListName, token: number): void;
  hover(cell: Cell | null): void;
  moveCursor(cell: Cell, heldFor: string): void;
  setUi(
    change: Partial<
      Pick<
        UiState,
        | 'isTable'
        | 'isUnitDomain'
        | 'isOwnScale'
        | 'isShelfFolded'
        | 'find'
        | 'tableFrom'
        | 'cursor'
        | 'hover'
        | 'isByWeight'
        | 'step'
        | 'isRowOpen'
        | 'headRow'
      >
    >,
  ): void;
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
    openExample: () => send(api.openExample({})),
    inspectAgain: () => send(api.inspectAgain({})),
    openField: () => {
      openDetails(store, 'card');
      focusFirst('.given-form.is-wanted input', '.given-form input');
    },
    openDetails: (details) => openDetails(store, details),
    giveInput: (input, text) => {
      store.set({ giving: { input, reason: null } });
      const done = ({ isTaken, reason }: GivenAnswer) => {
        store.set({ giving: reason === undefined ? null : { input, reason } });
        // The picture, and words of how it came about, are behind the card.
        if (isTaken && store.state.openDetails === 'card') openDetails(store, null);
      };
      void api.giveInput({ input, text }).then(done, () => store.set({ giving: null }));
    },
    stop: () => send(api.stop({})),
    dismissProblem: () => send(api.dismissProblem({})),
    showHead: (site, head) => sendOfRun(() => api.showHead({ site: { tower: site.tower, layer: site.layer, kind: site.kind }, head })),
    showCandidate: (index) => sendOfRun(() => api.showCandidate({ index })),
    pin: (isPinned) => sendOfRun(() => (isPinned ? api.setView({ isPinned: true }) : api.unpinHead({}))),
    showView: (tab) => send(api.setView({ tab })),
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
