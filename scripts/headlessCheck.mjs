// One inspection in the workbench, driven as a person would: select, run the command, wait for the panel's numbers, screenshot.

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { launchOptions } from '../test/support/browser.mjs';
import { editorShows, selectText } from '../test/support/editor.mjs';
import { panelRegion, prepare, runCommand, webviewWith } from '../test/support/workbench.mjs';
import { root } from './run.mjs';

/** High enough for the panel from its toolbar to the end of its map. */
const viewport = { width: 1500, height: 1240 };
const screenshot = path.join(root, 'test-results/headless-check.png');

/**
 * Inspects "Server … check?" of examples/server.txt and saves a screenshot.
 * @param {string} address of a workbench that shows the file
 * @throws an Error that says which step did not come about; the screenshot then shows where it stopped
 */
export async function inspectOnce(address) {
  mkdirSync(path.dirname(screenshot), { recursive: true });
  const browser = await chromium.launch(launchOptions());
  try {
    const page = await browser.newPage({ viewport });
    // A first start on a busy machine takes more than Playwright's 30 s.
    page.setDefaultTimeout(120_000);
    await prepare(page);
    await page.goto(address);
    try {
      await inspect(page);
    } finally {
      await page.screenshot({ path: screenshot });
      console.log(`Screenshot: ${path.relative(root, screenshot)}`);
    }
  } finally {
    await browser.close();
  }
}

/** @param {import('@playwright/test').Page} page */
async function inspect(page) {
  await editorShows(page, 'Server');
  await selectText(page, 'Server', 'check?');
  await runCommand(page, 'Transformer Inspector: Inspect Attention of Selection');
  const panel = await webviewWith(page, panelRegion);
  const heads = panel.getByRole('button', { name: /^Layer \d+, head \d+/ });
  const alert = panel.getByRole('alert');
  await heads.first().or(alert.first()).first().waitFor();
  if ((await heads.count()) === 0) throw new Error(`the panel says: ${(await alert.first().innerText()).replaceAll(/\s+/g, ' ')}`);
  const toggle = panel.getByText('Show as table');
  await toggle.click();
  const table = panel.getByRole('table').first();
  await table.waitFor();
  const cells = await table.getByRole('cell').allTextContents();
  const weights = cells.filter((text) => /^[01]\.\d{6}$/.test(text.trim()));
  if (weights.length === 0) throw new Error('the table holds no attention weights');
  await toggle.click();
  await table.waitFor({ state: 'detached' });
  // The picture shows the panel from its top, as a person finds it.
  await panel.locator('.caption').scrollIntoViewIfNeeded();
  console.log(`Inspected: ${await heads.count()} heads, ${weights.length} weights in the table.`);
}
