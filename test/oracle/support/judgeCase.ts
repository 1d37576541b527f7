// Whether the outcome of one case is as it must be, in the words of the cases' own judge:
// WRONG-VERIFIED and wrong (numbers off), incomplete, refused (though the numbers can be had), bad-refusal, message. Undefined: all is well.

import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { activationOf, compare, type Judgement, type Tensors } from '../compare';
import type { Finished } from './captureInProcess';
import type { CaseEntry, CaseText, Must, Wanted } from './packedCases';
import { readSafetensors, type SafetensorsFile } from './safetensors';

export interface CaseOutcome {
  readonly entry: CaseEntry;
  readonly one: CaseText;
  /** Folder of the unpacked entry. */
  readonly folder: string;
  /** The file that `capture` was told to write. */
  readonly out: string;
  readonly finished: Finished;
}

const longestRefusal = 600;

function refusalFaults({ status, errors }: Finished, wrote: boolean): string[] {
  const lines = errors.split('\n').filter((line) => line.trim() !== '');
  return [
    ...(status !== 3 && status !== 4 ? [`exit ${status}`] : []),
    ...(lines.length === 0 ? ['no message'] : []),
    ...(errors.length > longestRefusal ? [`message of ${errors.length} characters`] : []),
    ...(lines.length > 1 ? [`message of ${lines.length} lines`] : []),
    ...(/\n {4}at |Traceback/.test(errors) ? ['stack trace'] : []),
    ...(wrote ? ['a file was written'] : []),
  ];
}

/** Words that are missing or should not be there; paths and names, which may hold a wanted word by chance, do not count. */
function messageFaults(text: string, { entry, one, folder, out }: CaseOutcome): string[] {
  const plain = [out, path.basename(out), folder, entry.name].reduce((rest, name) => rest.replaceAll(name, '…'), text).toLowerCase();
  const has = (word: string) => plain.includes(word.toLowerCase());
  const list = (wanted: Wanted) => (typeof wanted === 'string' ? [wanted] : wanted);
  const lacking = (one.wants ?? entry.wants ?? []).map(list).filter((words) => !words.some(has));
  const forbidden = (one.forbids ?? entry.forbids ?? []).filter(has);
  return [...lacking.map((words) => `lacks ${words.map((word) => `'${word}'`).join(' / ')}`), ...forbidden.map((word) => `has '${word}'`)];
}

function judgeRefusal(outcome: CaseOutcome, must: Must, wrote: boolean): string | undefined {
  const { finished } = outcome;
  if (must === 'exact') return `refused: exit ${finished.status}: ${finished.errors.slice(0, longestRefusal)}`;
  const faults = refusalFaults(finished, wrote);
  if (faults.length > 0) return `bad-refusal: ${faults.join('; ')}`;
  const words = messageFaults(finished.errors, outcome);
  return words.length > 0 ? `message: ${words.join('; ')} [${finished.errors}]` : undefined;
}

const off = ({ key, deviation, note }: Judgement) => `${key} ${note || deviation?.toExponential(1)}`;

/** Twins `KEY@all` are a second right answer for the capture as a whole: keys that belong to the other one than the rest. */
function mixedAnswers(captured: Tensors, references: Tensors, entry: CaseEntry): string[] {
  const twins = [...references.keys()].filter((key) => key.endsWith('@all') && captured.has(key.slice(0, -4))).map((key) => key.slice(0, -4));
  const offFrom = (tag: string) => {
    const answer = new Map(twins.map((key) => [key, references.get(key + tag) as never]));
    const own = new Map(twins.map((key) => [key, captured.get(key) as never]));
    return compare(own, answer, entry).filter(({ status, activation }) => status === 'bad' && activation !== '');
  };
  const answers = ['', '@all'].map(offFrom);
  if (answers.some((wrong) => wrong.length === 0)) return [];
  const least = answers.reduce((a, b) => (b.length < a.length ? b : a));
  return least.map(({ key }) => `${key} belongs to another mask than the rest`);
}

/** The references of one case, without the `{case}/` prefix; none where the entry has none. */
function referencesIn(folder: string, caseId: string): Tensors {
  const file = path.join(folder, 'reference.safetensors');
  const all = existsSync(file) ? [...readSafetensors(readFileSync(file)).tensors] : [];
  const prefix = `${caseId}/`;
  return new Map(all.filter(([name]) => name.startsWith(prefix)).map(([name, tensor]) => [name.slice(prefix.length), tensor]));
}

function judgeNumbers(outcome: CaseOutcome, must: Must, { tensors, metadata }: SafetensorsFile): string | undefined {
  const { entry, one, folder, finished } = outcome;
  const worst = (metadata.badge ?? 'verified') === 'verified' ? 'WRONG-VERIFIED' : 'wrong';
  if (must === 'refused') return `${worst}: there is no right answer, and a file was written`;
  const references = referencesIn(folder, one.id);
  const judged = compare(tensors, references, entry);
  const bad = judged.filter(({ status }) => status === 'bad').map(off);
  const wrong = bad.length > 0 ? bad : mixedAnswers(tensors, references, entry);
  if (wrong.length > 0) return `${worst}: ${wrong.length} off: ${wrong.slice(0, 6).join(', ')}`;
  if (must !== 'exact') return undefined;
  const required = one.required ?? entry.required ?? ['pattern'];
  const missing = judged.filter(({ status, key, deviation }) => /miss|skip/.test(status) && deviation === null && required.includes(activationOf(key)));
  if (missing.length > 0) return `incomplete: missing ${missing.map(({ key }) => key).join(', ')}`;
  const notes = Object.entries(metadata).flatMap(([key, value]) => (/note|warn/i.test(key) ? [value] : []));
  const words = messageFaults([finished.output, finished.errors, ...notes].join('\n'), outcome);
  return words.length > 0 ? `message: ${words.join('; ')}` : undefined;
}

/** What is wrong with the outcome of a case, in one line; undefined where it is as it must be. */
export function judgeCase(outcome: CaseOutcome): string | undefined {
  const { entry, one, out, finished } = outcome;
  const must = one.must ?? entry.must;
  const wrote = existsSync(out);
  if (finished.status !== 0 || !wrote) return judgeRefusal(outcome, must, wrote);
  return judgeNumbers(outcome, must, readSafetensors(readFileSync(out)));
}
