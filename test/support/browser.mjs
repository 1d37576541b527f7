// The Chromium that shows the workbench in tests: found on the machine, kept off the network, the same pixels from run to run.

import { chromiumAdvice, findChromium } from '../../scripts/setup/chromium.mjs';

/** no-sandbox: root and containers; dev-shm-usage: a small /dev/shm. */
const flags = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-default-apps',
  '--no-first-run',
  '--force-color-profile=srgb',
  '--font-render-hinting=none',
];

/** Options for Playwright's `launch`. Throws where no Chromium is. */
export function launchOptions() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(chromiumAdvice);
  return { executablePath, args: flags };
}

export const viewport = { width: 1400, height: 900 };
