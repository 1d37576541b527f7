// Hands for a test that drives the workbench in a page: the palette, the editor, the theme, the panel's document.

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
  await page.locator(`.monaco-workbench.vscode-theme-defaults-themes-${themes[kind].workbenchClass}-json`).waitFor({ timeout: 40_000 });
}

/**
 * Switches the colour theme of the window.
 * @param {Page} page
 * @param {import('./themes.mjs').ThemeKind} kind
 */
export async function switchTheme(page, kind) {
  await runCommand(page, 'Preferences: Color Theme');
  const row = rowOf(page, themes[kind].label);
  await page.locator('.quick-input-widget input.input').fill(themes[kind].label);
  await row.waitFor({ timeout: 20_000 });
  await row.click();
  await themeShows(page, kind);
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
export async function runCommand(page, title, timeoutMs = 60_000) {
  for (const end = Date.now() + timeoutMs; Date.now() < end; await page.waitForTimeout(300)) {
    if (await chooseInPalette(page, title)) return;
  }
  throw new Error(`not in the palette: ${title}`);
}

/** @param {Page} page @param {string} title */
async function chooseInPalette(page, title) {
  const input = page.locator('.quick-input-widget input.input');
  await page.keyboard.press('F1');
  if (!(await appears(input, 5000))) return false;
  await input.fill(`>${title}`);
  const row = rowOf(page, title);
  const isThere = await appears(row, 2500);
  // Not Enter: a title that is only like this one may stand above it.
  await (isThere ? row.click() : page.keyboard.press('Escape'));
  return isThere;
}

/** @param {import('@playwright/test').Locator} locator @param {number} timeout in ms */
const appears = (locator, timeout) =>
  locator.waitFor({ timeout }).then(
    () => true,
    () => false,
  );

/** Waits until an editor shows `text`. @param {Page} page @param {string} text */
export async function editorShows(page, text) {
  await page.locator('.editor-instance .view-lines', { hasText: text }).first().waitFor({ timeout: 60_000 });
}

/**
 * Where a word stands in the visible editor, in page coordinates, however the editor splits its line into elements.
 * @param {Page} page
 * @param {string} word
 * @returns {Promise<{left: number, right: number, y: number}>}
 */
export function locateText(page, word) {
  return page.evaluate((wanted) => {
    for (const line of document.querySelectorAll('.editor-instance .view-lines .view-line')) {
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      /** @type {{start: number, node: Text}[]} */
      const parts = [];
      let text = '';
      while (walker.nextNode()) {
        const node = /** @type {Text} */ (walker.currentNode);
        parts.push({ start: text.length, node });
        text += node.data.replaceAll('\u00a0', ' ');
      }
      const at = text.indexOf(wanted);
      if (at < 0) continue;
      const range = document.createRange();
      for (const [offset, end] of /** @type {const} */ ([
        [at, 'setStart'],
        [at + wanted.length, 'setEnd'],
      ])) {
        const part = parts.findLast(({ start }) => (end === 'setStart' ? start <= offset : start < offset));
        if (part) range[end](part.node, offset - part.start);
      }
      const box = range.getBoundingClientRect();
      return { left: box.left, right: box.right, y: box.y + box.height / 2 };
    }
    throw new Error(`not visible in an editor: ${wanted}`);
  }, word);
}

/**
 * Opens the editor's menu on a word and chooses an entry; the caret is in the word then, and nothing is selected. As the palette,
 * the menu is made when it opens: it is opened again until the entry is there.
 * @param {Page} page
 * @param {string} word
 * @param {string} entry
 */
export async function chooseInMenu(page, word, entry) {
  const { left, right, y } = await locateText(page, word);
  const item = page.locator('.monaco-menu').getByRole('menuitem', { name: entry });
  for (const end = Date.now() + 60_000; Date.now() < end; await page.keyboard.press('Escape')) {
    await page.mouse.click((left + right) / 2, y);
    await page.mouse.click((left + right) / 2, y, { button: 'right' });
    if (!(await appears(item, 3000))) continue;
    await item.click();
    // A menu that has just opened ignores a click under the pointer: it is still there then, and the next round clicks again.
    const isTaken = await item.waitFor({ state: 'hidden', timeout: 3000 }).then(
      () => true,
      () => false,
    );
    if (isTaken) return;
  }
  throw new Error(`not in the editor's menu: ${entry}`);
}

/**
 * Selects from the start of one word to the end of another.
 * @param {Page} page
 * @param {string} from
 * @param {string} [to]
 */
export async function selectText(page, from, to = from) {
  const start = await locateText(page, from);
  const end = await locateText(page, to);
  await page.mouse.click(start.left + 1, start.y);
  await page.keyboard.down('Shift');
  await page.mouse.click(end.right - 1, end.y);
  await page.keyboard.up('Shift');
}

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
      const frame = await handle?.contentFrame();
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
