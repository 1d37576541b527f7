// Tower names of a file's facts: by what the file is for; a model of one tower is a decoder when it is causal, else an encoder.

import type { Tower } from '../../core/names';
import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { ModelFileRole } from '../../protocol/modelSource';

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

/** The encoder file of two predicts nothing: a linear layer at its end makes states for the decoder. */
function withoutLogits({ logits: _states, ...facts }: GraphFacts): GraphFacts {
  return facts;
}

/** Facts named after the file's role; a single file keeps a decoder that the graph shows, else it is named by whether its attention is causal. */
export function namedFacts(facts: GraphFacts, role: ModelFileRole): GraphFacts {
  if (role === 'encoder') return withTower(withoutLogits(facts), 'encoder');
  if (onlyTower(facts) === undefined) return facts;
  if (role !== 'model') return withTower(facts, 'decoder');
  const isDecoder = onlyTower(facts) === 'decoder' || facts.sites.some((site) => site.isCausal === true);
  return withTower(facts, isDecoder ? 'decoder' : 'encoder');
}
