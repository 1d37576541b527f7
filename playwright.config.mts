// The ui tier: specs in test/ui drive the workbench in the browser. One window at a time: two cores are not enough for more.

import { defineConfig } from '@playwright/test';
import { launchOptions, viewport } from './test/support/browser.mjs';

export default defineConfig({
  testDir: 'test/ui',
  projects: [
    { name: 'ui', testMatch: '**/*.spec.mts', testIgnore: '**/installed.spec.mts' },
    // What `npm run bench` measures in the workbench.
    { name: 'bench', testDir: 'bench', testMatch: '**/*.spec.mts' },
    // The packaged extension, as users get it.
    { name: 'vsix', testMatch: '**/installed.spec.mts' },
  ],
  outputDir: 'test-results/ui',
  workers: 1,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 240_000,
  expect: { timeout: 30_000 },
  use: { viewport, launchOptions: launchOptions(), trace: 'retain-on-failure' },
});
