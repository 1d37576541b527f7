// What the panel alone knows: toggles, cursor, pointer, open details. The inspection itself is the host's and never stored here.
// Nothing here touches the page, so that every rule about the cursor can be tested without one.

import type { Cell } from '../src/reading/cell';

/** What is folded out below the toolbar. */
export type Details = 'badge' | 'card';

/** A value that is on its way to the model, or why one was not taken; said at the field of that input. */
export interface Giving {
  readonly input: string;
  readonly reason: string | null;
}

export interface UiState {
  readonly isTable: boolean;
  readonly isUnitDomain: boolean;
  readonly openDetails: Details | null;
  readonly giving: Giving | null;
  /** The cell that the arrow keys move; null: the focus row's largest. Holds for one run and focus only. */
  readonly cursor: (Cell & { readonly heldFor: string }) | null;
  /** The cell under the pointer. */
  readonly hover: Cell | null;
  /** First row and column of the table's page. Holds for one run only. */
  readonly tableFrom: (Cell & { readonly heldFor: number }) | null;
  /** True once a load or run has taken so long that it needs words. */
  readonly isSlow: boolean;
}

/** What survives a reload. */
export type KeptUi = Pick<UiState, 'isTable' | 'isUnitDomain'>;

const initial: UiState = { isTable: false, isUnitDomain: false, openDetails: null, giving: null, cursor: null, hover: null, tableFrom: null, isSlow: false };

export class Store {
  #state: UiState;

  constructor(
    kept: Partial<KeptUi>,
    private readonly onChange: (isKeptChange: boolean) => void,
  ) {
    this.#state = { ...initial, isTable: kept.isTable === true, isUnitDomain: kept.isUnitDomain === true };
  }

  get state(): UiState {
    return this.#state;
  }

  get kept(): KeptUi {
    return { isTable: this.#state.isTable, isUnitDomain: this.#state.isUnitDomain };
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
