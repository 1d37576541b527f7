// Tower names of a file's facts: by what the file is for; a model of one tower is a decoder when it is causal, else an encoder.

import type { Tower } from '../core/names';
import type { GraphFacts } from '../onnx/site';
import type { ModelFileRole } from '../protocol/modelSource';

/** The same facts with every tower called `tower`. */
export function withTower(facts: GraphFacts, tower: Tower): GraphFacts {
  const renamed = <T extends { readonly tower: Tower }>(items: readonly T[]) => items.map((item) => ({ ...item, tower }));
  return { ...facts, sites: renamed(facts.sites), blocks: renamed(facts.blocks), towers: renamed(facts.towers) };
}

/** The one tower that the facts know, if it is one. */
export function onlyTower(facts: GraphFacts): Tower | undefined {
  const names = new Set(facts.sites.map((site) => site.tower));
  return names.size === 1 ? facts.sites[0]?.tower : undefined;
}

/** Facts named after the file's role; a single file is named by whether its attention is causal. */
export function namedFacts(facts: GraphFacts, role: ModelFileRole): GraphFacts {
  if (onlyTower(facts) === undefined) return facts;
  if (role === 'encoder') return withTower(facts, 'encoder');
  if (role !== 'model') return withTower(facts, 'decoder');
  return withTower(facts, facts.sites.some((site) => site.isCausal === true) ? 'decoder' : 'encoder');
}
