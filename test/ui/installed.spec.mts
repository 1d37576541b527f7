// The packaged extension, installed as a user installs it: catches what the package leaves out.

import path from 'node:path';
import { expect } from '@playwright/test';
import { root } from '../../scripts/run.mjs';
import { webviewWith } from '../support/workbench.mjs';
import { inspectText, readTable, test } from './inspector.mts';

test.use({ serverOptions: { vsix: [path.join(root, 'dist/transformer-inspector.vsix')], isInstalled: true } });

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
