// Finds a Chromium, or installs Debian's when the user may.

import { accessSync, constants, existsSync } from 'node:fs';
import path from 'node:path';
import { run } from '../run.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** What to tell a user without one. */
export const chromiumAdvice = 'no Chromium: install it (Debian, Ubuntu: apt-get install chromium) or set CHROMIUM_PATH';

/** Path of a Chromium: CHROMIUM_PATH, else on the PATH, else in /usr/bin; undefined where there is none. */
export function findChromium() {
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/usr/local/bin'].filter((folder) => folder !== '');
  const candidates = [process.env.CHROMIUM_PATH ?? '', ...names.flatMap((name) => folders.map((folder) => path.join(folder, name)))];
  return candidates.find((file) => file !== '' && isExecutable(file));
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** The Chromium that is there, or the one that apt could install; undefined where neither is to be had. */
export async function provideChromium() {
  const found = findChromium();
  if (found || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return found;
  console.log('Installing Chromium (apt-get) …');
  const env = { DEBIAN_FRONTEND: 'noninteractive', PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const apt = (/** @type {string[]} */ ...parameters) => run({ name: 'apt-get', command: 'apt-get', parameters, env });
  const install = () => apt('install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  let result = await install();
  if (!result.isDone) {
    await apt('update', '-qq');
    result = await install();
  }
  if (!result.isDone) console.log(result.output.slice(-2000));
  return findChromium();
}
