// VS Code's own menu over the panel, and its key for finding, as a user meets them.

import { expect } from '@playwright/test';
import { inspectText, test } from './inspector.mts';

test('the menu of a token copies its row, and Ctrl+F finds tokens', async ({ workbench, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const panel = await inspectText(workbench, 'Looks', 'server');
  const labels = await panel.locator('.token').allTextContents();
  const crashed = panel.locator('.token', { hasText: 'crashed' });
  await crashed.click({ button: 'right' });
  const menu = workbench.locator('.monaco-menu');
  await expect(menu.getByRole('menuitem')).toHaveText([/^Copy Row/, /^Copy Table/, /Markdown/, /NumPy/, /Picture/, /Capture/, /^Find in Tokens/]);
  await menu.getByRole('menuitem', { name: 'Copy Row' }).click();
  await expect(workbench.locator('.statusbar')).toContainText('Copied the row of crashed');
  const [columns = [], row = []] = (await workbench.evaluate(() => navigator.clipboard.readText())).split('\n').map((line) => line.split('\t'));
  expect(columns.slice(1)).toEqual(labels);
  expect(row[0]).toBe('crashed');
  expect(row.slice(1).reduce((sum, text) => sum + Number(text), 0)).toBeCloseTo(1, 5);
  await panel.locator('.map').focus();
  await workbench.keyboard.press('Control+f');
  await expect(panel.getByRole('textbox', { name: 'Find in the tokens' })).toBeFocused();
  await workbench.keyboard.type('the');
  await workbench.keyboard.press('Enter');
  await expect(panel.locator('.token.focus')).toHaveText('the');
  await workbench.keyboard.press('Escape');
  await expect(panel.locator('.token.focus')).toBeFocused();
});
