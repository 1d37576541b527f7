// The way a user goes: open a file, select, palette, panel, table; then what survives a reload.

import { expect } from '@playwright/test';
import { root } from '../../scripts/run.mjs';
import { chooseInMenu } from '../support/editor.mjs';
import { editorsEntry, extensionEntry, stateIsSaved } from '../support/savedState.mjs';
import { accessibilityViolations } from '../support/workbench.mjs';
import { examples, inspectText, readTable, shownPanel, test } from './inspector.mts';

test('a selection becomes a panel whose table holds weights, and the panel comes back after a reload', async ({ workbench, server }) => {
  const panel = await inspectText(workbench, 'Server', 'check?');
  await expect(panel.getByText('Server', { exact: false }).first()).toBeVisible();
  const { columns, rows } = await readTable(panel);
  expect(rows.length).toBeGreaterThan(3);
  expect(columns.slice(-rows.length)).toEqual(rows.map((row) => row.name));
  for (const { cells } of rows) {
    expect(cells.every((cell) => /^[01]\.\d{6}$/.test(cell))).toBe(true);
    expect(cells.reduce((sum, cell) => sum + Number(cell), 0)).toBeCloseTo(1, 4);
  }
  expect(await accessibilityViolations(panel)).toEqual([]);

  const card = panel.getByRole('region', { name: 'Model card' });
  await panel.getByRole('button', { name: 'About this model' }).click();
  for (const words of ['Encoder: two meanings of one word', 'Sense objective.', 'What it cannot do', 'at most 96 tokens'])
    await expect(card).toContainText(words);
  expect(await accessibilityViolations(panel)).toEqual([]);
  await card.press('Escape');
  await expect(card).toBeHidden();

  await stateIsSaved(workbench, { [editorsEntry]: '"isTable":true', [extensionEntry]: '"picture"' });
  // An address that names a file opens just that one; without it the window comes back as it was left.
  await workbench.goto(server.page({ folder: examples, extensions: [root] }));
  const restored = await shownPanel(workbench);
  expect(await readTable(restored)).toEqual({ columns, rows });
});

test('the editor’s menu takes the sentence at the caret', async ({ workbench }) => {
  await chooseInMenu(workbench, 'crashed', 'Inspect Attention of Selection');
  const panel = await shownPanel(workbench);
  const { rows } = await readTable(panel);
  const words = rows.map((row) => row.name.toLowerCase()).join(' ');
  expect(words).toContain('crash');
  expect(words).not.toContain('check');
});
