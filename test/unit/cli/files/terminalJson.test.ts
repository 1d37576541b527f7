import { expect, it } from 'vitest';
import { terminalJson } from '../../../../src/cli/files/terminalJson';
import { printable } from '../../../../src/core/problem';

const hostile: readonly (readonly [string, string])[] = [
  ['ESC [ 2 J', '\u001b[2J'],
  ['a command of the second control set', '\u009b2J'],
  ['an operating system command', '\u001b]0;title\u0007'],
  ['DEL', 'a\u007fb'],
  ['a carriage return over what was written', 'verified\rfailed'],
  ['letters turned round', '\u202egnp.exe'],
  ['isolated directions', '\u2066a\u2069'],
  ['an Arabic letter mark', '\u061c1'],
  ['line and paragraph separators', 'a\u2028b\u2029c'],
];
const obeyed = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

it.each(hostile)('%s is text only', (_, name) => {
  for (const space of [undefined, 2]) {
    const json = terminalJson({ [name]: [name] }, space);
    expect(json.replaceAll('\n', '')).not.toMatch(obeyed);
    expect(JSON.parse(json)).toEqual({ [name]: [name] });
  }
  expect(printable(name)).not.toMatch(obeyed);
});

/** All characters from one number to another, both included. */
const between = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => String.fromCodePoint(first + i));

it.each([
  ['the first set of control characters', between(0x00, 0x1f)],
  ['DEL and the second set of control characters', between(0x7f, 0x9f)],
  ['marks that embed and override directions', between(0x202a, 0x202e)],
  ['marks that isolate directions', between(0x2066, 0x2069)],
  ['marks of direction', ['\u200e', '\u200f', '\u061c']],
  ['separators of lines and paragraphs', ['\u2028', '\u2029']],
])('of %s none is let through', (_, characters) => {
  const name = `a${characters.join('b')}c`;
  expect(printable(name)).toMatch(/^[abc ]*$/);
  expect(terminalJson(name)).toMatch(/^[ -~]*$/);
  expect(JSON.parse(terminalJson(name))).toBe(name);
});

it.each([
  ['invisible characters', 'a\u200bb\ufeff'],
  ['tags beyond the first plane', '\u{e0041}'],
  ['a lone surrogate', '\ud83d'],
])('%s are written as numbers', (_, name) => {
  expect(terminalJson(name)).toMatch(/^"[ -~]*"$/);
  expect(JSON.parse(terminalJson(name))).toBe(name);
});

it.each(['Ġthe', '▁server', '服务器', 'é😀', 'a "quoted" \\ name'])('%s stays as it is', (name) => expect(terminalJson(name)).toBe(JSON.stringify(name)));
