// A model with an input that nothing shows: its card takes a value, the text runs with it, and the value is there again after a reload.

import { rmSync } from 'node:fs';
import { expect } from '@playwright/test';
import { root } from '../../scripts/run.mjs';
import { selectText } from '../support/editor.mjs';
import { extensionEntry, stateIsSaved } from '../support/savedState.mjs';
import { tinyModelFolder } from '../support/tinyModel.mts';
import { panelRegion, runCommand, webviewWith } from '../support/workbench.mjs';
import { command, examples, shownPanel, test } from './inspector.mts';

test.use({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern to know what a fixture needs.
  serverOptions: async ({}, use) => {
    const folder = await tinyModelFolder({ hasImage: true });
    await use({ settings: { 'transformerInspector.model.default': folder } });
    rmSync(folder, { recursive: true });
  },
});

test('the model card takes a value for an input that nothing shows, and keeps it', async ({ workbench, server }) => {
  await selectText(workbench, 'Server', 'check?');
  await runCommand(workbench, command);
  const panel = await webviewWith(workbench, panelRegion);
  await panel.getByRole('button', { name: 'Give Values' }).click();
  const field = panel.getByRole('textbox', { name: 'Value of pixel_values' });
  await expect(field).toBeFocused();
  await field.fill('[0, 1]');
  await field.press('Enter');
  await expect(field).toHaveAccessibleDescription(/have the shape \[2\]/);
  await field.fill('0.5');
  await field.press('Enter');
  const said = 'pixel_values = 0.5 as you gave it';
  await expect(panel.getByText(said)).toBeVisible();
  await expect(panel.locator('canvas.cells')).toBeVisible();
  await expect(panel.locator('.badge')).toHaveAttribute('data-state', 'partly checked');
  await stateIsSaved(workbench, { [extensionEntry]: '"givenInputs"' });
  await workbench.goto(server.page({ folder: examples, extensions: [root] }));
  await expect((await shownPanel(workbench)).getByText(said)).toBeVisible();
});
