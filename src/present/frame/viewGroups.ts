// The groups of the views, in the order of the data path. A group is what its views ask one to choose.

export interface ViewGroup {
  readonly id: 'in' | 'attention' | 'out' | 'compare';
  readonly name: string;
  /** Whether its views are of one head: then all heads and the focus row stand with them. */
  readonly hasHeads: boolean;
}

export const viewGroups: readonly ViewGroup[] = [
  { id: 'in', name: 'In', hasHeads: false },
  { id: 'attention', name: 'Attention', hasHeads: true },
  { id: 'out', name: 'Out', hasHeads: false },
  { id: 'compare', name: 'Compare', hasHeads: false },
];

export type GroupId = ViewGroup['id'];

/** The group of that name. */
export function groupOf(id: GroupId): ViewGroup {
  return viewGroups.find((group) => group.id === id) as ViewGroup;
}

/** Views sorted by group, each with its place among all: the digit that opens it is one more. */
export function grouped<V extends { readonly group: GroupId }>(views: readonly V[]): { readonly group: ViewGroup; readonly views: readonly V[] }[] {
  return viewGroups.map((group) => ({ group, views: views.filter((view) => view.group === group.id) })).filter((one) => one.views.length > 0);
}
