// What the panel alone knows: toggles, cursor, pointer, open details. The inspection itself is the host's and never stored here.
// Nothing here touches the page, so that every rule about the cursor can be tested without one.

import type { TabForm } from '../src/present/frame/tabForm';
import type { Cell } from '../src/reading/cell';

/** What is folded out: below the toolbar, over the view, or above the readout. */
export type Details = 'badge' | 'card' | 'more' | 'tokens' | 'views' | 'heads' | 'keys' | 'find';

/** What was measured of the page, in CSS pixels. */
export interface Room {
  readonly width: number;
  /** Without the lines that say what goes on or wrong. */
  readonly height: number;
  /** Whether the tokens need more than a line. */
  readonly isLong: boolean;
  /** Whether something of the toolbar finds no place in it. */
  readonly isToolbarFull: boolean;
  readonly tabForm: TabForm;
}

/** A value that is on its way to the model, or why one was not taken; said at the field of that input. */
export interface Giving {
  readonly input: string;
  readonly reason: string | null;
}

export interface UiState {
  readonly isTable: boolean;
  readonly isUnitDomain: boolean;
  /** Whether each thumbnail of all heads has a scale of its own. */
  readonly isOwnScale: boolean;
  /** Whether all heads above the view are folded to a line; null: as the height allows. */
  readonly isShelfFolded: boolean | null;
  readonly room: Room;
  readonly openDetails: Details | null;
  /** Words that are looked for in the tokens. */
  readonly find: string;
  readonly giving: Giving | null;
  /** The cell that the arrow keys move; null: the focus row's largest. Holds for one run and focus only. */
  readonly cursor: (Cell & { readonly heldFor: string }) | null;
  /** The cell under the pointer. */
  readonly hover: Cell | null;
  /** Steps: whether the rows stand in the order of their weights instead of the text's, which step is lit, and whether the current row is opened. */
  readonly isByWeight: boolean;
  readonly step: number;
  readonly isRowOpen: boolean;
  /** Head outputs: the head that the arrow keys move; null: the one that is shown. */
  readonly headRow: number | null;
  /** First row and column of the table's page. Holds for one run only. */
  readonly tableFrom: (Cell & { readonly heldFor: number }) | null;
  /** True once a load or run has taken so long that it needs words. */
  readonly isSlow: boolean;
}

/** What survives a reload. */
export type KeptUi = Pick<UiState, 'isTable' | 'isUnitDomain' | 'isOwnScale' | 'isShelfFolded'>;

const initial: UiState = {
  isTable: false,
  isUnitDomain: false,
  isOwnScale: false,
  isShelfFolded: null,
  room: { width: 0, height: 0, isLong: false, isToolbarFull: false, tabForm: 'ruled' },
  openDetails: null,
  find: '',
  giving: null,
  cursor: null,
  hover: null,
  isByWeight: false,
  step: 0,
  isRowOpen: false,
  headRow: null,
  tableFrom: null,
  isSlow: false,
};

export class Store {
  #state: UiState;

  constructor(
    kept: Partial<KeptUi>,
    private readonly onChange: (isKeptChange: boolean) => void,
  ) {
    const { isTable, isUnitDomain, isOwnScale, isShelfFolded = null } = kept;
    this.#state = { ...initial, isTable: isTable === true, isUnitDomain: isUnitDomain === true, isOwnScale: isOwnScale === true, isShelfFolded };
  }

  get state(): UiState {
    return this.#state;
  }

  get kept(): KeptUi {
    const { isTable, isUnitDomain, isOwnScale, isShelfFolded } = this.#state;
    return { isTable, isUnitDomain, isOwnScale, isShelfFolded };
  }

  /** Changes some fields; the listener hears of it only where something is different, and whether that survives a reload. */
  set(change: Partial<UiState>): void {
    const isDifferent = Object.entries(change).some(([name, value]) => !isSame(this.#state[name as keyof UiState], value));
    if (!isDifferent) return;
    const before = this.kept;
    this.#state = { ...this.#state, ...change };
    this.onChange(!isSame(before, this.kept));
  }
}

/** A cell of the table's page for a run: where the table was left, else the start of the focus row. */
export function tableStart({ tableFrom }: UiState, runId: number, focus: number): Cell {
  return tableFrom?.heldFor === runId ? { query: tableFrom.query, key: tableFrom.key } : { query: focus, key: 0 };
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

export type Step = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End';

export function isStep(key: string): key is Step {
  return ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'].includes(key);
}

/** The neighbouring place in a grid of rows × columns, kept inside it. */
export function stepIn(
  at: { readonly row: number; readonly column: number },
  step: Step,
  size: { readonly rows: number; readonly columns: number },
): { row: number; column: number } {
  const clamp = (value: number, count: number) => Math.min(Math.max(value, 0), Math.max(0, count - 1));
  const down = step === 'ArrowDown' ? 1 : step === 'ArrowUp' ? -1 : 0;
  const right = step === 'ArrowRight' ? 1 : step === 'ArrowLeft' ? -1 : 0;
  const column = step === 'Home' ? 0 : step === 'End' ? size.columns - 1 : at.column + right;
  return { row: clamp(at.row + down, size.rows), column: clamp(column, size.columns) };
}
