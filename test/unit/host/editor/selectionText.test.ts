import { describe, expect, it } from 'vitest';
import { selectionTextOf } from '../../../../src/host/editor/selectionText';

/** `|` is the caret, `‹ ›` the selection. */
function selected(marked: string) {
  const text = marked.replace(/[|‹›]/g, '');
  const caret = marked.indexOf('|');
  const [start, end] = caret >= 0 ? [caret, caret] : [marked.indexOf('‹'), marked.indexOf('›') - 1];
  return { text, found: selectionTextOf({ text, uri: 'file:///a.txt', fileName: 'a.txt', start, end }) };
}

describe('the sentence at the caret', () => {
  it.each([
    ['in the first line', 'Server, can I ha|ve the check?\nLooks like I just crashed the server', 'Server, can I have the check?'],
    ['at the end of a line', 'Server, can I have the check?|\nLooks like I just crashed the server', 'Server, can I have the check?'],
    ['at the start of a line', 'Server, can I have the check?\n|Looks like I just crashed the server', 'Looks like I just crashed the server'],
    ['lines without full stops stay apart', 'Looks like I cra|shed\nServer, the check', 'Looks like I crashed'],
    ['one of several in a line', 'It rains. It po|urs. It stops.', 'It pours.'],
    ['behind the last one', 'It rains. It pours.  |', 'It pours.'],
    [
      'over wrapped lines',
      'The analysis generated from these embeddings spells out the bias\nimplicit in the da|ta. Next.',
      'The analysis generated from these embeddings spells out the bias\nimplicit in the data.',
    ],
    ['not over a short line', 'the cat sat\r\nthe dog r|an\r\n', 'the dog ran'],
    ['not over a blank line', 'we ate\n\nat the rest|aurant', 'at the restaurant'],
    ['without indentation', '    // the ser|ver  ', '// the server'],
    ['beyond the basic plane', '😀😀 smile. 😀 Ag|ain!', '😀 Again!'],
    ['French', "Jane visite l'Af|rique en septembre. Oui.", "Jane visite l'Afrique en septembre."],
    ['on a blank line', 'One.\n|\nTwo.', ''],
    ['in an empty file', '|', ''],
  ])('%s', (_, marked, sentence) => {
    const { text, found } = selected(marked);
    expect(found.text).toBe(sentence);
    expect(text.slice(found.start, found.start + found.text.length)).toBe(sentence);
    const caret = found.start + (found.caret ?? Number.NaN);
    expect(caret).toBe(Math.min(Math.max(marked.indexOf('|'), found.start), found.start + sentence.length));
  });

  it('is bounded in a file of one enormous line', () => {
    const text = 'word '.repeat(400_000);
    const { found } = selected(`${text.slice(0, 1_000_000)}|${text.slice(1_000_000)}`);
    expect(found.text.length).toBeLessThanOrEqual(10_000);
    expect(found.text.length).toBeGreaterThan(5_000);
  });
});

describe('a selection', () => {
  it('is taken as it is, with its place in the document', () => {
    expect(selected('One.\n 😀 ‹Two. ›Three.').found).toEqual({ text: 'Two. ', uri: 'file:///a.txt', start: 9, label: 'a.txt : 2' });
  });

  it('is called after the line of its first word', () => {
    expect(selected('One.‹\n\nTwo.›').found.label).toBe('a.txt : 3');
  });
});

it('says which version of the document the text is of, where there is a document', () => {
  const place = { text: 'one two', uri: 'file:///a.txt', fileName: 'a.txt', start: 0, end: 3 };
  expect(selectionTextOf({ ...place, version: 7 })).toEqual({ text: 'one', uri: 'file:///a.txt', start: 0, label: 'a.txt : 1', documentVersion: 7 });
  expect(selectionTextOf(place)).not.toHaveProperty('documentVersion');
});
