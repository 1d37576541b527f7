import { describe, expect, it } from 'vitest';
import { metadataOf } from '../../../src/captures/captureMetadata';
import type { Check } from '../../../src/core/check';
import { runOf } from '../present/fixtures';

const site = { tower: 'encoder', layer: 0, kind: 'self' } as const;
const sampled: Check = { identity: 'scores', site, state: 'holds', absolute: 0, relative: 0, tolerance: 1e-4, rows: { compared: 32, of: 128 } };
const metadata = (change: Parameters<typeof runOf>[0], checks: readonly Check[] = []) => metadataOf(runOf(change, checks), 'abc', '1.2.3');

describe('metadata of a captured file', () => {
  it.each([
    ['tool', 'transformer-inspector'],
    ['version', '1.2.3'],
    ['model_sha256', 'abc'],
    ['text', 'crashed the server'],
    ['badge', 'verified'],
    ['badge_notes', '["scores: 32 of 128 rows compared"]'],
    ['generated_ids', '[]'],
    ['padded_to', '24'],
    ['truncated', '{"usedTokens":5,"allTokens":9,"usedCharacters":18}'],
  ])('%s', (name, value) => expect(metadata({ paddedTo: 24, truncated: { usedTokens: 5, allTokens: 9, usedCharacters: 18 } }, [sampled])[name]).toBe(value));
  it('holds what is to be said of the text', () => {
    const notes = [{ text: '2 of 2 words are unknown to this model', isWarning: true }];
    expect(metadata({ notes }).text_notes).toBe('["2 of 2 words are unknown to this model"]');
  });
  it('holds lists as JSON, one entry per token', () => {
    const lists = ['tokens', 'ids', 'offsets'].map((name) => JSON.parse(metadata({})[name] ?? ''));
    expect(lists.map((list) => list.length)).toEqual([5, 5, 5]);
    expect(JSON.parse(metadata({}, [sampled]).checks ?? '')).toEqual([sampled]);
  });
  it.each(['pair', 'target', 'truncated', 'padded_to', 'text_notes'])('leaves %s out where there is none', (name) =>
    expect(metadata({})).not.toHaveProperty(name));
});
