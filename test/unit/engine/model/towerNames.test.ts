import { describe, expect, it } from 'vitest';
import { namedFacts } from '../../../../src/engine/model/towerNames';
import type { GraphFacts } from '../../../../src/onnx/facts/graphFacts';
import type { Site } from '../../../../src/onnx/facts/site';

const site = (change: Partial<Site>) => ({ tower: 'encoder', layer: 0, kind: 'self', ...change }) as Site;
const factsOf = (...sites: readonly Site[]) => ({ sites, blocks: [], towers: [], logits: [{ tensor: 'out', axes: 'td' }] }) as unknown as GraphFacts;
const towersOf = (facts: GraphFacts) => facts.sites.map((one) => one.tower).join();

describe('names of towers', () => {
  it.each([
    ['a causal model', factsOf(site({ isCausal: true })), 'model', 'decoder'],
    ['a model that reads both ways', factsOf(site({ isCausal: false })), 'model', 'encoder'],
    ['an encoder file, whatever its mask', factsOf(site({ isCausal: true })), 'encoder', 'encoder'],
    ['a step file', factsOf(site({ kind: 'cross' })), 'decoderStep', 'decoder'],
    ['one file with two towers', factsOf(site({}), site({ tower: 'decoder' })), 'model', 'encoder,decoder'],
  ] as const)('%s', (_name, facts, role, towers) => expect(towersOf(namedFacts(facts, role))).toBe(towers));
  it('an encoder file without attention still predicts nothing', () => {
    expect(namedFacts(factsOf(), 'encoder').logits).toBeUndefined();
    expect(namedFacts(factsOf(), 'decoder').logits).toBeDefined();
  });
});
