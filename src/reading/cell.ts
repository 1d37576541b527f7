// One cell of a map: which query token and which key token, counted in their lists.

export interface Cell {
  readonly query: number;
  readonly key: number;
}
