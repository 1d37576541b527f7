// `steps` as a person runs it: ten rows of other models held against their references, and what it refuses.

import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';
import { allEntries, type Entry, referencesOf } from './support/entries';

const root = path.resolve(import.meta.dirname, '../..');
const entries = new Map(allEntries().map((entry) => [entry.name, entry]));

interface Row {
  readonly qk: number | null;
  readonly scaled: number | null;
  readonly bias: number | null;
  readonly mask: number | null;
  readonly masked: boolean;
  readonly score: number | null;
  readonly weight: number;
}

interface Answer {
  readonly form: string;
  readonly softcap: number | null;
  readonly rowMax: number;
  readonly sumExp: number;
  readonly rows: readonly Row[];
  readonly z: readonly number[];
  readonly result: readonly number[] | null;
  readonly sumOffZ: number;
  readonly badge: string;
}

interface Spot {
  readonly name: string;
  readonly layer: number;
  readonly head: number;
  readonly query: number;
  readonly more?: readonly string[];
}

const spots: readonly Spot[] = [
  { name: 'encoder', layer: 2, head: 1, query: 1 },
  { name: 'decoder', layer: 0, head: 1, query: 2 },
  { name: 'gpt2-sdpa', layer: 1, head: 0, query: 3 },
  { name: 'llama-gqa', layer: 1, head: 3, query: 2 },
  { name: 'bloom', layer: 0, head: 1, query: 4 },
  { name: 'gemma2', layer: 1, head: 1, query: 3 },
  { name: 't5', layer: 1, head: 0, query: 2, more: ['--tower', 'encoder'] },
  { name: 'bart', layer: 0, head: 1, query: 1, more: ['--tower', 'decoder', '--kind', 'cross'] },
  { name: 'marian', layer: 0, head: 2, query: 1, more: ['--tower', 'decoder', '--kind', 'self'] },
  { name: 'bahdanau', layer: 0, head: 0, query: 1 },
];

function steps({ name, layer, head, query, more = [] }: Spot, entry = entries.get(name) as Entry) {
  const one = entry.cases[0] as Entry['cases'][number];
  const target = one.target === undefined ? [] : ['--target', one.target];
  const place = ['--layer', String(layer), '--head', String(head), '--query', String(query)];
  const parameters = ['steps', '--model', entry.modelFolder, '--text', one.text, ...target, ...place, ...more];
  const result = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), ...parameters], { encoding: 'utf8', timeout: 120_000 });
  return { status: result.status, errors: result.stderr, said: result.stdout };
}

const asJson = (spot: Spot) => ({ ...spot, more: [...(spot.more ?? []), '--json'] });

it.each(spots)('$name layer $layer head $head query $query is the reference', (spot) => {
  const entry = entries.get(spot.name) as Entry;
  const { status, errors, said } = steps(asJson(spot));
  expect({ status, errors }).toEqual({ status: 0, errors: '' });
  const answer = JSON.parse(said) as Answer & { readonly tower: string; readonly kind: string };
  const references = referencesOf(entry, (entry.cases[0] as Entry['cases'][number]).id);
  const reference = (activation: string) => {
    const tensor = references.get(`${answer.tower}.${spot.layer}.${answer.kind}.${activation}`);
    const [, queries, width] = (tensor?.dims ?? []) as [number, number, number];
    return tensor && Array.from(tensor.data.slice((spot.head * queries + spot.query) * width, (spot.head * queries + spot.query + 1) * width));
  };
  const near = (found: readonly (number | null)[], activation: string) => {
    const expected = reference(activation);
    const tolerance = entry.tolerance[activation] ?? (entry.tolerance.default as number);
    if (!expected) return;
    const wrong = found.flatMap((value, i) =>
      value === null || Math.abs(value - (expected[i] as number)) <= tolerance ? [] : [`${activation} ${i}: ${value}, not ${expected[i]}`],
    );
    expect(wrong).toEqual([]);
  };
  expect(reference('pattern')).toHaveLength(answer.rows.length);
  near(
    answer.rows.map((row) => row.weight),
    'pattern',
  );
  near(
    answer.rows.map((row) => row.score),
    'scores',
  );
  near(answer.z, 'z');
  if (answer.result) near(answer.result, 'result');
  expect(answer.sumOffZ).toBeLessThan(1e-4);
  expect(answer.form).toBe(spot.name === 'bahdanau' ? 'additive' : 'dot');
  // A person can redo the row: q·k, scale, bias and mask make the score, exp and Σ the weight.
  for (const row of answer.rows.filter(({ masked }) => !masked)) {
    expect(row.weight).toBeCloseTo(Math.exp((row.score as number) - answer.rowMax) / answer.sumExp, 5);
    if (answer.form === 'additive') expect([row.qk, row.scaled, row.bias, row.mask]).toEqual([null, null, null, null]);
    else if (answer.softcap === null) expect((row.scaled as number) + (row.bias as number) + (row.mask as number)).toBeCloseTo(row.score as number, 3);
  }
});

