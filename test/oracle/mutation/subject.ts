// A model made ready for mutations: its files, a plain run of them, and where its references lie in the graph, found by value.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tensor } from '../../../src/core/tensor';
import { activationOf } from '../compare';
import { type Entry, referencesOf } from '../support/entries';
import { loadEntry } from '../support/inProcess';
import { type Found, findByValue } from './findByValue';
import { OnnxGraph } from './onnxGraph';
import { type FedCase, plainRun } from './plainRun';

export interface Subject {
  readonly entry: Entry;
  readonly one: FedCase;
  /** Bytes of its ONNX files by name, an encoder before its decoder. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly found: readonly Found[];
  /** Dimensions of floating point tensors, by file and name. */
  readonly dims: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>;
  /** Keys of the reference that no tensor of the graph holds: made inside a fused operator, or derived. */
  readonly unplaced: readonly string[];
}

/** Given by the graph as it is for keys that no reference has: right as far as the product's own reading of the unchanged file is. */
const beyondReferences = ['resid_mid', 'mlp_pre', 'mlp_post', 'mlp_out', 'embed'];

export function onnxFilesOf(folder: string): Map<string, Uint8Array> {
  const names = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.endsWith('.onnx'));
  const inOrder = names.sort((a, b) => Number(/decoder/.test(a)) - Number(/decoder/.test(b)));
  return new Map(inOrder.map((name) => [name, new Uint8Array(readFileSync(path.join(folder, name)))]));
}

/** Captures of the unchanged model for keys that have no reference. */
async function furtherReferences(entry: Entry, one: FedCase): Promise<[string, Tensor][]> {
  const loaded = await loadEntry(entry.modelFolder);
  if (!loaded.ok) throw new Error(`${entry.name}: ${loaded.problem.message}`);
  const outcome = await loaded.value.capture(one, { compareOutputs: false });
  await loaded.value.unload();
  if (!outcome.ok) throw new Error(`${entry.name}: ${outcome.problem.message}`);
  return [...outcome.value.tensors].filter(([key]) => beyondReferences.includes(activationOf(key)));
}

/** Throws where the plain run or the unchanged capture fails. */
export async function subjectOf(entry: Entry): Promise<Subject> {
  const one = entry.cases[0] as FedCase;
  const files = onnxFilesOf(entry.modelFolder);
  const graphs = new Map([...files].map(([file, bytes]) => [file, new OnnxGraph(bytes)]));
  const exposed = await plainRun(
    [...graphs].map(([file, graph]) => ({ file, graph, exposed: graph.made })),
    one,
  );
  const references = new Map([...referencesOf(entry, one.id), ...(await furtherReferences(entry, one))]);
  for (const key of references.keys()) if (activationOf(key) === 'result') references.delete(key);
  const toleranceOf = (activation: string) => entry.tolerance[activation] ?? (entry.tolerance.default as number);
  const found = findByValue(graphs, exposed, references, toleranceOf);
  return {
    entry,
    one,
    files,
    found,
    dims: new Map([...exposed].map(([file, tensors]) => [file, new Map([...tensors].map(([name, { dims }]) => [name, dims]))])),
    unplaced: found.filter(({ places }) => places.length === 0).map(({ key }) => key),
  };
}
