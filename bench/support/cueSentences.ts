// Sentences whose telling words are marked: how often the head that opens reads one of them.

import { readFileSync } from 'node:fs';
import type { FirstSight, SeenRun } from '../../src/core/run';

export interface CueSentence {
  readonly text: string;
  /** Offset in the text of the word that is looked at. */
  readonly focus: number;
  /** UTF-16 ranges of the cue words. */
  readonly cues: readonly (readonly [start: number, end: number])[];
}

/** Lines `label, tab, sentence` with cue words between asterisks; the focus is the word of that name, or stands between underscores. */
export function readSentences(file: URL, focusWord?: string): CueSentence[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.includes('\t') && !line.startsWith('#')).map((line) => sentenceOf(line.slice(line.indexOf('\t') + 1), focusWord));
}

function sentenceOf(marked: string, focusWord: string | undefined): CueSentence {
  const cues: [number, number][] = [];
  let text = '';
  let focus = -1;
  for (const part of marked.split(/(\*[^*]+\*|_[^_]+_)/u)) {
    if (/^\*.+\*$/u.test(part)) cues.push([text.length, text.length + part.length - 2]);
    if (/^_.+_$/u.test(part)) focus = text.length;
    text += /^[*_].+[*_]$/u.test(part) ? part.slice(1, -1) : part;
  }
  if (focus < 0 && focusWord !== undefined) focus = text.toLowerCase().indexOf(focusWord);
  return { text, focus, cues };
}

/** Whether a cue is what the first candidate reads most, and what one of all of them does. */
export function hitsOf(
  sentence: CueSentence,
  { tokens }: Pick<SeenRun, 'tokens'>,
  { candidates }: Pick<FirstSight, 'candidates'>,
): [isFirst: boolean, isAmong: boolean] {
  const isCue = (key: number) => {
    const token = tokens.source?.[key];
    return token !== undefined && sentence.cues.some(([start, end]) => token.start < end && token.end > start);
  };
  const hits = candidates.map(({ key }) => isCue(key));
  return [hits[0] === true, hits.includes(true)];
}
