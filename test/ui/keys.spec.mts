// The panel by keyboard alone: the focus lands on the map, VS Code's own keys step through what it shows, and a changed text is run again.

import { expect } from '@playwright/test';
import { selectText } from '../support/editor.mjs';
import { inspectText, test } from './inspector.mts';

// The example that is edited stays as it is.
test.use({ serverOptions: { settings: { 'files.autoSave': 'off' } } });

test('from the editor to the panel and back by keyboard: heads, the text as it stands, the inspect key', async ({ workbench }) => {
  const panel = await inspectText(workbench, 'Server', 'check?');
  const head = panel.locator('#map-title b');
  await head.waitFor();
  const first = await head.innerText();

  await workbench.keyboard.press('Control+2');
  await expect(panel.locator('.map')).toBeFocused();
  await workbench.keyboard.press('h');
  await expect(head).not.toHaveText(first);
  await workbench.keyboard.press('Shift+H');
  await expect(head).toHaveText(first);
  await workbench.keyboard.press('l');
  await expect(head).not.toHaveText(first);
  await workbench.keyboard.press('[');
  await workbench.keyboard.press(']');
  await expect(panel.locator('.map')).toBeFocused();

  await workbench.keyboard.press('Control+1');
  await selectText(workbench, 'check', 'check');
  await workbench.keyboard.type('bill');
  const stale = panel.getByRole('button', { name: 'text changed · inspect again' });
  await expect(stale).toBeVisible();
  await workbench.keyboard.press('Control+2');
  await workbench.keyboard.press('r');
  await expect(panel.locator('.token', { hasText: 'bill' })).toBeVisible();
  await expect(stale).toBeHidden();

  await workbench.keyboard.press('Control+1');
  await selectText(workbench, 'Looks', 'server');
  await workbench.keyboard.press('Control+2');
  await workbench.keyboard.press('Control+k');
  await workbench.keyboard.press('a');
  await expect(panel.locator('.token', { hasText: 'crashed' })).toBeVisible();
});
