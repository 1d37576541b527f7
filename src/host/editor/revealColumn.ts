// In which column of the editor area a document is shown for a token of it: never over the panel. Pure.

/** A tab group, as far as it matters here. */
export interface ColumnGroup {
  readonly viewColumn: number;
  /** Holds a tab of the document. */
  readonly hasDocument: boolean;
  readonly hasPanel: boolean;
}

/** A column that has the document in a tab, else the first without the panel; undefined where the panel has the only one. */
export function revealColumnOf(groups: readonly ColumnGroup[]): number | undefined {
  const apart = groups.filter(({ hasPanel }) => !hasPanel);
  return (apart.find(({ hasDocument }) => hasDocument) ?? apart[0])?.viewColumn;
}
