// The panel's page outside VS Code, over recorded scenes and the same policy: in every kind of theme pixels and table agree, nothing offends axe,
// and everything can be reached by keys alone.

import { expect, type Page } from '@playwright/test';
import { readMapCells } from '../support/mapCells.mts';
import { setTheme, test } from './galleryPage.mts';

/** What the table says, [query][key]. */
async function tableOf(page: Page): Promise<{ weight: number; isMasked: boolean }[][]> {
  await page.keyboard.press('t');
  const rows = page.getByRole('table').locator('tbody tr');
  await rows.first().waitFor();
  return rows.evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll('td')].map((cell) => ({ weight: Number(cell.textContent), isMasked: cell.classList.contains('masked') }))),
  );
}

for (const scene of ['pair', 'plantedCausal']) {
  test(`the colours of ${scene} say what its table says, in every kind of theme`, async ({ open, violations }) => {
    const page = await open(`scene=${scene}&theme=dark`);
    const table = await tableOf(page);
    await page.keyboard.press('t');
    for (const theme of ['light', 'dark', 'high-contrast-light', 'high-contrast']) {
      await setTheme(page, theme, 'canvas.cells');
      const cells = await readMapCells(page);
      const wrong = cells.filter(({ query, key, range }) => {
        const { weight, isMasked } = table[query]?.[key] ?? { weight: Number.NaN, isMasked: false };
        return isMasked ? range !== null : !range || weight < range[0] - 1e-6 || weight > range[1] + 1e-6;
      });
      expect(cells.length, theme).toBe(table.length * table.length);
      expect(wrong, theme).toEqual([]);
      expect(await violations(page), theme).toEqual([]);
    }
    await page.keyboard.press('t');
    expect(await violations(page)).toEqual([]);
  });
}

test('every state fits into 380 pixels and offends nobody', async ({ open, page, violations }) => {
  await page.setViewportSize({ width: 380, height: 800 });
  for (const scene of ['cross', 'failed', 'problem', 'empty', 'loading', 'unknownWords', 'openInput', 'languages']) {
    await open(`scene=${scene}&theme=light`);
    expect(await violations(page), scene).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth), scene).toBeLessThanOrEqual(380);
  }
});

test('a site whose check failed shows the reason and no numbers', async ({ open }) => {
  const page = await open('scene=failed&theme=dark');
  await expect(page.getByText('A check of encoder.0.self failed')).toBeVisible();
  await expect(page.locator('canvas.cells')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Layer 0, mean of all heads (not shown: a check failed)' })).toHaveCount(1);
  await page.getByRole('button', { name: 'Layer 1, head 2' }).click();
  await expect(page.locator('canvas.cells')).toHaveCount(1);
});

test('head, focus, cell and table can be reached by keys alone', async ({ open }) => {
  const page = await open('scene=pair&theme=dark');
  const readout = page.locator('#readout');
  await page.locator('.map').focus();
  await page.keyboard.press('Home');
  await expect(page.locator('canvas.cells')).toHaveAttribute('data-marked-column', '0');
  await page.keyboard.press('End');
  await expect(page.locator('canvas.cells')).not.toHaveAttribute('data-marked-column', '0');
  await page.keyboard.press('Escape');
  await expect(readout).toContainText('→ never');
  await page.keyboard.press('ArrowDown');
  await expect(readout).toContainText(', → never');
  await page.keyboard.press('Enter');
  await expect(page.locator('.token.focus')).toHaveText(',');
  await page.keyboard.press('t');
  await expect(page.locator('.table-place')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.locator('.map')).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Control+Enter');
  await page.keyboard.press('Enter');
  await expect(page.locator('.token.focus')).toHaveText('can');
  await page.getByRole('button', { name: 'Layer 0, head 3' }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page.locator('.focus-line')).toContainText('of 8, pinned');
  await expect(page.locator('.head-chip')).toHaveText('L1H3');
  const calls = await page.evaluate(() => (window as unknown as { calls: string[] }).calls);
  expect(calls).toEqual(['showFocus 2', 'revealToken source 3', 'showFocus 3', 'showHead 1 3']);
});

test('tabs switch by click and by keys, ask for what they show, and say why a view cannot be had', async ({ open, violations }) => {
  const page = await open('scene=pair&theme=light&views=toy');
  const tab = (name: string) => page.getByRole('tab', { name });
  await expect(tab('Map')).toHaveAttribute('aria-selected', 'true');
  await tab('Sum').click();
  await expect(page.locator('canvas.cells')).toHaveCount(0);
  const rows = await page.locator('.token').count();
  // Each row of weights sums to 1.
  await expect(page.getByRole('tabpanel', { name: 'Sum' })).toContainText(rows.toFixed(3));
  expect(await violations(page)).toEqual([]);
  await tab('Sum').press('ArrowRight');
  await expect(tab('Never')).toBeFocused();
  await expect(page.getByRole('tabpanel', { name: 'Never' })).toContainText('This model has no such numbers.');
  await expect(tab('Never')).toHaveAttribute('title', 'This model has no such numbers.');
  expect(await violations(page)).toEqual([]);
  await tab('Never').press('Home');
  await expect(tab('Map')).toBeFocused();
  await expect(tab('Map')).toHaveAttribute('aria-selected', 'true');
  await expect(page.locator('[role=tab][tabindex="0"]')).toHaveCount(1);
  await expect(page.locator('canvas.cells')).toHaveCount(1);
  const calls = await page.evaluate(() => (window as unknown as { calls: string[] }).calls);
  expect(calls).toEqual(['setView', 'setView', 'setView']);
});

test('a run that takes long says so and can be stopped', async ({ open }) => {
  const page = await open('scene=running&theme=dark');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByRole('button', { name: 'Stop' })).toHaveCount(0);
});

