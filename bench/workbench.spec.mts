// Key → picture in a real workbench, warm, by stages: what the page marks, and how long the engine says it took. Prints medians of 20; asserts none.

import { rmSync } from 'node:fs';
import type { Frame, Page } from '@playwright/test';
import type { RunTimes } from '../src/core/run';
import { tinyModelFolder } from '../test/support/tinyModel.mts';
import { panelRegion, runCommand } from '../test/support/workbench.mjs';
import { command, inspectText, shownPanel, test } from '../test/ui/inspector.mts';

/** As in the other benches: their module is TypeScript that Node does not load as an ES module. */
const folder = await tinyModelFolder({ layers: 6, heads: 12, width: 384, inner: 4, positions: 512, vocabulary: 15_000, scale: 0.08 });
test.afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Mark {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly elapsedMs: number;
  readonly times: RunTimes | null;
}

const marks = (panel: Frame): Promise<Mark[]> =>
  panel.evaluate(() =>
    performance.getEntriesByType('mark').map((entry) => ({
      name: entry.name,
      at: performance.timeOrigin + entry.startTime,
      elapsedMs: ((entry as PerformanceMark).detail as { elapsedMs?: number } | null)?.elapsedMs ?? 0,
      times: ((entry as PerformanceMark).detail as { times?: RunTimes } | null)?.times ?? null,
    })),
  );

const median = (values: readonly number[]) => Math.round([...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN);

/** What the page marks after the step, as many as there are to come. */
async function marksAfter(panel: Frame, count: number, step: () => Promise<void>): Promise<Mark[]> {
  const before = (await marks(panel)).length;
  await step();
  await panel.waitForFunction((least) => performance.getEntriesByType('mark').length >= least, before + count, { polling: 5 });
  return (await marks(panel)).slice(before);
}

/** The sentence of the other line, by its key. */
async function stagesOf(page: Page, panel: Frame, round: number) {
  let pressed = 0;
  const [state, picture] = await marksAfter(panel, 2, async () => {
    await page.keyboard.press(round % 2 === 0 ? 'ArrowDown' : 'ArrowUp');
    await page.keyboard.press('Control+k');
    pressed = Date.now();
    await page.keyboard.press('a');
  });
  const at = (mark: Mark | undefined) => (mark?.at ?? Number.NaN) - pressed;
  const { asked, loaded, run, seen } = state?.times ?? { asked: Number.NaN, loaded: Number.NaN, run: Number.NaN, seen: Number.NaN };
  return {
    key: asked - pressed,
    files: loaded - asked,
    run: run - loaded,
    engine: state?.elapsedMs ?? Number.NaN,
    sight: seen - run,
    page: (state?.at ?? Number.NaN) - seen,
    state: at(state),
    picture: at(picture),
  };
}

/** The next head by its key, in a panel that has the focus. */
async function headSwitch(page: Page, panel: Frame): Promise<number> {
  let pressed = 0;
  const [picture] = await marksAfter(panel, 1, async () => {
    pressed = Date.now();
    await page.keyboard.press('h');
  });
  return (picture?.at ?? Number.NaN) - pressed;
}

/** The panel closed and asked for again, page and all. */
async function reopening(page: Page): Promise<number> {
  await page.keyboard.press('Control+2');
  await runCommand(page, 'View: Close Editor');
  await page
    .locator(panelRegion)
    .waitFor({ state: 'detached' })
    .catch(() => undefined);
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+k');
  const pressed = Date.now();
  await page.keyboard.press('a');
  const panel = await shownPanel(page);
  await panel.waitForFunction(() => performance.getEntriesByName('picture').length > 0, null, { polling: 5 });
  const picture = (await marks(panel)).find((mark) => mark.name === 'picture');
  return (picture?.at ?? Number.NaN) - pressed;
}

async function several(count: number, measure: (round: number) => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < count; round++) values.push(await measure(round));
  return median(values);
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
        `${name}: key → command ${of('key')}, files as they were ${of('files')}, run ${of('run')} (in the engine ${of('engine')}), first sight ${of('sight')}, to the page ${of('page')}: state after ${of('state')}, picture after ${of('picture')} ms; slowest ${Math.round(Math.max(...warm.map(({ picture }) => picture)))} ms`,
      );
      await panel.locator('body').click({ position: { x: 5, y: 5 } });
      await headSwitch(workbench, panel);
      console.log(`${name}: next head ${await several(10, () => headSwitch(workbench, panel))} ms`);
      console.log(`${name}: panel closed and opened ${await several(4, () => reopening(workbench))} ms`);
    });
  });
