// The panel inside VS Code in all four kinds of theme, switched in one window: screenshots of each, and in a dark and a high-contrast
// one the colours of the canvas say, through the legend, what the table says.

import path from 'node:path';
import { expect } from '@playwright/test';
import { root } from '../../scripts/run.mjs';
import { readMapCells } from '../support/mapCells.mts';
import { themeKinds, themes } from '../support/themes.mjs';
import { accessibilityViolations, switchTheme, themeShows } from '../support/workbench.mjs';
import { hideTable, inspectText, readTable, test } from './inspector.mts';

// Its weights are spread over the whole scale.
const model = path.join(root, 'test/oracle/data/zoo/distilbert');
test.use({ serverOptions: { settings: { 'workbench.colorTheme': themes.dark.name, 'transformerInspector.model.default': model } } });

test('canvas and table agree in a dark and a high-contrast theme; all four have their picture', async ({ workbench }, info) => {
  await themeShows(workbench, 'dark');
  const panel = await inspectText(workbench, 'Looks', 'server');
  const { rows } = await readTable(panel);
  await hideTable(panel);
  for (const kind of themeKinds) {
    if (kind !== 'dark') await switchTheme(workbench, kind);
    await expect(panel.locator('body')).toHaveAttribute('data-vscode-theme-kind', themes[kind].webviewKind);
    await expect(panel.locator('canvas.cells')).toHaveAttribute('data-theme-kind', themes[kind].webviewKind.replace('vscode-', ''));
    await workbench.screenshot({ path: `test-results/panel-${kind}.png` });
    expect(await accessibilityViolations(panel)).toEqual([]);
    if (kind !== 'dark' && kind !== 'highContrast') continue;
    const cells = await readMapCells(panel);
    expect(cells.length).toBeGreaterThanOrEqual(20);
    const wrong = cells.filter(({ query, key, range }) => {
      const weight = Number(rows[query]?.cells[key]);
      return !range || weight < range[0] - 1e-6 || weight > range[1] + 1e-6;
    });
    expect(wrong, `${kind} of ${info.title}`).toEqual([]);
  }
});
