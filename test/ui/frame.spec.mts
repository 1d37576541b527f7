// The frame around every view, measured in the page: where the view begins, how much of the panel it has, and that nothing else scrolls.

import { createRequire } from 'node:module';
import { expect } from '@playwright/test';
import { test } from './galleryPage.mts';

// Playwright loads the product's sources as CommonJS, whose names an import of an .mts file does not see.
const { frameLayout } = createRequire(import.meta.url)('../../src/present/frame/frameLayout.ts') as typeof import('../../src/present/frame/frameLayout.ts');

const sizes = [1100, 640, 400].flatMap((width) => [900, 650, 480].map((height) => ({ width, height })));

for (const size of ['4x4x9', '12x12x96', '12x12x9', '4x4x96'])
  for (const views of ['', '&views=nine'])
    test(`the view begins at a fixed height and has its share, ${size}${views ? ', nine views' : ''}`, async ({ open, page }) => {
      for (const { width, height } of sizes) {
        await page.setViewportSize({ width, height });
        await open(`scene=server&theme=dark&size=${size}${views}`);
        await page.locator('canvas.cells').waitFor();
        const isLong = size.endsWith('96');
        const expected = frameLayout({ width, height, listCount: 1, isLong, hasHeads: true, isShelfFolded: null });
        const where = `${width} × ${height}`;
        await expect(page.locator('.panel'), where).toHaveAttribute('data-token-lines', String(expected.tokenLines));
        const box = await page.locator('.view').boundingBox();
        expect([box?.y, box?.height], where).toEqual([expected.viewStart, expected.viewHeight]);
        expect((box?.height ?? 0) / height, where).toBeGreaterThanOrEqual(0.55);
        const overflow = await page.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.documentElement.scrollHeight - innerHeight]);
        expect(overflow, where).toEqual([0, 0]);
        const outside = await page
          .locator('.panel > *:not(.body), .heads')
          .evaluateAll((parts) => parts.filter((part) => part.scrollHeight > part.clientHeight + 1).map((part) => part.className));
        expect(
          outside.filter((name) => name !== 'notices' && name !== 'for-readers'),
          where,
        ).toEqual([]);
      }
    });

test('a changed width keeps head, scroll and keyboard focus; what folds away hands it to its chip', async ({ open, page }) => {
  await page.setViewportSize({ width: 1100, height: 480 });
  await open('scene=they&theme=dark&views=nine');
  const view = page.locator('.view');
  await page.locator('canvas.cells').waitFor();
  await view.evaluate((element) => element.scrollTo(0, 120));
  await page.getByRole('button', { name: 'Layer 0, head 3' }).focus();
  await page.setViewportSize({ width: 400, height: 480 });
  await expect(page.locator('.head-chip')).toBeFocused();
  await expect(page.locator('.head-chip')).toHaveText('L0H0');
  expect(await view.evaluate((element) => element.scrollTop)).toBe(120);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'All heads' }).getByRole('button', { name: 'Layer 0, head 0' })).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  await expect(page.locator('.head-chip')).toHaveText('L0H1');
  await expect(page.locator('.head-chip')).toBeFocused();
  await page.setViewportSize({ width: 1100, height: 480 });
  await expect(page.locator('.head-chip')).toHaveText('L0H1');
});

test('the labels of the columns stay in sight while the map is scrolled', async ({ open, page }) => {
  await page.setViewportSize({ width: 640, height: 480 });
  await open('scene=they&theme=dark');
  await page.locator('canvas.cells').waitFor();
  const before = await page.locator('.stays').boundingBox();
  await page.locator('.view').evaluate((element) => element.scrollTo(0, 200));
  const after = await page.locator('.stays').boundingBox();
  expect((await page.locator('canvas.cells').boundingBox())?.y).toBeLessThan(before?.y ?? 0);
  expect(after?.y).toBeCloseTo(before?.y ?? 0, 0);
});

test('a narrow panel names the group of the view, and its menu holds all views', async ({ open, page, violations }) => {
  await page.setViewportSize({ width: 400, height: 650 });
  await open('scene=server&theme=light&views=nine');
  await expect(page.getByRole('tab')).toHaveText(['Map', 'Lines', 'Steps', 'Head outputs']);
  await page.getByRole('button', { name: 'Attention' }).click();
  await expect(page.getByRole('menuitemradio', { name: 'Map' })).toBeFocused();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('tabpanel', { name: 'Lines' })).toBeVisible();
  // A digit opens a view of another group, which has no heads.
  await page.keyboard.press('7');
  await expect(page.getByRole('tab')).toHaveText(['Block', 'Output']);
  await expect(page.locator('.focus-bar')).toHaveCount(0);
});

test('the shelf folds by hand and says all keys', async ({ open, page, violations }) => {
  await page.setViewportSize({ width: 640, height: 900 });
  await open('scene=server&theme=dark');
  await page.getByRole('button', { name: 'Fold all heads to a line' }).click();
  await expect(page.locator('.panel')).toHaveAttribute('data-heads', 'line');
  await page.getByRole('button', { name: 'Next layer' }).click();
  await expect(page.getByRole('button', { name: 'Layer 1, head 0' })).toBeVisible();
  const kept = await page.evaluate(() => (window as unknown as { keptState: { ui: { isShelfFolded: boolean } } }).keptState.ui.isShelfFolded);
  expect(kept).toBe(true);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('all heads');
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toHaveCount(0);
});

test('the heads that bring most to the focus stand side by side', async ({ open, page, violations }) => {
  await page.setViewportSize({ width: 1100, height: 650 });
  await open('scene=check&theme=light');
  const chips = page.locator('.focus-line').getByRole('group', { name: 'Heads that bring most to the focus' }).getByRole('button');
  await expect(chips).toHaveCount(3);
  await expect(chips.first()).toHaveAttribute('aria-pressed', 'true');
  await expect(chips.first()).toHaveText('L0H3 → check 0.751');
  expect(await violations(page)).toEqual([]);
  await chips.nth(1).click();
  await expect(chips.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await expect(page.locator('.caption')).toContainText('2nd of 3 that bring most to');
  await chips.nth(2).press('Enter');
  await expect(chips.nth(2)).toHaveAttribute('aria-pressed', 'true');
  const calls = await page.evaluate(() => (window as unknown as { calls: string[] }).calls);
  expect(calls).toEqual(['showCandidate 1', 'showCandidate 2']);
  // Of another focus nothing is claimed before it was asked.
  await page.getByRole('button', { name: 'have' }).first().click();
  await expect(chips).toHaveCount(0);
});
