// Hands for a test that drives the workbench in a page: the palette, the theme, the panel's document. editor.mjs has those for the editor.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { themes } from './themes.mjs';

/** The panel's part of its document. */
export const panelRegion = 'section[aria-label="Transformer Inspector"]';

/** @typedef {import('@playwright/test').Page} Page */
/** @typedef {import('@playwright/test').Frame} Frame */

/**
 * Call before `page.goto`. All webviews of this server share one service worker; each new one asks for its update, which
 * Chromium puts off for 20 to 45 s. Within a test there is nothing to update.
 * @param {Page} page
 */
export async function prepare(page) {
  await page.addInitScript(() => {
    if (!globalThis.ServiceWorkerRegistration) return;
    ServiceWorkerRegistration.prototype.update = async function () {
      return this;
    };
  });
}

/**
 * Waits until the workbench shows a theme: that of the settings comes seconds after the page.
 * @param {Page} page
 * @param {import('./themes.mjs').ThemeKind} kind
 */
export async function themeShows(page, kind) {
  await page.locator(`.monaco-workbench.vscode-theme-defaults-themes-${themes[kind].workbenchClass}-json`).waitFor({ timeout: 90_000 });
}

/**
 * Switches the colour theme of the window.
 * @param {Page} page
 * @param {import('./themes.mjs').ThemeKind} kind
 */
export async function switchTheme(page, kind) {
  const { label } = themes[kind];
  for (const end = Date.now() + 90_000; Date.now() < end; await page.keyboard.press('Escape')) {
    await runCommand(page, 'Preferences: Color Theme');
    // Palette and list of themes share one input, and the one goes only when the other comes.
    const input = page.locator('.quick-input-widget input.input[placeholder^="Select Color Theme"]');
    if (!(await becomes(input, 'visible', 10_000))) continue;
    await input.fill(label);
    if (await isClicked(rowOf(page, label))) return themeShows(page, kind);
  }
  throw new Error(`not in the list of themes: ${label}`);
}

/** @param {Page} page @param {string} text */
const rowOf = (page, text) => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();

/**
 * Runs a command by its title in the palette. The list is made when the palette opens, and a command that is
 * not registered yet is missing from it: it is opened again until the command is there.
 * @param {Page} page
 * @param {string} title with its category
 * @param {number} [timeoutMs]
 */
export async function runCommand(page, title, timeoutMs = 90_000) {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await page.waitForTimeout(300)) {
    if (await chooseInPalette(page, title)) return;
  }
  throw new Error(`not in the palette: ${title}`);
}

/** @param {Page} page @param {string} title */
async function chooseInPalette(page, title) {
  const input = page.locator('.quick-input-widget input.input');
  await page.keyboard.press('F1');
  if (!(await becomes(input, 'visible', 5000))) return false;
  // Something may have closed it again meanwhile: then the next attempt opens it.
  const isFilled = await input.fill(`>${title}`, { timeout: 5000 }).then(
    () => true,
    () => false,
  );
  if (!isFilled) return false;
  // Not Enter: a title that is only like this one may stand above it.
  const isChosen = await isClicked(rowOf(page, title));
  if (!isChosen) await page.keyboard.press('Escape');
  return isChosen;
}

/** @param {import('@playwright/test').Locator} locator @param {'visible' | 'hidden'} state @param {number} timeout in ms */
export const becomes = (locator, state, timeout) =>
  locator.waitFor({ state, timeout }).then(
    () => true,
    () => false,
  );

/** Clicks what may not come, or go before the click: rows of a list, entries of a menu. @param {import('@playwright/test').Locator} locator */
export const isClicked = (locator) =>
  locator.click({ timeout: 4000 }).then(
    () => true,
    () => false,
  );

/**
 * The document of the visible webview that holds `selector`.
 * @param {Page} page
 * @param {string} selector
 * @param {number} [timeoutMs]
 * @returns {Promise<Frame>}
 */
export async function webviewWith(page, selector, timeoutMs = 90_000) {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await page.waitForTimeout(100)) {
    for (const outer of await page.locator('iframe.webview.ready').all()) {
      if (!(await outer.isVisible().catch(() => false))) continue;
      const handle = await outer
        .contentFrame()
        .locator('#active-frame')
        .elementHandle({ timeout: 1000 })
        .catch(() => null);
      // A document that goes meanwhile is looked for again.
      const frame = await handle?.contentFrame().catch(() => null);
      if (
        frame &&
        (await frame
          .locator(selector)
          .count()
          .catch(() => 0)) > 0
      )
        return frame;
    }
  }
  throw new Error(`no visible webview with ${selector}`);
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe-core finds wrong in a document. It goes in by `evaluate`, which a content security policy does not stop.
 * @param {Frame} frame
 * @returns {Promise<{id: string, help: string, nodes: string[]}[]>}
 */
export async function accessibilityViolations(frame) {
  await frame.evaluate(`${axeSource};0`);
  return frame.evaluate(async () => {
    const { axe } = /** @type {{axe: typeof import('axe-core')}} */ (/** @type {unknown} */ (globalThis));
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations.map(({ id, help, nodes }) => ({ id, help, nodes: nodes.map((node) => `${node.target.join(' ')} ${node.html.slice(0, 120)}`) }));
  });
}
