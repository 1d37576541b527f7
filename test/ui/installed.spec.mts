// The packaged extension, installed as a user installs it: catches what the package leaves out.

import path from 'node:path';
import { expect } from '@playwright/test';
import { root } from '../../scripts/run.mjs';
import { inspectText, readTable, test } from './inspector.mts';

test.use({ serverOptions: { vsix: [path.join(root, 'dist/transformer-inspector.vsix')], isInstalled: true } });

test('the installed package inspects a selection with the bundled model', async ({ workbench }) => {
  const panel = await inspectText(workbench, 'Server', 'check?');
  const { rows } = await readTable(panel);
  expect(rows.length).toBeGreaterThan(3);
  expect(rows[0]?.cells.every((cell) => /^[01]\.\d{6}$/.test(cell))).toBe(true);
});
