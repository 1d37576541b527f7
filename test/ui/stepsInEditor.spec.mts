// Steps in a real VS Code, opened by a key: its table is what the command `steps` prints for the same text, head and token.

import { execFileSync } from 'node:child_process';
import { expect } from '@playwright/test';
import { root } from '../../scripts/run.mjs';
import { accessibilityViolations } from '../support/workbench.mjs';
import { inspectText, test } from './inspector.mts';

interface Row {
  readonly qk: number;
  readonly scaled: number;
  readonly mask: number;
  readonly score: number;
  readonly weight: number;
  readonly valueNorm: number;
  readonly outNorm: number;
  readonly sumNorm: number;
}

test('the table of steps is what the command says', async ({ workbench }) => {
  const panel = await inspectText(workbench, 'Server', 'check?');
  await panel.locator('.map').focus();
  await panel.locator('.map').press('2');
  await panel.locator('.steps-place').press('t');
  const rows = panel.locator('table.steps > tbody > tr');
  await expect(rows.first().locator('td').first()).toHaveText(/\.\d{6}$/);
  const shown = await rows.evaluateAll((all) => all.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.title)));
  const [, layer = '', head = ''] = /L(\d+)H(\d+)/.exec((await panel.locator('#steps-title').textContent()) ?? '') ?? [];
  const query = await panel.locator('.token').evaluateAll((tokens) => tokens.findIndex((token) => token.classList.contains('focus')));
  const place = ['--layer', layer, '--head', head, '--query', String(query)];
  const parameters = ['dist/cli.js', 'steps', '--model', 'bundled:encoder', '--text', 'Server, can I have the check?', ...place, '--json'];
  const said = JSON.parse(execFileSync(process.execPath, parameters, { cwd: root, encoding: 'utf8' })) as { rows: Row[] };
  const expected = said.rows.map(({ qk, scaled, mask, score, weight, valueNorm, outNorm, sumNorm }) => [
    qk,
    scaled,
    mask,
    score,
    weight,
    valueNorm,
    outNorm,
    sumNorm,
  ]);
  expect(shown.length).toBeGreaterThan(5);
  // The same code and the same file: to the last digits that threads may add up in another order.
  expect(shown.map((row) => row.map(Number))).toEqual(expected.map((row) => row.map((value) => expect.closeTo(value, 4))));
  expect(await accessibilityViolations(panel)).toEqual([]);
});
