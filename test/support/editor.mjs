// Hands for a test that drives the workbench's editor: finds words in it, selects them, opens its menu on one.

import { becomes, isClicked } from './workbench.mjs';

/** @typedef {import('@playwright/test').Page} Page */

/** Waits until an editor shows `text`. @param {Page} page @param {string} text */
export async function editorShows(page, text) {
  await page.locator('.editor-instance .view-lines', { hasText: text }).first().waitFor({ timeout: 120_000 });
}

/**
 * Where a word stands in the visible editor, in page coordinates, however the editor splits its line into elements.
 * @param {Page} page
 * @param {string} word
 * @returns {Promise<{left: number, right: number, y: number, column: number}>} column: of its first letter, from 1
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
      return { left: box.left, right: box.right, y: box.y + box.height / 2, column: at + 1 };
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
  const item = page.locator('.monaco-menu').getByRole('menuitem', { name: entry });
  for (const end = Date.now() + 90_000; Date.now() < end; await page.keyboard.press('Escape')) {
    const { left, right, y, column } = await locateText(page, word);
    await page.mouse.click((left + right) / 2, y);
    if (!(await caretComes(page, (at) => at >= column && at <= column + word.length, ''))) continue;
    await page.mouse.click((left + right) / 2, y, { button: 'right' });
    // A menu takes no click in its first 100 ms: where it is still there, the click comes again.
    for (let click = 0; click < 4 && (await isClicked(item)); click++) if (await becomes(item, 'hidden', 1000)) return;
  }
  throw new Error(`not in the editor's menu: ${entry}`);
}

/**
 * Selects from the start of one word to the end of another of the same line. A window that still takes shape moves its lines
 * between a look and a click: done again until the status bar says what was meant.
 * @param {Page} page
 * @param {string} from
 * @param {string} [to]
 */
export async function selectText(page, from, to = from) {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const first = await locateText(page, from);
    const last = await locateText(page, to);
    await page.mouse.click(first.left + 1, first.y);
    await page.keyboard.down('Shift');
    await page.mouse.click(last.right - 1, last.y);
    await page.keyboard.up('Shift');
    const after = last.column + to.length;
    if (await caretComes(page, (at) => at === after, ` (${after - first.column} selected)`)) return;
  }
  throw new Error(`not to be selected: ${from} … ${to}`);
}

/**
 * Whether the status bar soon says that the caret is at such a column, and that much of a selection.
 * @param {Page} page
 * @param {(column: number) => boolean} isColumn
 * @param {string} selected
 */
async function caretComes(page, isColumn, selected) {
  const item = page.locator('[id="status.editor.selection"]');
  for (const end = Date.now() + 5000; Date.now() < end; await page.waitForTimeout(50)) {
    const text = await item.innerText({ timeout: 1000 }).catch(() => '');
    const [, column, rest] = /^\s*Ln \d+, Col (\d+)(.*?)\s*$/.exec(text) ?? [];
    if (isColumn(Number(column)) && rest === selected) return true;
  }
  return false;
}
