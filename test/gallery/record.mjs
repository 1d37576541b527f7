// Runs record.ts: `node test/gallery/record.mjs MODEL NAME LABEL TEXT [PAIR] [--input NAME=VALUE]`, from the project's folder, after `npm run build`.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = dirname(fileURLToPath(import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gallery-'));
const outfile = join(folder, 'record.cjs');
await build({ entryPoints: [join(here, 'record.ts')], outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs' });
const { status } = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: 'inherit', cwd: join(here, '..', '..') });
rmSync(folder, { recursive: true });
process.exit(status ?? 1);
