// How the tabs of the views are written: with the names of their groups, with a rule between groups, or one group with a menu of all. Tabs never
// wrap, shrink or scroll, so the measured widths of the words decide.

/** `named`: all tabs, groups named; `ruled`: all tabs, a rule between groups; `menu`: a button of the group, then its own tabs. */
export type TabForm = 'named' | 'ruled' | 'menu';

export interface TabWidths {
  /** Of every group: its name, and its tabs' labels, in CSS pixels. */
  readonly groups: readonly { readonly name: number; readonly labels: readonly number[] }[];
}

/** CSS pixels left and right of a label, and between groups, as the style sheet has them; at both ends of the line. */
const room = { named: { aroundLabel: 20, betweenGroups: 25 }, ruled: { aroundLabel: 14, betweenGroups: 13 } };
const atEnds = 32;

/** The fullest form that the width allows and that fits. */
export function tabForm(width: number, { groups }: TabWidths): TabForm {
  if (groups.length < 2) return 'ruled';
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const labels = groups.flatMap((group) => group.labels);
  const lengthOf = ({ aroundLabel, betweenGroups }: (typeof room)['named'], words: readonly number[]) =>
    atEnds + sum(words) + words.length * aroundLabel + (groups.length - 1) * betweenGroups;
  const named = lengthOf(room.named, [...labels, ...groups.map(({ name }) => name)]);
  const ruled = lengthOf(room.ruled, labels);
  if (width >= 700 && named <= width) return 'named';
  return width >= 560 && ruled <= width ? 'ruled' : 'menu';
}
