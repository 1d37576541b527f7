// Steps: by keys alone, in every kind of theme; its strips say what its numbers say. (That the numbers are those of the command: stepsInEditor.spec.mts.)

import { expect, type Page } from '@playwright/test';
import { setTheme, test } from './galleryPage.mts';

async function openSteps(page: Page): Promise<void> {
  await page.keyboard.press('2');
  await page.locator('table.steps').waitFor();
}

/** Numbers of the opened row, by name, in full. */
const openedRow = (page: Page): Promise<Record<string, number[]>> =>
  page
    .locator('.products tbody tr')
    .evaluateAll((rows) =>
      Object.fromEntries(
        rows.map((row) => [
          row.querySelector('th')?.textContent ?? '',
          [...row.querySelectorAll('td[title]')].map((cell) => Number(cell.getAttribute('title'))),
        ]),
      ),
    );

/** Colours of a strip, with what its ends stand for. */
const stripOf = (page: Page, which: string): Promise<{ pixels: number[][]; largest: number }> =>
  page.locator(`tr.current canvas[data-strip="${which}"]`).evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    // Read from a copy: Chromium warns of a canvas on the page that is read back.
    const copy = Object.assign(document.createElement('canvas'), { width: canvas.width, height: 1 }).getContext('2d', { willReadFrequently: true });
    copy?.drawImage(canvas, 0, 0);
    const { data } = copy?.getImageData(0, 0, canvas.width, 1) as ImageData;
    return { pixels: Array.from({ length: canvas.width }, (_, i) => [...data.subarray(i * 4, i * 4 + 3)]), largest: Number(canvas.dataset.largest) };
  });

/** Blue below 0, orange above, the stronger the further: order of colours is order of numbers. */
const warmth = ([red = 0, , blue = 0]: number[]) => red - blue;

for (const width of [1100, 420]) {
  test(`at ${width} pixels, strips say what the numbers say, and nothing offends axe, in every kind of theme`, async ({ open, page, violations }) => {
    await page.setViewportSize({ width, height: 700 });
    await open('scene=steps&theme=dark');
    await openSteps(page);
    await page.locator('.steps-place').focus();
    await page.keyboard.press('Enter');
    const numbers = await openedRow(page);
    expect(Object.keys(numbers)).toEqual(['q', 'k', 'q × k', 'v', 'weight × v', 'sum so far']);
    for (const theme of ['light', 'dark', 'high-contrast-light', 'high-contrast']) {
      await setTheme(page, theme, 'canvas.strip');
      for (const [which, name] of [
        ['v', 'v'],
        ['sum', 'sum so far'],
      ] as const) {
        const { pixels, largest } = await stripOf(page, which);
        const values = numbers[name] as number[];
        expect(pixels.length, `${theme} ${which}`).toBe(values.length);
        const order = values.map((_, i) => i).sort((a, b) => (values[a] as number) - (values[b] as number));
        // Neighbours of one level may share a colour; whoever is two levels of 255 apart may not come in the wrong order.
        const wrong = order.slice(1).filter((at, i) => {
          const before = order[i] as number;
          const isApart = (values[at] as number) - (values[before] as number) > (4 * largest) / 255;
          return isApart && warmth(pixels[at] as number[]) < warmth(pixels[before] as number[]);
        });
        expect(wrong, `${theme} ${which}`).toEqual([]);
        expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(largest);
      }
      expect(await violations(page), theme).toEqual([]);
      await page.screenshot({ path: test.info().outputPath(`steps-${theme}-${width}.png`) });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}

test('rows, steps, order and numbers by keys alone', async ({ open, page }) => {
  await open('scene=steps&theme=dark');
  await openSteps(page);
  const place = page.locator('.steps-place');
  await place.focus();
  const current = page.locator('tr.current > th');
  await expect(current).toHaveText('check');
  await page.keyboard.press('ArrowDown');
  await expect(current).toHaveText('?');
  await expect(page.locator('#readout')).toContainText('q·k');
  await page.keyboard.press('Home');
  await expect(current).toHaveText('[CLS]');

  const lit = page.locator('.chain-step[aria-pressed=true]');
  await expect(lit).toHaveText('q·k');
  await expect(page.locator('.chain-about')).toContainText('40 products');
  for (const label of ['× 1/√40', '+ mask', 'softmax', '× v, added up', '× v, added up']) {
    await page.keyboard.press('ArrowRight');
    await expect(lit).toHaveText(label);
  }
  await expect(page.locator('thead th.lit')).toHaveCount(5);

  await page.keyboard.press('s');
  await expect(page.locator('table.steps > tbody > tr > th').first()).toHaveText('check');
  await expect(page.locator('.steps-end')).toContainText('equals the model’s own z');
  await page.keyboard.press('t');
  await expect(page.locator('td canvas.strip')).toHaveCount(0);
});

test('a row opens into products that add up to its q·k, and into what it adds to the sum', async ({ open, page }) => {
  await open('scene=steps&theme=light');
  await openSteps(page);
  await page.locator('tr.current').click();
  const numbers = await openedRow(page);
  const { q = [], k = [] } = numbers;
  const product = q.reduce((sum, value, i) => sum + value * (k[i] as number), 0);
  const shown = Number(await page.locator('tr.current > td').first().getAttribute('title'));
  expect(product).toBeCloseTo(shown, 4);
  await expect(page.locator('.products td.total').nth(2)).toHaveText(product.toFixed(3));
  const weight = Number(await page.locator('tr.current > td').nth(4).getAttribute('title'));
  expect(numbers['weight × v']).toEqual((numbers.v ?? []).map((value) => expect.closeTo(weight * value, 6)));
});

test('plays the rows one by one, and ends with all of them', async ({ open, page }) => {
  await open('scene=steps&theme=dark');
  await openSteps(page);
  await page.locator('.steps-place').focus();
  await page.keyboard.press('p');
  const rows = page.locator('table.steps > tbody > tr');
  expect(await rows.count()).toBeLessThan(3);
  await expect(page.locator('.steps-end')).toHaveCount(0);
  await expect(rows).not.toHaveCount(0);
  await page.keyboard.press('p');
  await expect(rows).toHaveCount(10);
  await page.keyboard.press('p');
  await expect(page.locator('.steps-end')).toBeVisible({ timeout: 15_000 });
  await expect(page.locator('tr.current > th')).toHaveText('[SEP]');
});

test('the mean of a layer has no steps, and says so', async ({ open, page }) => {
  await open('scene=steps&theme=dark');
  await openSteps(page);
  await page.getByRole('button', { name: 'Layer 0, mean of all heads' }).click();
  await expect(page.getByText('choose one of its heads')).toBeVisible();
  await page.getByRole('button', { name: 'Layer 0, head 1', exact: true }).click();
  await expect(page.locator('#steps-title')).toContainText('L0H1');
});
