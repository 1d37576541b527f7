import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type CardBlock, readCard } from '../../../../src/present/words/modelCard';
import { textOf } from '../../../../src/present/words/panelWords';

const models = new URL('../../../../models/', import.meta.url);
const words = (block: CardBlock) => (block.is === 'table' ? block.rows.map((row) => row.join(' / ')) : [`${block.is}: ${textOf(block.phrases)}`]);

describe('a model card', () => {
  it('is read as sections of paragraphs, items and tables', () => {
    const card = readCard(
      '# A *model*\r\n\r\nWhat `it` is.\n\n## Figures\n\n| goal | measured |\n|---|---|\n| loss | **4.3** |\n\nMore.\n- **Templates.** Some <b>.\n',
    );
    expect(card.title).toBe('A *model*');
    expect(card.sections.map(({ title, blocks }) => [title, blocks.flatMap(words)])).toEqual([
      ['', ['paragraph: What it is.']],
      ['Figures', ['goal / measured', 'loss / 4.3', 'paragraph: More.', 'item: Templates. Some <b>.']],
    ]);
    const [, figures] = card.sections;
    expect(figures?.blocks.at(-1)).toMatchObject({ phrases: [{ text: 'Templates.', isStrong: true }, { text: ' Some <b>.' }] });
  });

  it('is a paragraph where it has no form', () =>
    expect(readCard('only words')).toEqual({ title: '', sections: [{ title: '', blocks: [expect.anything()] }] }));

  const trained = readdirSync(models).filter((name) => name !== 'encoder-untrained');
  it.each(trained)('of %s says what helped it and what it cannot do', (name) => {
    const { title, sections } = readCard(readFileSync(new URL(`${name}/card.md`, models), 'utf8'));
    expect(title).not.toBe('');
    for (const wanted of ['What helped it', 'What it cannot do'])
      expect(sections.find((section) => section.title === wanted)?.blocks.length).toBeGreaterThan(0);
  });
});
