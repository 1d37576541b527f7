// In which columns of the editor area documents and the panel stand: never one over the other. Pure.

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

/** Whether the panel would hide the document: they share a group, and the document is in no other. */
export function wouldHide(groups: readonly ColumnGroup[]): boolean {
  const own = groups.filter(({ hasDocument }) => hasDocument);
  return own.length > 0 && own.every(({ hasPanel }) => hasPanel);
}
