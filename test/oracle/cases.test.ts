// Files as they are found elsewhere (data/cases): each gives the framework's own numbers, or is refused for the right reason.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureInProcess } from './support/captureInProcess';
import { judgeCase } from './support/judgeCase';
import { type CaseEntry, type CaseText, caseEntries, unpackCase } from './support/packedCases';

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'cases-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function argumentsOf(folder: string, one: CaseText, out: string): string[] {
  const pair = one.text_pair === undefined ? [] : ['--pair', one.text_pair];
  const target = one.target === undefined ? [] : ['--target', one.target];
  return ['--model', folder, '--text', one.text, ...pair, ...target, ...(one.args ?? []), '--out', out];
}

const rows = caseEntries().map((entry) => ({ kind: entry.kind, name: entry.name, entry }));

describe.each(rows)('$kind: $name', ({ entry }: { readonly entry: CaseEntry }) => {
  it.each(entry.cases.map((one) => ({ id: one.id, must: one.must ?? entry.must, one })))('$id ($must)', async ({ one }) => {
    const folder = unpackCase(entry.name, scratch);
    const out = path.join(scratch, `${entry.name}.safetensors`);
    rmSync(out, { force: true });
    const finished = await captureInProcess(argumentsOf(folder, one, out));
    const fault = judgeCase({ entry, one, folder, out, finished });
    // Not by `toBe`, which would cut the sentence short.
    if (fault !== undefined) expect.fail(`${entry.name} / ${one.id}: ${fault} (${entry.why})`);
  });
});
