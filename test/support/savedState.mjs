// What VS Code in the browser has saved of a window, so that a test can reload it as a user does who comes back later.

/** @typedef {import('@playwright/test').Page} Page */

/** VS Code's name for the open editors. */
export const editorsEntry = 'memento/workbench.parts.editor';
/** Its name for what the extension remembers of a workspace. */
export const extensionEntry = 'transformer-inspector.transformer-inspector';

/**
 * Waits until the state that VS Code keeps in the browser holds `texts`, by the name of their entry. It writes every 5 s while the
 * window has nothing to do; what it wants to write as a page is left waits for a timer, which may not come any more. Call before a
 * reload.
 * @param {Page} page
 * @param {Record<string, string>} texts without backslashes
 */
export async function stateIsSaved(page, texts) {
  let missing = Object.keys(texts);
  let turn = 0;
  for (const end = Date.now() + 90_000; Date.now() < end; await page.waitForTimeout(200)) {
    // A page that paints nothing has no idle time here; the pointer of a user moves.
    await page.mouse.move(5, 5 + (turn++ % 2));
    const saved = await page.evaluate(readState).catch(() => []);
    missing = Object.entries(texts).flatMap(([name, text]) => (saved.some((one) => one.name === name && one.text.includes(text)) ? [] : [name]));
    if (missing.length === 0) return;
  }
  throw new Error(`VS Code did not save ${missing.join(' and ')}`);
}

/** All entries of VS Code's databases of state; runs in the page. @returns {Promise<{name: string, text: string}[]>} */
async function readState() {
  const answer = (/** @type {IDBRequest} */ request) =>
    new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const entries = [];
  for (const { name } of await indexedDB.databases()) {
    if (!name?.startsWith('vscode-web-state-db-')) continue;
    const database = await answer(indexedDB.open(name));
    const items = database.transaction('ItemTable').objectStore('ItemTable');
    const [names, values] = await Promise.all([answer(items.getAllKeys()), answer(items.getAll())]);
    database.close();
    // Texts within texts: their quotes have backslashes, and those backslashes too.
    entries.push(...names.map((/** @type {string} */ one, /** @type {number} */ i) => ({ name: one, text: String(values[i]).replaceAll('\\', '') })));
  }
  return entries;
}
