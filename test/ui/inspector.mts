// Fixtures of the ui tier: a workbench on examples/ with the extension from this folder (or an installed package), and its panel.

import path from 'node:path';
import { test as base, type Frame, type Page } from '@playwright/test';
import { root } from '../../scripts/run.mjs';
import { editorShows, selectText } from '../support/editor.mjs';
import { type Server, type ServerOptions, startServer } from '../support/vscodeServer.mjs';
import { panelRegion, prepare, runCommand, webviewWith } from '../support/workbench.mjs';

export const examples = path.join(root, 'examples');
export const command = 'Transformer Inspector: Inspect Attention of Selection';

interface Fixtures {
  /** Options of the server; a spec sets them with `test.use`. */
  readonly serverOptions: ServerOptions;
  readonly server: Server;
  /** A page that shows examples/server.txt in an editor. */
  readonly workbench: Page;
}

export const test = base.extend<Fixtures>({
  serverOptions: [{}, { option: true }],
  server: async ({ serverOptions }, use) => {
    const server = await startServer(serverOptions);
    await use(server);
    await server.stop();
  },
  workbench: async ({ page, server, serverOptions }, use) => {
    await prepare(page);
    await page.goto(server.page({ folder: examples, files: [path.join(examples, 'server.txt')], extensions: serverOptions.isInstalled ? [] : [root] }));
    await editorShows(page, 'Server');
    await use(page);
  },
});

/** Selects `from … to` in the visible editor, runs the command, and gives the panel's document once it shows a head. */
export async function inspectText(page: Page, from: string, to: string): Promise<Frame> {
  await selectText(page, from, to);
  await runCommand(page, command);
  return shownPanel(page);
}

/** The panel's document once it shows a head. */
export async function shownPanel(page: Page): Promise<Frame> {
  const panel = await webviewWith(page, panelRegion);
  // All heads stand beside it only where there is room.
  await panel.getByRole('heading', { name: /^L\d+H\d+ · weights/ }).waitFor({ timeout: 90_000 });
  return panel;
}

/** What a table of weights holds, by row, with the names of its rows and columns. */
export async function readTable(panel: Frame): Promise<{ columns: string[]; rows: { name: string; cells: string[] }[] }> {
  const table = panel.getByRole('table').first();
  const toggle = panel.getByText('Show as table');
  // The toggle comes with the picture; only then it is known whether the panel has come back as a table.
  await toggle.waitFor();
  if (!(await table.isVisible())) await toggle.click();
  await table.waitFor();
  return table.evaluate((element) => {
    const textsOf = (parent: Element, selector: string) => [...parent.querySelectorAll(selector)].map((cell) => cell.textContent?.trim() ?? '');
    const rows = [...element.querySelectorAll('tbody tr')].map((row) => ({ name: textsOf(row, 'th')[0] ?? '', cells: textsOf(row, 'td') }));
    return { columns: textsOf(element, 'thead th[scope="col"]'), rows };
  });
}

/** Shows the map again. */
export async function hideTable(panel: Frame): Promise<void> {
  await panel.getByText('Show as table').click();
  await panel.locator('canvas.cells').waitFor();
}
