// Head outputs: by keys alone, in every kind of theme; shares sum to 1; a head opens its map.

import { expect } from '@playwright/test';
import { test } from './galleryPage.mts';

for (const width of [1100, 420]) {
  test(`at ${width} pixels nothing offends axe in any kind of theme, and the shares sum to 1`, async ({ open, page, violations }) => {
    await page.setViewportSize({ width, height: 700 });
    for (const theme of ['light', 'dark', 'high-contrast-light', 'high-contrast']) {
      await open(`scene=steps&theme=${theme}`);
      await page.keyboard.press('3');
      await page.locator(`canvas.strip[data-strip="result"][data-theme-kind="${theme}"]`).first().waitFor();
      const shares = await page
        .locator('table.outputs tbody tr td:last-child')
        .evaluateAll((cells) => cells.map((cell) => Number((cell as HTMLElement).title)));
      expect(shares.length).toBe(5);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 5);
      await expect(page.locator('.steps-end')).toContainText('equals the model’s own attn_out');
      expect(await violations(page), theme).toEqual([]);
      await page.screenshot({ path: test.info().outputPath(`outputs-${theme}-${width}.png`) });
    }
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
  });
}

test('rows move, sort and open their map by keys alone', async ({ open, page }) => {
  await open('scene=steps&theme=dark');
  await page.keyboard.press('3');
  await page.locator('.steps-place').focus();
  const current = page.locator('tr.current > th');
  await expect(current).toHaveText('L0H3');
  await page.keyboard.press('Home');
  await expect(current).toHaveText('L0H0');
  await page.keyboard.press('ArrowDown');
  await expect(current).toHaveText('L0H1');
  await expect(page.locator('#readout')).toContainText('share');
  await page.keyboard.press('s');
  await expect(page.locator('table.outputs tbody th').first()).toHaveText('L0H1');
  await expect(page.locator('table.outputs tbody th').last()).toHaveText('b_O');
  await page.keyboard.press('t');
  await expect(page.locator('table.outputs tbody td').first()).toHaveText(/^\d\.\d{6}$/);
  await page.keyboard.press('Enter');
  await expect(page.locator('#map-title')).toContainText('L0H1');
});
