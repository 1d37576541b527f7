// What leaves the page: the table by copy, the map as a drawing. Both are read back and held against the cells on the screen.

import { expect, type Page } from '@playwright/test';
import { readMapCells } from '../support/mapCells.mts';
import { test } from './galleryPage.mts';

/** What a copy puts on the clipboard. */
async function copied(page: Page): Promise<{ text: string; html: string }> {
  return page.evaluate(() => {
    const data = new DataTransfer();
    document.activeElement?.dispatchEvent(new ClipboardEvent('copy', { clipboardData: data, bubbles: true, cancelable: true }));
    return { text: data.getData('text/plain'), html: data.getData('text/html') };
  });
}

test('the whole table is copied with its columns aligned, by keys alone', async ({ open }) => {
  const page = await open('scene=pair&theme=dark');
  await page.keyboard.press('t');
  await page.locator('.table-place').focus();
  await page.keyboard.press('Control+a');
  const { text, html } = await copied(page);
  const lines = text.split('\n').map((line) => line.split('\t'));
  const table = await page
    .locator('.table-place tr')
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => (cell.textContent ?? '').trim())));
  expect(lines).toEqual(table);
  expect(lines[0]?.[0]).toBe('');
  expect(new Set(lines.map((cells) => cells.length)).size).toBe(1);
  expect(html).toMatch(/^<table>.*<\/table>$/);
  // Nothing beside the table is selected.
  expect(await page.evaluate(() => document.getSelection()?.toString().includes('verified'))).toBe(false);
});

test('a part of the table keeps its columns below each other', async ({ open }) => {
  const page = await open('scene=server&theme=dark');
  await page.keyboard.press('t');
  await page.locator('.table-place').focus();
  await page.evaluate(() => {
    const rows = document.querySelector<HTMLTableElement>('.table-place table')?.tBodies[0]?.rows;
    const [from, to] = [rows?.[1]?.cells[2]?.firstChild, rows?.[2]?.cells[4]?.firstChild];
    if (from && to) document.getSelection()?.setBaseAndExtent(from, 0, to, 3);
  });
  const lines = (await copied(page)).text.split('\n').map((line) => line.split('\t'));
  expect(lines.map((cells) => cells.length)).toEqual([lines[0]?.length, lines[0]?.length]);
});

for (const scene of ['pair', 'plantedCausal', 'languages', 'they'])
  test(`the drawing of ${scene} is valid and has the cells of the map`, async ({ open }) => {
    const page = await open(`scene=${scene}&theme=light`);
    await page.locator('canvas.cells').waitFor();
    const svg = await page.evaluate(() => (window as unknown as { drawPicture: (form: string) => Promise<string> }).drawPicture('svg'));
    const drawing = await page.evaluate((text) => {
      const parsed = new DOMParser().parseFromString(text, 'image/svg+xml');
      return {
        isBroken: parsed.querySelector('parsererror') !== null,
        fills: [...parsed.querySelectorAll('g > g > rect')].map((rect) => rect.getAttribute('fill')),
        title: parsed.querySelector('title')?.textContent,
      };
    }, svg);
    expect(drawing.isBroken).toBe(false);
    expect(drawing.title).toContain('attention weights');
    const cells = await readMapCells(page);
    const masked = drawing.fills.filter((fill) => fill === 'url(#masked)').length;
    expect(masked).toBe(cells.filter(({ range }) => range === null).length);
    expect(drawing.fills.filter((fill) => fill?.startsWith('#')).length).toBe(cells.length - masked);
  });

test('the picture is drawn as dots, twice as fine', async ({ open }) => {
  const page = await open('scene=server&theme=dark');
  await page.locator('canvas.cells').waitFor();
  const size = await page.evaluate(async () => {
    const draw = (window as unknown as { drawPicture: (form: string) => Promise<string> }).drawPicture;
    const [png, svg] = [await draw('png'), await draw('svg')];
    const image = new Image();
    image.src = `data:image/png;base64,${png}`;
    await image.decode();
    return { width: image.naturalWidth, wanted: Number(/width="(\d+)"/.exec(svg)?.[1]) };
  });
  expect(size.width).toBe(2 * size.wanted);
});

test('the menu of a cell is told which cell it is, and of a token which token', async ({ open }) => {
  const page = await open('scene=server&theme=dark');
  const told = (selector: string) =>
    page
      .locator(selector)
      .first()
      .evaluate((element) => JSON.parse(element.getAttribute('data-vscode-context') ?? '{}'));
  await page.locator('.map').focus();
  await page.keyboard.press('Home');
  expect(await told('.map')).toEqual({ webviewSection: 'cell', runId: expect.any(Number), query: 5, key: 0, preventDefaultContextMenuItems: true });
  expect(await told('.token[data-index="2"]')).toEqual({ webviewSection: 'token', runId: expect.any(Number), query: 2, preventDefaultContextMenuItems: true });
});

test('words are found among the tokens, one key apart, and the focus goes there', async ({ open, violations }) => {
  const page = await open('scene=they&theme=light');
  await page.locator('canvas.cells').waitFor();
  await page.evaluate(() => (window as unknown as { findToken: () => Promise<void> }).findToken());
  const field = page.getByRole('textbox', { name: 'Find in the tokens' });
  await expect(field).toBeFocused();
  await page.keyboard.type('THE');
  // the, these, the, they: letters of the panel's keys are text here.
  await expect(page.locator('.find-box [role=status]')).toHaveText(/^\d+ found$/);
  expect(await violations(page)).toEqual([]);
  const count = Number((await page.locator('.find-box [role=status]').textContent())?.split(' ')[0]);
  expect(count).toBeGreaterThan(2);
  await page.keyboard.press('Enter');
  await expect(page.locator('.find-box [role=status]')).toHaveText(`1 of ${count}`);
  await page.keyboard.press('Shift+Enter');
  await expect(page.locator('.find-box [role=status]')).toHaveText(`${count} of ${count}`);
  await expect(page.locator('.token.found.focus')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(field).toHaveCount(0);
  await expect(page.locator('.token.focus')).toBeFocused();
  await expect(page.locator('.token.found')).toHaveCount(0);
});
