// Draws mutations, each group as often as it stands here: of the graph, of its numbers, of what is looked up, of tokens, of attention.

import type { Random } from '../support/random';
import { branchKinds } from './branchKinds';
import { constantKinds } from './constantKinds';
import { headKinds } from './headKinds';
import { type Mutation, pick } from './mutation';
import { structureKinds } from './structureKinds';
import { tableKinds } from './tableKinds';
import { tokenKinds } from './tokenKinds';
import { transformKinds } from './transformKinds';

const groups: readonly (readonly Mutation[])[] = [
  structureKinds,
  constantKinds,
  tableKinds,
  tokenKinds,
  tokenKinds,
  headKinds,
  branchKinds,
  transformKinds,
  transformKinds,
  transformKinds,
  transformKinds,
];

export function drawMutation(random: Random): Mutation {
  return pick(pick(groups, random) as readonly Mutation[], random) as Mutation;
}
