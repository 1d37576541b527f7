// Tensors replaced on their way, in every model of the zoo and of our own generator: switched off nothing changes, switched on each one
// does, and a head that is switched off gives what a hook gives in PyTorch.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SiteKey } from '../../src/core/names';
import { comparedOutputs } from '../../src/engine/pass/comparedOutputs';
import { compareOutputs, outputKey } from '../../src/engine/run/outputsCheck';
import type { OutputTable } from '../../src/engine/run/pass';
import { floatsOfRaw, type RawTensor } from '../../src/engine/tensors/rawTensor';
import { toHalf } from '../../src/onnx/file/halfFloats';
import type { Splice } from '../../src/onnx/instrument/plan';
import { type Entry, entriesOf } from './support/entries';
import { readSafetensors } from './support/safetensors';
import { allZero, headOff, off, possibleSplices, type Spliceable, spliceable } from './support/splicedRun';

const entries = [...entriesOf('zoo'), ...entriesOf('made')].filter((entry) => entry.expect !== 'refuse');

/** The runtime gives float16 out before it is rounded, where it computes in float32. */
const bitsOf = (tensor: RawTensor | undefined, isHalf: boolean) => {
  const values = tensor && floatsOfRaw(tensor);
  return values && (isHalf ? Uint16Array.from(values, toHalf) : new Uint32Array(values.buffer, values.byteOffset, values.length)).join();
};
const differ = (a: OutputTable, b: OutputTable) => [...a].some(([key, tensor]) => bitsOf(tensor, false) !== bitsOf(b.get(key), false));

describe.each(entries)('$group/$name', (entry: Entry) => {
  let model: Spliceable;
  let splices: Splice[][];
  const parts = () => model.run.first.activeParts;
  const allOff = () => splices.map((list) => list.map((splice) => off(splice)));

  beforeAll(async () => {
    model = await spliceable(entry, entry.cases[0] as Entry['cases'][number]);
    splices = possibleSplices(parts());
  });
  afterAll(() => model.release());

  it('has tensors that can be replaced at every attention', () => {
    for (const [index, { facts }] of parts().entries()) {
      const possible = new Set(splices[index]?.map(({ tensor }) => tensor));
      for (const { captures, outputProjection } of facts.sites) {
        const tensors = [...Object.values(captures).flat(), ...(outputProjection ? [outputProjection.input] : [])];
        expect(tensors.some(({ tensor }) => possible.has(tensor))).toBe(true);
      }
    }
  });

  it('reads the same bits where nothing is switched on, and answers what the file as it is answers', async () => {
    const captured = splices.map((list) => new Set(list.map(({ tensor }) => tensor)));
    const { outputs, tensors } = await model.spliced(allOff(), captured);
    for (const [part, list] of splices.entries()) {
      const isHalf = parts()[part]?.facts.precision === 'float16';
      for (const [i, { tensor }] of list.entries())
        expect(bitsOf(tensors[part]?.get(`inspector/splice${i}`), isHalf), tensor).toBe(bitsOf(tensors[part]?.get(tensor), isHalf));
    }
    expect(compareOutputs(model.run.model, await model.plain(), outputs)).toMatchObject({ state: 'holds' });
  });

  it('answers something else with each one switched on', async () => {
    const { outputs: plain } = await model.spliced(allOff());
    for (const [part, list] of splices.entries()) {
      const { model: file } = (parts()[part] as (typeof model.run.first.activeParts)[number]).content;
      const unseen = new Set(file.outputs.map(({ name }) => name).filter((name) => !comparedOutputs(parts()[part] as never).includes(name)));
      for (const [at, splice] of list.entries()) {
        // An output that nothing reads and that is not compared: see the unit tests of splices.
        if (unseen.has(splice.tensor) && !file.nodes.some((node) => node.inputs.includes(splice.tensor))) continue;
        const chosen = allOff().map((own, index) => (index === part ? own.with(at, allZero(splice)) : own));
        expect(differ(plain, (await model.spliced(chosen)).outputs), splice.tensor).toBe(true);
      }
    }
  });
});

interface HeadOff {
  readonly entry: string;
  readonly case: string;
  readonly layer: number;
  readonly kind: SiteKey['kind'];
  readonly head: number;
  readonly reference: string;
  /** How far the logits move, at most. */
  readonly change: number;
}

describe('one head switched off, as a hook in PyTorch does it', () => {
  const folder = path.join(import.meta.dirname, 'data/headsOff');
  const rows = JSON.parse(readFileSync(path.join(folder, 'heads.json'), 'utf8')) as HeadOff[];
  const { tensors } = readSafetensors(readFileSync(path.join(folder, 'reference.safetensors')));

  it.each(rows)('$entry, layer $layer, $kind, head $head', async (row) => {
    const entry = entries.find(({ name }) => name === row.entry) as Entry;
    const model = await spliceable(entry, entry.cases.find(({ id }) => id === row.case) as Entry['cases'][number]);
    const parts = model.run.first.activeParts;
    const last = parts.length - 1;
    const tower = parts[last]?.facts.sites.at(-1)?.tower as SiteKey['tower'];
    const splicings = await headOff(model, { tower, layer: row.layer, kind: row.kind }, row.head);
    const { outputs } = await model.spliced(splicings);
    const logits = floatsOfRaw(outputs.get(outputKey(last, 0, 'logits')) as RawTensor);
    const expected = tensors.get(row.reference)?.data as Float32Array;
    expect(logits).toHaveLength(expected.length);
    const deviation = Math.max(...expected.map((value, i) => Math.abs(value - (logits[i] as number))));
    expect(deviation).toBeLessThan(1e-3);
    expect(row.change).toBeGreaterThan(100 * deviation);
    await model.release();
  });
});
