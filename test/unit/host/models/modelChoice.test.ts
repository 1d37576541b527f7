import { describe, expect, it } from 'vitest';
import { defaultModel, labelOf, modelGroups, withRecent } from '../../../../src/host/models/modelChoice';
import type { ListedModel } from '../../../../src/host/platform/platform';

const listed = (...references: string[]): ListedModel[] => references.map((reference) => ({ reference, name: reference, description: '' }));

describe('the models offered', () => {
  it('come in groups, each once', () => {
    const groups = modelGroups({ bundled: listed('bundled:encoder'), recent: listed('/a'), configured: listed('/a', '/b') });
    expect(groups.map(({ title, models }) => [title, models.map(({ reference }) => reference)])).toEqual([
      ['with the extension', ['bundled:encoder']],
      ['recent', ['/a']],
      ['from settings', ['/b']],
    ]);
    expect(modelGroups({ bundled: [], recent: listed('/a'), configured: listed('/a') })).toHaveLength(1);
  });

  it('remember the latest first, and no bundled ones', () => {
    expect(withRecent(['/a', '/b'], '/b')).toEqual(['/b', '/a']);
    expect(withRecent(['/a'], 'bundled:encoder')).toEqual(['/a']);
    expect(withRecent(['1', '2', '3', '4', '5', '6', '7', '8'], '9')).toHaveLength(8);
  });

  it.each([
    ['bundled:encoder', 'encoder'],
    ['/home/me/all-MiniLM-L6-v2', 'all-MiniLM-L6-v2'],
    ['/home/me/export/', 'export'],
    ['C:\\models\\bert\\model.onnx', 'model.onnx'],
  ])('%s is called %s', (reference, label) => expect(labelOf(reference)).toBe(label));

  it.each([
    ['/mine', ['bundled:encoder'], '/mine'],
    ['', ['bundled:decoder', 'bundled:encoder'], 'bundled:encoder'],
    ['', ['bundled:planted'], 'bundled:planted'],
    ['', [], 'bundled:encoder'],
  ])('default %j of %j', (configured, bundled, expected) => expect(defaultModel(configured, listed(...bundled))).toBe(expected));
});