for (const theme of ['light', 'dark', 'high-contrast-light', 'high-contrast']) {
  test(`the card takes a value for an input that nothing shows, by keys alone, in ${theme}`, async ({ open, page, violations }) => {
    await page.setViewportSize({ width: 400, height: 800 });
    await open(`scene=openInput&theme=${theme}`);
    await page.getByRole('button', { name: 'Give Values' }).focus();
    await page.keyboard.press('Enter');
    const field = page.getByRole('textbox', { name: 'Value of langs' });
    await expect(field).toBeFocused();
    await expect(page.getByRole('table', { name: 'Inputs' }).getByRole('row', { name: /^langs unknown not known/ })).toBeVisible();
    // Letters and digits that are keys of the panel elsewhere are text here.
    await page.keyboard.type('t0');
    await page.keyboard.press('Enter');
    await expect(field).toHaveAttribute('aria-invalid', 'true');
    await expect(field).toHaveAccessibleDescription(/one number, or a JSON list "t0" is no number and no JSON list/);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(400);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(field).toHaveCount(0);
    const about = page.getByRole('button', { name: 'About this model' });
    await expect(about).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(field).toBeVisible();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await expect(field).toBeFocused();
    await page.keyboard.type('3');
    await page.keyboard.press('Enter');
    await expect(page.getByText('langs = 3 as you gave it')).toBeVisible();
    await expect(about).toBeFocused();
    await expect(page.locator('canvas.cells')).toHaveCount(1);
    await page.locator('.badge').click();
    await expect(page.locator('.badge-details')).toContainText('did not run: langs as you gave it');
    expect(await violations(page)).toEqual([]);
    const calls = await page.evaluate(() => (window as unknown as { calls: string[] }).calls);
    expect(calls).toEqual(['giveInput langs 3']);
  });
}

test('the legend runs as the colours of the map do, and its ends are the map’s domain', async ({ open }) => {
  const page = await open('scene=pair&theme=dark');
  await page.locator('canvas.cells').waitFor();
  const cells = (await readMapCells(page)).filter(({ isGutter, range }) => !isGutter && range !== null);
  const said = await page.locator('.legend').evaluate((legend) => ({
    ends: [...legend.querySelectorAll('.scale .end')].map((end) => end.textContent),
    colours: [...getComputedStyle(legend.querySelector('.ramp') as Element).backgroundImage.matchAll(/rgb\((\d+), (\d+), (\d+)\)/g)].map((match) =>
      match.slice(1).map(Number),
    ),
    max: Number((legend as HTMLElement).dataset.domainMax),
    direction: getComputedStyle(legend.querySelector('.ramp') as Element).backgroundImage.split(',')[0],
  }));
  expect(said.direction).toBe('linear-gradient(to right');
  expect(said.ends).toEqual(['0', said.max.toFixed(2)]);
  expect(said.max).toBeCloseTo(Math.max(...cells.map(({ range }) => range?.[0] ?? 0)), 1);
  // On a dark ground more is lighter, in the map and so in the legend.
  const light = said.colours.map(([r = 0, g = 0, b = 0]) => r + g + b);
  expect(light[0]).toBeLessThan(150);
  expect(light.at(-1)).toBeGreaterThan(500);
});

test('a panel without a picture leads to an example, and to a model', async ({ open }) => {
  const page = await open('scene=empty&theme=dark');
  await page.getByText('Open an example').click();
  await page.getByText('Choose another model').click();
  const calls = await page.evaluate(() => (window as unknown as { calls: string[] }).calls);
  expect(calls).toEqual(['openExample', 'chooseModel']);
});
