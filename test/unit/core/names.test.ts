import { describe, expect, it } from 'vitest';
import { captureName, headName, isActivation, siteName } from '../../../src/core/names';

describe('names in exported files', () => {
  it.each([
    [{ tower: 'encoder', layer: 0, kind: 'self', activation: 'pattern' }, 'encoder.0.self.pattern'],
    [{ tower: 'decoder', layer: 3, kind: 'cross', activation: 'z' }, 'decoder.3.cross.z'],
    [{ tower: 'encoder', layer: 1, activation: 'resid_pre' }, 'encoder.1.resid_pre'],
    [{ tower: 'encoder', activation: 'embed' }, 'encoder.embed'],
    [{ activation: 'logits' }, 'logits'],
  ] as const)('%j is %s', (key, expected) => expect(captureName(key)).toBe(expected));

  it('says the tower only where there are several', () => {
    const site = { tower: 'decoder', layer: 3, kind: 'cross' } as const;
    expect(siteName(site)).toBe('decoder.3.cross');
    expect(headName(site, 5, false)).toBe('L3H5');
    expect(headName(site, 5, true)).toBe('D·L3H5×');
    expect(headName({ ...site, tower: 'encoder', kind: 'self' }, 0, true)).toBe('E·L3H0');
  });

  it('knows its words', () => {
    expect(isActivation('mlp_post')).toBe(true);
    expect(isActivation('weights')).toBe(false);
  });
});
