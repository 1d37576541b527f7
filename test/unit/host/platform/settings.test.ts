import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../../src/host/platform/settings';

const defaults = {
  defaultModel: '',
  modelPaths: [],
  threads: 0,
  engine: { choice: 'wasm' },
  memoryLimitInBytes: 256 * 2 ** 20,
  specialTokens: 'dim',
  ends: 'auto',
};

describe('settings', () => {
  it.each([
    ['nothing set', {}, defaults],
    [
      'all set',
      {
        'model.default': ' /m ',
        'models.paths': ['/a', ' '],
        'engine.backend': 'native',
        'engine.nativePath': ' /ort ',
        'engine.threads': 2,
        'engine.memoryLimitMB': 1,
        specialTokens: 'hide',
        'tokens.bosEos': 'none',
      },
      {
        defaultModel: '/m',
        modelPaths: ['/a'],
        engine: { choice: 'native', nativePath: '/ort' },
        threads: 2,
        memoryLimitInBytes: 2 ** 20,
        specialTokens: 'hide',
        ends: 'none',
      },
    ],
    [
      'all wrong',
      {
        'model.default': 3,
        'models.paths': 'x',
        'engine.backend': 'cuda',
        'engine.nativePath': 7,
        'engine.threads': -1,
        'engine.memoryLimitMB': Number.NaN,
        specialTokens: 'blink',
        'tokens.bosEos': 'yes',
      },
      defaults,
    ],
  ] as const)('%s', (_, values: Readonly<Record<string, unknown>>, expected) => expect(readSettings((name) => values[name])).toEqual(expected));
});
