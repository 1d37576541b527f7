// How tabs are written is decided by the widths of their words.

import { expect, it } from 'vitest';
import { tabForm } from '../../../../src/present/frame/tabForm';
import { grouped } from '../../../../src/present/frame/viewGroups';

const nine = {
  groups: [
    { name: 15, labels: [33, 56] },
    { name: 55, labels: [27, 30, 33, 84] },
    { name: 22, labels: [35, 43] },
    { name: 50, labels: [54] },
  ],
};
const wide = { groups: nine.groups.map(({ name, labels }) => ({ name, labels: labels.map((label) => label * 1.5) })) };

it.each([
  [1100, nine, 'named'],
  [700, nine, 'ruled'],
  [640, nine, 'ruled'],
  [560, nine, 'menu'],
  [559, nine, 'menu'],
  [1200, wide, 'named'],
  [820, wide, 'ruled'],
  [640, wide, 'menu'],
  [400, { groups: nine.groups.slice(1, 2) }, 'ruled'],
])('%i pixels', (width, widths, form) => expect(tabForm(width, widths)).toBe(form));

it('puts views into their groups, in the order of the data path', () => {
  const views = [
    { id: 'map', group: 'attention' as const },
    { id: 'input', group: 'in' as const },
    { id: 'steps', group: 'attention' as const },
  ];
  expect(grouped(views).map((one) => [one.group.name, one.views.map(({ id }) => id).join()])).toEqual([
    ['In', 'input'],
    ['Attention', 'map,steps'],
  ]);
});
