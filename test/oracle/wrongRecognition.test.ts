// Every family read wrongly on purpose: the checks must notice, and nothing may be shown.

import { beforeAll, describe, expect, it, vi } from 'vitest';
import { siteName } from '../../src/core/names';
import type { GraphFacts } from '../../src/onnx/facts/graphFacts';
import type { OnnxModel } from '../../src/onnx/file/readModel';
import { type Mistake, mistaken, mistakes } from './support/breakFacts';
import { type Entry, entriesOf } from './support/entries';
import { type Captured, loadEntry } from './support/inProcess';

type Change = (facts: GraphFacts, model: OnnxModel) => GraphFacts;

const reading = vi.hoisted(() => ({ change: ((facts) => facts) as Change, isTried: true }));

vi.mock('../../src/onnx/analyse', async (original) => {
  const real = await original<typeof import('../../src/onnx/analyse')>();
  return { ...real, analyse: (...[model, hints]: Parameters<typeof real.analyse>) => reading.change(real.analyse(model, hints), model) };
});

// What is fed and which word a row is does not change with the reading of an attention: a trial for each mistake would cost more than all else.
vi.mock('../../src/engine/trial/tokenRows', async (original) => {
  const real = await original<typeof import('../../src/engine/trial/tokenRows')>();
  return { ...real, tokenRowsOf: async (...given: Parameters<typeof real.tokenRowsOf>) => (reading.isTried ? real.tokenRowsOf(...given) : new Map()) };
});
vi.mock('../../src/engine/trial/tryInputs', async (original) => {
  const real = await original<typeof import('../../src/engine/trial/tryInputs')>();
  return { ...real, tryInputs: async (...given: Parameters<typeof real.tryInputs>) => (reading.isTried ? real.tryInputs(...given) : undefined) };
});

const entries = [...entriesOf('zoo'), ...entriesOf('made')].filter((entry) => entry.expect !== 'refuse');
const caught = new Map(mistakes.map(({ name }): [string, number] => [name, 0]));

/** What was captured with that reading, or the code of the Problem. */
async function readAs(entry: Entry, change: Change, isTried: boolean): Promise<Captured | string> {
  reading.change = change;
  reading.isTried = isTried;
  const loaded = await loadEntry(entry.modelFolder);
  reading.change = (facts) => facts;
  if (!loaded.ok) return loaded.problem.code;
  const outcome = await loaded.value.capture(entry.cases[0] ?? { text: 'one' }, { compareOutputs: false });
  await loaded.value.unload();
  return outcome.ok ? outcome.value : outcome.problem.code;
}

/** Whether that identity could not run at the site even with the true reading: then what rests on it is never called verified. */
const isUnchecked = (truth: Captured, where: string, mistake: Mistake) =>
  truth.checks.some(({ site, identity, state }) => site !== null && siteName(site) === where && identity === mistake.identity && state === 'not run');

describe.each(entries)('$group/$name', (entry: Entry) => {
  let truth: Captured | string = '';
  const files: [GraphFacts, OnnxModel][] = [];
  beforeAll(async () => {
    const keep: Change = (facts, model) => {
      files.push([facts, model]);
      return facts;
    };
    truth = await readAs(entry, keep, true);
  });

  it.each(mistakes)('$name', async (mistake) => {
    if (typeof truth === 'string') throw new Error(`the true reading is refused: ${truth}`);
    if (!files.some(([facts, model]) => mistaken(facts, mistake, model))) return;
    let where: string | undefined;
    const outcome = await readAs(
      entry,
      (facts, model) => {
        const wrong = mistaken(facts, mistake, model);
        where = wrong?.where ?? where;
        return wrong?.facts ?? facts;
      },
      false,
    );
    if (where === undefined || isUnchecked(truth, where, mistake)) return;
    expect(typeof outcome === 'string' ? outcome : 'accepted').toBe('identityFailed');
    caught.set(mistake.name, (caught.get(mistake.name) ?? 0) + 1);
  });
});

it('every mistake was made and caught somewhere', () => {
  expect([...caught].filter(([, count]) => count === 0)).toEqual([]);
});
