// Draws mutations: a kind of graph change, of token change or of attention change, each group as often as said here.

import type { Random } from '../support/random';
import { attentionKinds } from './attentionKinds';
import { type Mutation, pick } from './mutation';
import { structureKinds } from './structureKinds';
import { tokenKinds } from './tokenKinds';

const groups: readonly (readonly Mutation[])[] = [structureKinds, tokenKinds, attentionKinds, attentionKinds];

export function drawMutation(random: Random): Mutation {
  return pick(pick(groups, random) as readonly Mutation[], random) as Mutation;
}
