// A model's own card (card.md) as sections of text, for the panel. Reads the little Markdown that such cards are written in: headings,
// paragraphs, bullets, tables, **strong** words. Anything else stays the text it is; nothing in it is ever HTML.

import type { Phrase } from './panelWords';

export type CardBlock =
  | { readonly is: 'paragraph' | 'item'; readonly phrases: readonly Phrase[] }
  /** The first row holds the names of the columns. */
  | { readonly is: 'table'; readonly rows: readonly (readonly string[])[] };

export interface CardSection {
  readonly title: string;
  readonly blocks: readonly CardBlock[];
}

export interface ModelCard {
  readonly title: string;
  /** The first one has no title: what the model is. */
  readonly sections: readonly CardSection[];
}

const withoutTicks = (text: string) => text.replaceAll('`', '');

function phrasesOf(text: string): Phrase[] {
  return withoutTicks(text)
    .split(/\*\*(.+?)\*\*/)
    .map((part, i): Phrase => ({ text: part, ...(i % 2 === 1 && { isStrong: true }) }))
    .filter((phrase) => phrase.text !== '');
}

const cellsOf = (line: string) =>
  line
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => withoutTicks(cell).replaceAll('**', '').trim());

function blockOf(line: string): CardBlock {
  return line.startsWith('- ') ? { is: 'item', phrases: phrasesOf(line.slice(2)) } : { is: 'paragraph', phrases: phrasesOf(line) };
}

/** Rows of one table that follow each other become one block. */
function blocksOf(lines: readonly string[]): CardBlock[] {
  const blocks: CardBlock[] = [];
  let rows: string[][] | undefined;
  for (const line of lines) {
    if (!line.startsWith('|')) rows = undefined;
    if (line.trim() === '' || /^\|[\s|:-]+\|$/.test(line)) continue;
    if (!line.startsWith('|')) blocks.push(blockOf(line));
    else if (rows) rows.push(cellsOf(line));
    else {
      rows = [cellsOf(line)];
      blocks.push({ is: 'table', rows });
    }
  }
  return blocks;
}

export function readCard(markdown: string): ModelCard {
  const [head = '', ...others] = markdown.replaceAll('\r', '').split(/^## +/m);
  const [, title = '', rest = head] = /^# +(.*)\n([\s\S]*)$/.exec(head) ?? [];
  const sections = others.map((text): CardSection => {
    const [name = '', ...lines] = text.split('\n');
    return { title: name.trim(), blocks: blocksOf(lines) };
  });
  return { title: title.trim(), sections: [{ title: '', blocks: blocksOf(rest.split('\n')) }, ...sections] };
}
