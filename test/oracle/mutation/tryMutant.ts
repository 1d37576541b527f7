// One mutant: made, captured by the product, and where it was accepted held against a plain run of the same file.

import path from 'node:path';
import { badgeOf } from '../../../src/core/check';
import type { Outcome } from '../../../src/core/problem';
import { activationOf } from '../compare';
import { type Captured, loadEntry } from '../support/inProcess';
import { randomOf } from '../support/random';
import { heldAgainstTruth, type Verdict } from './held';
import type { Wrong } from './judgeMutant';
import type { Mutation } from './mutation';
import { OnnxGraph } from './onnxGraph';
import type { Subject } from './subject';

export interface Tried {
  readonly model: string;
  readonly mutation: string;
  readonly where: string;
  /** With which the mutation drew: the same seed makes the same mutant. */
  readonly seed: number;
  readonly verdict: Verdict;
  /** Why it was refused, or which numbers are off. */
  readonly detail: string;
  readonly wrong: readonly Wrong[];
  readonly compared: number;
}

async function captured({ entry, one }: Subject, written: ReadonlyMap<string, Uint8Array>, compareOutputs: boolean): Promise<Outcome<Captured>> {
  const replace = (bytes: Uint8Array, file: string) => written.get(path.relative(entry.modelFolder, file)) ?? bytes;
  const loaded = await loadEntry(entry.modelFolder, { replace });
  if (!loaded.ok) return loaded;
  const outcome = await loaded.value.capture(one, { compareOutputs });
  await loaded.value.unload();
  return outcome;
}

/** Check 7 takes a second session; it runs only where without it a wrong number, or one of which nothing is known, would have been accepted. */
const isVerified = ({ checks, leftOut }: Captured) =>
  leftOut.length === 0 && badgeOf(checks.filter(({ identity }) => identity !== 'outputs')).state === 'verified';

/** Whether the checks name this quantity as one that nothing vouches for. */
function isSaidUnchecked({ checks }: Captured, key: string): boolean {
  const [tower, layer] = key.split('.');
  const activation = activationOf(key);
  return checks.some(
    ({ site, unchecked }) => site?.tower === tower && String(site?.layer) === layer && unchecked?.some((one) => one.startsWith(`${activation}: `)) === true,
  );
}

const wordsOf = (wrong: readonly Wrong[]) => wrong.map(({ key, deviation }) => `${key} ${deviation.toExponential(1)}`).join(', ');

/** Undefined where the mutation finds nothing to change in this model. */
export async function tryMutant(subject: Subject, mutation: Mutation, seed: number): Promise<Tried | undefined> {
  const random = randomOf(seed);
  const graphs = new Map([...subject.files].map(([file, bytes]) => [file, new OnnxGraph(bytes)]));
  const file = [...graphs.keys()][random.below(graphs.size)] as string;
  const tokenCounts = [subject.one.input_ids.length, subject.one.decoder_input_ids?.length].filter((count) => count !== undefined);
  const dimsOf = subject.dims.get(file) ?? new Map();
  const where = mutation.make({ file, graph: graphs.get(file) as OnnxGraph, found: subject.found, random, tokenCounts, dimsOf });
  if (where === undefined) return undefined;
  const named = { seed, model: subject.entry.name, mutation: mutation.name, where: graphs.size > 1 ? `${file}: ${where}` : where };
  const written = new Map([...graphs].map(([name, graph]) => [name, graph.write()]));
  const judged = await judge(subject, graphs, mutation, await captured(subject, written, false));
  if (judged.verdict !== 'WRONG' && judged.verdict !== 'no truth') return { ...named, ...judged };
  return { ...named, ...(await judge(subject, graphs, mutation, await captured(subject, written, true))) };
}

type Judged = Pick<Tried, 'verdict' | 'detail' | 'wrong' | 'compared'>;

async function judge(subject: Subject, graphs: ReadonlyMap<string, OnnxGraph>, mutation: Mutation, outcome: Outcome<Captured>): Promise<Judged> {
  const plain = { detail: '', wrong: [], compared: 0 };
  if (!outcome.ok) return { ...plain, verdict: 'refused', detail: `${outcome.problem.code}: ${outcome.problem.message}` };
  const verified = isVerified(outcome.value);
  if (mutation.rule === 'labels') {
    return verified ? { ...plain, verdict: 'WRONG', detail: 'verified, though row or column j is not token j' } : { ...plain, verdict: 'not verified' };
  }
  const held = await heldAgainstTruth(subject, graphs, mutation, outcome.value.tensors).catch((error) => String(error));
  if (typeof held === 'string') return { ...plain, verdict: 'no truth', detail: held };
  const { wrong, compared, apart } = held;
  if (wrong.length === 0) return { ...plain, compared, verdict: apart ?? (verified ? 'verified and right' : 'not verified') };
  const unsaid = wrong.filter(({ key }) => !isSaidUnchecked(outcome.value, key));
  if (unsaid.length === 0) return { wrong, compared, detail: `said to be unchecked: ${wordsOf(wrong)}`, verdict: 'not verified' };
  return { wrong: unsaid, compared, detail: wordsOf(unsaid), verdict: verified ? 'WRONG' : 'off, not verified' };
}