it('names each key by its own token', () => {
  const { rows } = JSON.parse(steps(asJson(spots[0] as Spot)).said) as { readonly rows: readonly { readonly token: string }[] };
  const text = ((entries.get('encoder') as Entry).cases[0] as Entry['cases'][number]).text.toLowerCase();
  expect([rows[0]?.token, rows.at(-1)?.token]).toEqual(['[CLS]', '[SEP]']);
  const words = rows.slice(1, -1).map(({ token }) => token.replace('##', ''));
  expect(words.join('')).toBe(text.replaceAll(' ', ''));
});

it('is a table for a person, which ends in what vouches for it', () => {
  const { said } = steps(spots[0] as Spot);
  expect(said).toMatch(/^verified: L2H1, query 1 /);
  expect(said).toContain('row maximum');
  expect(said).toMatch(/the sum is the model's own z to \d\.\de−\d+\n/);
});

it('says of a text with unknown words what capture says of it', () => {
  const entry = entries.get('encoder') as Entry;
  const parameters = ['--model', entry.modelFolder, '--text', '漢字 漢 server'];
  for (const own of [
    ['steps', ...parameters, '--layer', '0', '--head', '0', '--query', '2'],
    ['heads', ...parameters],
  ]) {
    const { stdout } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), ...own], { encoding: 'utf8', timeout: 120_000 });
    expect(stdout).toContain('unknown to this model');
  }
});

it.each([
  [{ name: 'encoder', layer: 9, head: 0, query: 0 }, 'There is no layer 9.'],
  [{ name: 'encoder', layer: 0, head: 99, query: 0 }, 'There is no head 99'],
  [{ name: 'encoder', layer: 0, head: 0, query: 999 }, 'There is no token 999.'],
  [{ name: 'encoder', layer: 0, head: 0, query: 0, more: ['--kind', 'cross'] }, 'runs no such attention'],
  [{ name: 'encoder', layer: 0, head: 0, query: 0, more: ['--kind', 'other'] }, '--kind takes self or cross'],
  [{ name: 'encoder', layer: 0, head: 0, query: 0, more: ['--vectors'] }, '--vectors needs --json'],
  [{ name: 'marian', layer: 0, head: 0, query: 0 }, 'has several attentions; name one'],
])('refuses %o: %s', (spot, sentence) => {
  const { status, errors } = steps(spot as Spot);
  expect(errors).toContain(sentence);
  expect(status).toBe(2);
});

interface MeasuredHead {
  readonly layer: number;
  readonly head: number;
  readonly entropy: number;
  readonly distance: number;
  readonly special: number;
  readonly norm?: number;
  readonly share?: number;
}

it('heads measures at the focus what steps shows of the same row', () => {
  const entry = entries.get('encoder') as Entry;
  const text = (entry.cases[0] as Entry['cases'][number]).text;
  const parameters = ['heads', '--model', entry.modelFolder, '--text', text, '--focus', '3', '--json'];
  const { stdout } = spawnSync(process.execPath, [path.join(root, 'dist/cli.js'), ...parameters], { encoding: 'utf8', timeout: 120_000 });
  const { heads } = JSON.parse(stdout) as { readonly heads: readonly MeasuredHead[] };
  expect(heads).toHaveLength(16);
  const own = heads.find(({ layer, head }) => layer === 1 && head === 2) as MeasuredHead;
  const { rows, result } = JSON.parse(steps(asJson({ name: 'encoder', layer: 1, head: 2, query: 3 })).said) as Answer;
  const sum = (of: (weight: number, key: number) => number) => rows.reduce((total, { weight }, key) => total + of(weight, key), 0);
  expect(own.entropy).toBeCloseTo(-sum((weight) => weight * Math.log(weight)), 4);
  expect(own.distance).toBeCloseTo(
    sum((weight, key) => weight * Math.abs(3 - key)),
    4,
  );
  expect(own.special).toBeCloseTo((rows[0]?.weight ?? 0) + (rows.at(-1)?.weight ?? 0), 5);
  expect(own.norm).toBeCloseTo(Math.hypot(...(result ?? [])), 4);
  // Of one layer: with the bias, which is no head, they sum to 1.
  const shares = heads.filter(({ layer }) => layer === 1).reduce((total, { share = Number.NaN }) => total + share, 0);
  expect(Math.abs(shares - 1)).toBeLessThan(0.3);
});
