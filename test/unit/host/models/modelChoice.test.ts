import { describe, expect, it } from 'vitest';
import { defaultModel, labelOf, modelGroups, needOfModel, rowOf, withNeed, withRecent } from '../../../../src/host/models/modelChoice';
import type { ListedModel } from '../../../../src/host/platform/platform';
import { modelWithInput } from '../fakeRun';

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

describe('the row of a model', () => {
  it.each([
    ['the current one', { reference: 'bundled:a', name: 'bundled:a', description: '1 MB' }, '$(check) a', '1 MB'],
    ['another one', { reference: '/b', name: 'b', description: '2 MB · /b' }, 'b', '2 MB · /b'],
    [
      'one that lacks something',
      { reference: '/b', name: 'b', description: '2 MB', need: 'needs a tokenizer.json' },
      'b',
      '$(warning) needs a tokenizer.json · 2 MB',
    ],
  ])('%s', (_, model, label, description) => expect(rowOf(model, 'bundled:a')).toEqual({ label, description, reference: model.reference }));

  it('needs what its inputs lack', () => {
    expect(needOfModel(modelWithInput('m', 'langs', false))).toBe('needs a value for langs');
    expect(needOfModel(modelWithInput('m', 'langs', true))).toBeUndefined();
  });

  it('keeps what models needed, the newest, and forgets it once they run', () => {
    const needs = withNeed(withNeed({}, '/a', 'needs x'), '/b', 'needs y');
    expect(needs).toEqual({ '/a': 'needs x', '/b': 'needs y' });
    expect(withNeed(needs, '/a', undefined)).toEqual({ '/b': 'needs y' });
    const many = Array.from({ length: 40 }, (_, i) => `/m${i}`).reduce((all, reference) => withNeed(all, reference, 'needs x'), {});
    expect(Object.keys(many)).toHaveLength(32);
    expect(Object.keys(many).at(-1)).toBe('/m39');
  });
});
