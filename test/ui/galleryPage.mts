// Fixtures of the gallery: the panel's page outside VS Code, under the same policy, which nothing may break.

import { test as base, expect, type Page } from '@playwright/test';
import { startGallery } from '../gallery/serve.mjs';
import { accessibilityViolations } from '../support/workbench.mjs';

interface Fixtures {
  readonly open: (query: string) => Promise<Page>;
  /** What axe finds; what the page complained of before fails at once (axe itself breaks the policy with a style of its own). */
  readonly violations: (page: Page) => Promise<unknown[]>;
  readonly complaints: string[];
}

export const test = base.extend<Fixtures, { gallery: { url: string } }>({
  gallery: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the pattern to know what a fixture needs.
    async ({}, use) => {
      const gallery = await startGallery();
      await use(gallery);
      await gallery.stop();
    },
    { scope: 'worker' },
  ],
  complaints: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(String(error)));
    await use(complaints);
    expect(complaints).toEqual([]);
  },
  open: async ({ page, gallery, complaints }, use) => {
    expect(complaints).toEqual([]);
    await use(async (query) => {
      await page.goto(`${gallery.url}?bare&${query}`);
      await page.getByRole('region', { name: 'Transformer Inspector' }).waitFor();
      return page;
    });
  },
  violations: async ({ complaints }, use) => {
    await use(async (page) => {
      expect(complaints).toEqual([]);
      const found = await accessibilityViolations(page.mainFrame());
      complaints.length = 0;
      return found;
    });
  },
});

/** Switches the theme as VS Code does, and waits until `canvas` is painted in it. */
export async function setTheme(page: Page, kind: string, canvas: string): Promise<void> {
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name;
    document.body.dataset.vscodeThemeKind = `vscode-${name}`;
    document.body.className = `vscode-${name}`;
  }, kind);
  await page.locator(`${canvas}[data-theme-kind="${kind}"]`).first().waitFor();
}
