// Every model again under other names, in another order: structure alone must lead to the same captures.

import { describe, expect, it } from 'vitest';
import type { Tensor } from '../../src/core/tensor';
import type { Tensors } from './compare';
import { disguise } from './support/disguise';
import { entriesOf } from './support/entries';
import { type LoadedEntry, loadEntry, type Replace } from './support/inProcess';

const entries = [...entriesOf('zoo'), ...entriesOf('made')];
/** Another order of nodes may make the runtime fuse others: equal up to rounding, not bit by bit. */
const rounding = 2e-5;

function largest(tensor: Tensor): number {
  return tensor.data.reduce((most, value) => (Math.abs(value) < 1e30 ? Math.max(most, Math.abs(value)) : most), 1);
}

function differences(before: Tensors, after: Tensors): string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [a, b] = [before.get(name), after.get(name)];
    if (!a || !b) return [`${name} is only ${a ? 'before' : 'after'}`];
    if (String(a.dims) !== String(b.dims)) return [`${name} [${a.dims}] became [${b.dims}]`];
    const scale = largest(a);
    const off = a.data.findIndex(
      (value, i) => !(Object.is(value, b.data[i]) || Math.abs(value - (b.data[i] as number)) <= rounding * Math.max(scale, Math.abs(value))),
    );
    return off < 0 ? [] : [`${name}: ${a.data[off]} became ${b.data[off]}`];
  });
}

async function captured(folder: string, one: Parameters<LoadedEntry['capture']>[0], replace?: Replace): Promise<Tensors> {
  const loaded = await loadEntry(folder, { ...(replace && { replace }) });
  if (!loaded.ok) throw new Error(loaded.problem.message);
  const outcome = await loaded.value.capture(one);
  await loaded.value.unload();
  if (!outcome.ok) throw new Error(outcome.problem.message);
  return outcome.value.tensors;
}

const variants = [
  { variant: 'inputs and outputs keep their names', keepInterface: true },
  { variant: 'inputs and outputs renamed too', keepInterface: false },
];

describe.each(variants)('$variant', ({ keepInterface }) => {
  it.each(entries.filter((entry) => entry.expect !== 'refuse').map((entry, seed) => ({ ...entry, seed })))('$name', async (entry) => {
    const [one] = entry.cases;
    if (!one) throw new Error('the entry has no case');
    const before = await captured(entry.modelFolder, one);
    const after = await captured(entry.modelFolder, one, (bytes) => disguise(bytes, { seed: entry.seed, keepInterface }));
    expect(differences(before, after)).toEqual([]);
  });

  it.each(entries.filter((entry) => entry.expect === 'refuse'))('$name is refused', async (entry) => {
    const loaded = await loadEntry(entry.modelFolder, { replace: (bytes) => disguise(bytes, { seed: 7, keepInterface }) });
    expect(loaded.ok ? 'loaded' : loaded.problem.code).toBe('noAttention');
  });
});
