// The packaged extension, installed as a user installs it: catches what the package leaves out.

import path from 'node:path';
import { expect } from '@playwright/test';
import { root } from '../../scripts/run.mjs';
import { editorShows, selectText } from '../support/editor.mjs';
import { runCommand, webviewWith } from '../support/workbench.mjs';
import { inspectText, readTable, shownPanel, test } from './inspector.mts';

// The example that is edited stays as it is.
const settings = { 'files.autoSave': 'off' };
test.use({ serverOptions: { vsix: [path.join(root, 'dist/transformer-inspector.vsix')], isInstalled: true, settings } });

test('the installed package inspects a selection with the bundled model', async ({ workbench }) => {
  const panel = await inspectText(workbench, 'Server', 'check?');
  const { rows } = await readTable(panel);
  expect(rows.length).toBeGreaterThan(3);
  expect(rows[0]?.cells.every((cell) => /^[01]\.\d{6}$/.test(cell))).toBe(true);
});

test('the page of the installed extension shows its picture', async ({ workbench }) => {
  await workbench.keyboard.press('Control+Shift+X');
  await workbench.locator('.extension-list-item', { hasText: 'Transformer Inspector' }).first().click();
  const picture = 'img[alt^="The panel beside an editor"]';
  const page = await webviewWith(workbench, picture);
  await expect(page.locator(picture)).toBeVisible();
  await expect.poll(() => page.locator(picture).evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(500);
});

test('the first minute: an example, the heads that bring most, a table in another program, the keyboard, a changed text', async ({ workbench }) => {
  await runCommand(workbench, 'Transformer Inspector: Open Example');
  await editorShows(workbench, 'crashed');
  await runCommand(workbench, 'Transformer Inspector: Inspect Attention of Selection');
  const panel = await shownPanel(workbench);
  await expect(panel.locator('canvas.cells')).toBeVisible();
  await expect(panel.locator('.badge')).toHaveAttribute('data-state', 'verified');

  // Three heads, each with the word that it brings; keys go from one to the next.
  await workbench.keyboard.press('Control+2');
  await expect(panel.locator('.map')).toBeFocused();
  const chips = panel.locator('.focus-line .candidate');
  await expect(chips).toHaveCount(3);
  await expect(chips.first()).toHaveAttribute('aria-pressed', 'true');
  await workbench.keyboard.press(']');
  await expect(chips.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await workbench.keyboard.press('[');
  await expect(chips.first()).toHaveAttribute('aria-pressed', 'true');

  // The table, copied by keys and pasted into a document, is the table.
  const { columns, rows } = await readTable(panel);
  await panel.locator('.table-place').focus();
  await workbench.keyboard.press('Control+a');
  await workbench.keyboard.press('Control+c');
  await runCommand(workbench, 'File: New Untitled Text File');
  await workbench.keyboard.press('Control+v');
  await expect(workbench.locator('.view-lines', { hasText: rows.at(-1)?.cells[0] ?? '' }).last()).toBeVisible();
  await workbench.context().grantPermissions(['clipboard-read']);
  const lines = (await workbench.evaluate(() => navigator.clipboard.readText())).split('\n').map((line) => line.split('\t'));
  expect(lines[0]).toEqual(['', ...columns]);
  expect(lines.slice(1)).toEqual(rows.map(({ name, cells }) => [name, ...cells]));

  // A text of one's own, then another word in it.
  await workbench.keyboard.press('Control+1');
  await workbench.keyboard.press('Alt+1');
  const own = await inspectText(workbench, 'Server', 'check?');
  await selectText(workbench, 'check', 'check');
  await workbench.keyboard.type('bill');
  const stale = own.getByRole('button', { name: 'text changed · inspect again' });
  await expect(stale).toBeVisible();
  await stale.click();
  await expect(own.locator('.token', { hasText: 'bill' })).toBeVisible();
  await expect(stale).toBeHidden();
});
