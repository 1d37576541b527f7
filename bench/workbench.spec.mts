// Key → picture in a real workbench, warm, by stages: what the page marks, and how long the engine says it took. Prints medians of 20; asserts none.

import { rmSync } from 'node:fs';
import type { Frame, Page } from '@playwright/test';
import { tinyModelFolder } from '../test/support/tinyModel.mts';
import { runCommand } from '../test/support/workbench.mjs';
import { command, inspectText, shownPanel, test } from '../test/ui/inspector.mts';

/** As in the other benches: their module is TypeScript that Node does not load as an ES module. */
const folder = await tinyModelFolder({ layers: 6, heads: 12, width: 384, inner: 4, positions: 512, vocabulary: 15_000, scale: 0.08 });
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Mark {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly elapsedMs: number;
}

const marks = (panel: Frame): Promise<Mark[]> =>
  panel.evaluate(() =>
    performance.getEntriesByType('mark').map((entry) => ({
      name: entry.name,
      at: performance.timeOrigin + entry.startTime,
      elapsedMs: ((entry as PerformanceMark).detail as { elapsedMs?: number } | null)?.elapsedMs ?? 0,
    })),
  );

const median = (values: readonly number[]) => Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN);

/** The sentence of the other line, by its key. */
async function stagesOf(page: Page, panel: Frame, round: number) {
  const before = (await marks(panel)).length;
  await page.keyboard.press(round % 2 === 0 ? 'ArrowDown' : 'ArrowUp');
  await page.keyboard.press('Control+k');
  const pressed = Date.now();
  await page.keyboard.press('a');
  await panel.waitForFunction((count) => performance.getEntriesByType('mark').length >= count + 2, before, { polling: 5 });
  const [state, picture] = (await marks(panel)).slice(before);
  const at = (mark: Mark | undefined) => (mark?.at ?? Number.NaN) - pressed;
  return { engine: state?.elapsedMs ?? Number.NaN, state: at(state), picture: at(picture) };
}

for (const [name, model] of [
  ['bundled encoder', 'bundled:encoder'],
  ['6 layers, 12 heads, d = 384', folder],
] as const)
  test.describe(name, () => {
    test.use({ serverOptions: { settings: { 'transformerInspector.model.default': model } } });
    test(`key → picture, ${name}`, async ({ workbench }) => {
      await inspectText(workbench, 'Server', 'check?');
      await runCommand(workbench, command);
      const panel = await shownPanel(workbench);
      await workbench.keyboard.press('Control+1');
      await workbench.keyboard.press('Control+Home');
      const rounds: Awaited<ReturnType<typeof stagesOf>>[] = [];
      for (let round = 0; round < 24; round++) rounds.push(await stagesOf(workbench, panel, round));
      const warm = rounds.slice(4);
      const of = (stage: keyof (typeof warm)[number]) => median(warm.map((one) => one[stage]));
      console.log(
        `${name}: key → state of the run ${of('state')} ms (of which the engine's run ${of('engine')} ms), key → picture ${of('picture')} ms; slowest ${Math.round(Math.max(...warm.map(({ picture }) => picture)))} ms`,
      );
    });
  });
