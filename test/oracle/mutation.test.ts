// Sound models changed in one place each: what is accepted as verified must be what a plain run of the changed file computes.
// The plain run owes nothing to the product: its tensors were found by their numbers in the unchanged file, and it is fed as the library feeds it.
//   MUTATION_SEED=2 MUTATION_COUNT=200 MUTATION_MODELS=t5,opt (or all) MUTATION_REPORT=FILE npx vitest run --project oracle test/oracle/mutation.test.ts

import { appendFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { drawMutation } from './mutation/drawMutation';
import type { Verdict } from './mutation/held';
import type { Mutation } from './mutation/mutation';
import { type Subject, subjectOf } from './mutation/subject';
import { type Tried, tryMutant } from './mutation/tryMutant';
import { allEntries } from './support/entries';
import { randomOf } from './support/random';

const usual = [
  ...['bert-eager-ts14', 'bert-dynamo18', 'bert-fused', 'bert-int8', 'roberta', 'distilbert', 'albert', 'mpnet', 'torch-nn-encoder', 'gpt2-eager'],
  ...['gpt2-ort-optimized', 'gpt-neox', 'bloom', 'opt', 'llama-gqa', 'gemma2', 't5', 'bart', 'moe', 'planted-decoder'],
  ...['keras', 'transposed', 'gated', 'granite', 'luong-whole-target', 'torch-transformer'],
];
/** Steps of a recurrence, branches, outside data, half precision, a fixed length: a plain run of these would take more than feeding a text. */
const notRun = [
  ...['bahdanau', 'luong', 'lstm-steps', 'lstm-written-out', 'recurrent-translator', 'gpt2-merged', 't5-past-merged', 'marian', 'translator'],
  ...['bert-external', 'half', 'half-causal', 'fixed-shape'],
];

const { MUTATION_SEED, MUTATION_COUNT, MUTATION_MODELS, MUTATION_REPORT } = process.env;
const firstSeed = Number(MUTATION_SEED ?? 1);
const mutantsPerModel = Number(MUTATION_COUNT ?? 24);
const wanted = MUTATION_MODELS === undefined ? usual : MUTATION_MODELS.split(',');
const entries = allEntries().filter(
  ({ name, expect: expected }) => expected !== 'refuse' && !notRun.includes(name) && (wanted.includes(name) || wanted[0] === 'all'),
);
/** Draws until a mutation applies; a model of few operations has few places. */
const drawsPerMutant = 40;

const unchanged: Mutation = { name: 'nothing changed', rule: 'numbers', make: () => '' };

const tried: Tried[] = [];

async function mutantsOf(subject: Subject, seed: number): Promise<Tried[]> {
  const random = randomOf(seed);
  const own: Tried[] = [];
  for (let draws = 0; own.length < mutantsPerModel && draws < mutantsPerModel * drawsPerMutant; draws++) {
    const mutant = await tryMutant(subject, drawMutation(random), random.below(2 ** 31));
    if (mutant) own.push(mutant);
  }
  return own;
}

const line = ({ verdict, model, mutation, where, detail }: Tried) => `${verdict}: ${model}: ${mutation} (${where}): ${detail}`;

describe.each(entries.map((entry, index) => ({ name: entry.name, entry, index })))('$name', ({ entry, index }) => {
  let subject: Subject | undefined;
  beforeAll(async () => {
    subject = await subjectOf(entry);
  });

  it('is read and found by value as it is', async () => {
    const mutant = await tryMutant(subject as Subject, unchanged, firstSeed);
    expect({ wrong: mutant?.wrong, detail: mutant?.detail }).toEqual({ wrong: [], detail: '' });
    expect(mutant?.compared).toBeGreaterThan(0);
  });

  it('is verified only with the numbers of the changed file', async () => {
    const own = await mutantsOf(subject as Subject, firstSeed * 1000 + index);
    tried.push(...own);
    if (MUTATION_REPORT) appendFileSync(MUTATION_REPORT, own.map((one) => `${JSON.stringify(one)}\n`).join(''));
    const wrong = own.filter(({ verdict }) => verdict === 'WRONG' || verdict === 'no truth').map(line);
    if (wrong.length > 0) expect.fail(`${wrong.length} of ${own.length} mutants\n${wrong.join('\n')}`);
  });
});

it('there were enough mutants, of every outcome', () => {
  const count = (verdict: Verdict) => tried.filter((one) => one.verdict === verdict).length;
  expect(tried.length).toBeGreaterThanOrEqual(Math.min(600, entries.length * mutantsPerModel * 0.9));
  expect(Math.min(count('refused'), count('verified and right'), count('not verified'))).toBeGreaterThan(0);
});

afterAll(() => {
  const verdicts = [
    'refused',
    'verified and right',
    'not verified',
    'off, not verified',
    'layers counted anew',
    'the runtime differs',
    'no truth',
    'WRONG',
  ] as const;
  const counts = verdicts.map((verdict) => `${verdict} ${tried.filter((one) => one.verdict === verdict).length}`);
  const compared = tried.reduce((sum, one) => sum + one.compared, 0);
  console.log(`${tried.length} mutants of ${entries.length} models: ${counts.join(', ')}; ${compared} tensors compared`);
});
