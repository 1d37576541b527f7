// A model of the user's own, opened in the panel: what its table says, what `capture` writes and what PyTorch computed are the same numbers.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Frame } from '@playwright/test';
import { root } from '../../scripts/run.mjs';
import { inspectText, readTable, test } from './inspector.mts';

// Playwright loads TypeScript sources as CommonJS, whose names an import of an .mts file does not see.
const { readSafetensors } = createRequire(import.meta.url)('../oracle/support/safetensors.ts') as typeof import('../oracle/support/safetensors.ts');

const model = path.join(root, 'test/oracle/data/zoo/distilbert');
const text = 'Looks like I just crashed the server';
/** The tolerance of the reference (cases.json). */
const tolerance = 1e-4;

test.use({ serverOptions: { settings: { 'transformerInspector.model.default': model } } });

/** Patterns as `capture` writes them, by name. */
function captured(): ReadonlyMap<string, { dims: readonly number[]; data: Float32Array }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'inspector-capture-'));
  const out = path.join(folder, 'run.safetensors');
  execFileSync(process.execPath, ['dist/cli.js', 'capture', '--model', model, '--text', text, '--activations', 'pattern', '--out', out], { cwd: root });
  const { tensors } = readSafetensors(readFileSync(out));
  rmSync(folder, { recursive: true });
  return tensors;
}

async function tableOfHead(panel: Frame, layer: number, head: number): Promise<number[]> {
  const button = panel.getByRole('button', { name: `Layer ${layer}, head ${head}`, exact: true });
  const chip = panel.locator('.head-chip');
  // All heads stand beside the view only where there is room.
  if (!(await button.isVisible())) await chip.click();
  await button.click();
  await expect(chip).toHaveText(`L${layer}H${head}`);
  await expect(panel.locator('caption')).toContainText(`L${layer}H${head}`);
  return (await readTable(panel)).rows.flatMap((row) => row.cells.map(Number));
}

test('table, capture and PyTorch agree cell by cell', async ({ workbench }) => {
  const panel = await inspectText(workbench, 'Looks', 'server');
  await readTable(panel);
  const written = captured();
  const reference = readSafetensors(readFileSync(path.join(model, 'reference.safetensors'))).tensors;
  for (const [layer, head] of [
    [0, 0],
    [0, 3],
    [1, 2],
  ] as const) {
    const key = `encoder.${layer}.self.pattern`;
    const { dims, data } = written.get(key) ?? { dims: [], data: new Float32Array() };
    const [, queries = 0, keys = 0] = dims;
    const ofHead = (values: Float32Array) => [...values.subarray(head * queries * keys, (head + 1) * queries * keys)];
    const shown = await tableOfHead(panel, layer, head);
    expect(shown.map((weight) => weight.toFixed(6))).toEqual(ofHead(data).map((weight) => weight.toFixed(6)));
    const expected = reference.get(`crash/${key}`);
    expect(expected?.dims).toEqual(dims);
    ofHead(expected?.data ?? new Float32Array()).forEach((weight, i) => {
      expect(Math.abs(weight - (shown[i] as number))).toBeLessThanOrEqual(tolerance + 5e-7);
    });
  }
});
