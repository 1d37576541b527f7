import { describe, expect, it } from 'vitest';
import type { WrittenKey } from '../../../../src/captures/tensorSource';
import { captureLines } from '../../../../src/cli/commands/captureText';
import type { SiteActivation } from '../../../../src/core/names';

const site = (layer: number, activation: SiteActivation, ...dims: number[]): WrittenKey => ({
  key: { tower: 'encoder', layer, kind: 'self', activation },
  dims,
});
const layers = (count: number) => [...Array(count).keys()];
const embed: WrittenKey = { key: { tower: 'encoder', activation: 'embed' }, dims: [10, 160] };
const logits: WrittenKey = { key: { activation: 'logits' }, dims: [10, 6000] };

describe('what capture says it wrote', () => {
  it.each<[string, readonly WrittenKey[], readonly string[]]>([
    ['nothing', [], []],
    [
      'a line for each of a few',
      [embed, site(0, 'pattern', 4, 10, 10), site(1, 'pattern', 4, 10, 10)],
      ['encoder.embed           [10, 160]', 'encoder.0.self.pattern  [4, 10, 10]', 'encoder.1.self.pattern  [4, 10, 10]'],
    ],
    [
      'many stand together over their layers, in the order of the file',
      [embed, ...layers(12).flatMap((layer) => [site(layer, 'q', 4, 10, 40), site(layer, 'pattern', 4, 10, 10)]), logits],
      [
        'encoder.embed              [10, 160]',
        'encoder.0–11.self.q        [4, 10, 40]',
        'encoder.0–11.self.pattern  [4, 10, 10]',
        'logits                     [10, 6000]',
      ],
    ],
    [
      'layers of another shape, and what only some layers have, stand apart',
      [...layers(22).map((layer) => site(layer, 'z', layer === 5 ? 2 : 4, 10, 40)), site(3, 'q', 4, 10, 40)],
      ['encoder.0–4, 6–21.self.z  [4, 10, 40]', 'encoder.5.self.z          [2, 10, 40]', 'encoder.3.self.q          [4, 10, 40]'],
    ],
    [
      'towers and kinds stand apart',
      layers(11).flatMap((layer) => [
        { key: { tower: 'decoder', layer, kind: 'self', activation: 'z' }, dims: [4, 3, 8] },
        { key: { tower: 'decoder', layer, kind: 'cross', activation: 'z' }, dims: [4, 3, 8] },
      ]),
      ['decoder.0–10.self.z   [4, 3, 8]', 'decoder.0–10.cross.z  [4, 3, 8]'],
    ],
  ])('%s', (_, written, lines) => expect(captureLines(written)).toEqual(lines));
});
