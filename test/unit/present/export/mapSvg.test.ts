import { expect, it } from 'vitest';
import { escaped } from '../../../../src/present/export/mapSvg';

it.each([
  ['markup', '<b a="1">&', '&lt;b a=&quot;1&quot;&gt;&amp;'],
  ['what XML has no place for', 'a\u0000b\u001f\ufffe\ud800c', 'a\ufffdb\ufffd\ufffd\ufffdc'],
  ['letters of any script', 'שלום 今日 😀', 'שלום 今日 😀'],
])('%s', (_, words, expected) => expect(escaped(words)).toBe(expected));
