// Every model of the zoo, of our own generator and of models/: each capture equals PyTorch's, or the model is refused.
// The last test holds docs/models.md against what was seen; UPDATE_DOCS=1 writes it.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compare, type Judgement } from './compare';
import { allEntries, type Entry, referencesOf } from './support/entries';
import { type Captured, type LoadedEntry, loadEntry } from './support/inProcess';
import { type Finding, modelsTable, worseBadge } from './support/modelsTable';
import { wrongOutputs, wrongSteps } from './support/stepsAgree';

const findings: Finding[] = [];
const entries = allEntries();
const docs = path.resolve(import.meta.dirname, '../../docs/models.md');

const wrong = (judged: readonly Judgement[]) =>
  judged
    .filter(({ status }) => status === 'bad' || status === 'miss')
    .map(({ key, status, deviation, tolerance, note }) => `${status} ${key} off by ${deviation} (tolerance ${tolerance}) ${note}`);

describe.each(entries.filter((entry) => entry.expect !== 'refuse'))('$group/$name', (entry: Entry) => {
  let loaded: LoadedEntry | undefined;
  const seen: Captured[] = [];
  let agrees = true;

  beforeAll(async () => {
    const outcome = await loadEntry(entry.modelFolder);
    loaded = outcome.ok ? outcome.value : undefined;
    agrees = outcome.ok;
    expect(outcome.ok ? '' : outcome.problem.message).toBe('');
  });

  it.each(entry.cases)('$id', async (one) => {
    agrees = false;
    const outcome = await (loaded as LoadedEntry).capture(one);
    expect(outcome.ok ? '' : outcome.problem.message).toBe('');
    if (!outcome.ok) return;
    seen.push(outcome.value);
    expect(outcome.value.tokenIds).toEqual(one.input_ids);
    expect(wrong(compare(outcome.value.tensors, referencesOf(entry, one.id), entry))).toEqual([]);
    expect([...(await wrongSteps(outcome.value)), ...(await wrongOutputs(outcome.value))]).toEqual([]);
    agrees = seen.length === entry.cases.length;
  });

  afterAll(async () => {
    const badge = seen.map((one) => one.badge.state).reduce<Finding['badge']>((worst, state) => worseBadge(worst, state), undefined);
    const outcome = !agrees ? 'diverges' : entry.expect === 'full' ? 'agrees' : 'pattern agrees';
    findings.push({ entry, outcome, description: loaded?.description, badge, notes: seen.flatMap((one) => one.badge.notes) });
    await loaded?.unload();
  });
});

describe('refused', () => {
  it.each(entries.filter((entry) => entry.expect === 'refuse'))('$group/$name', async (entry) => {
    const outcome = await loadEntry(entry.modelFolder);
    expect(outcome.ok ? 'loaded' : outcome.problem.code).toBe('noAttention');
    if (!outcome.ok) {
      expect(outcome.problem.exitStatus).toBe(3);
      expect(`${outcome.problem.message} ${outcome.problem.hint}`.length).toBeLessThan(600);
    }
    findings.push({ entry, outcome: 'refused', notes: [] });
  });
});

it('docs/models.md says what was seen', () => {
  const inOrder = entries.flatMap((entry) => findings.filter((finding) => finding.entry === entry));
  const text = modelsTable(inOrder);
  if (process.env.UPDATE_DOCS === '1') writeFileSync(docs, text);
  expect(readFileSync(docs, 'utf8')).toBe(text);
});
