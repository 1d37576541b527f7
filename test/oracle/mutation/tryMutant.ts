// One mutant: made, captured by the product, and where it was accepted held against a plain run of the same file.

import path from 'node:path';
import { badgeOf } from '../../../src/core/check';
import type { Outcome } from '../../../src/core/problem';
import { type Captured, loadEntry } from '../support/inProcess';
import { randomOf } from '../support/random';
import { truthOf, type Wrong, wrongIn } from './judgeMutant';
import type { Mutation } from './mutation';
import { OnnxGraph } from './onnxGraph';
import type { Subject } from './subject';

export type Verdict =
  | 'refused'
  | 'verified and right'
  /** Not verified, and no number is off. */
  | 'not verified'
  /** Numbers are off, under a badge that does not say verified. */
  | 'off, not verified'
  | 'WRONG'
  /** Accepted, but the runtime does not run the plain file. */
  | 'no truth';

export interface Tried {
  readonly model: string;
  readonly mutation: string;
  readonly where: string;
  readonly verdict: Verdict;
  /** Why it was refused, or which numbers are off. */
  readonly detail: string;
  readonly wrong: readonly Wrong[];
  readonly compared: number;
}

async function captured({ entry, one }: Subject, written: ReadonlyMap<string, Uint8Array>): Promise<Outcome<Captured>> {
  const replace = (bytes: Uint8Array, file: string) => written.get(path.relative(entry.modelFolder, file)) ?? bytes;
  const loaded = await loadEntry(entry.modelFolder, replace);
  if (!loaded.ok) return loaded;
  const outcome = await loaded.value.capture(one, { compareOutputs: false });
  await loaded.value.unload();
  return outcome;
}

/** Check 7 compares a file with itself, whatever the file computes: the badge is judged without it. */
const isVerified = ({ checks }: Captured) => badgeOf(checks.filter(({ identity }) => identity !== 'outputs')).state === 'verified';

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
  const verdict = (kind: Verdict, detail: string, wrong: readonly Wrong[] = [], compared = 0): Tried => ({
    model: subject.entry.name,
    mutation: mutation.name,
    where: graphs.size > 1 ? `${file}: ${where}` : where,
    verdict: kind,
    detail,
    wrong,
    compared,
  });
  const outcome = await captured(subject, new Map([...graphs].map(([name, graph]) => [name, graph.write()])));
  if (!outcome.ok) return verdict('refused', `${outcome.problem.code}: ${outcome.problem.message}`);
  const verified = isVerified(outcome.value);
  if (mutation.rule === 'labels')
    return verified ? verdict('WRONG', 'verified, though rows or columns are no longer the tokens in order') : verdict('not verified', '');
  const { wrong, compared } = await held(subject, graphs, mutation, outcome.value).catch((error) => ({ wrong: String(error), compared: 0 }));
  if (typeof wrong === 'string') return verdict('no truth', wrong);
  if (wrong.length === 0) return verdict(verified ? 'verified and right' : 'not verified', '', [], compared);
  return verdict(verified ? 'WRONG' : 'off, not verified', wordsOf(wrong), wrong, compared);
}

async function held(subject: Subject, graphs: ReadonlyMap<string, OnnxGraph>, mutation: Mutation, { tensors }: Captured) {
  const { entry, found, one } = subject;
  const judged = wrongIn(tensors, await truthOf(graphs, found, mutation, one), mutation, entry);
  if (judged.wrong.length === 0 || !mutation.mayFlipMask) return judged;
  const turned = wrongIn(tensors, await truthOf(graphs, found, mutation, one, 0), mutation, entry);
  return turned.wrong.length === 0 ? turned : judged;
}
