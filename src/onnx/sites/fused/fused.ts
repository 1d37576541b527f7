// The fused attention operators that are recognised, one file each, and the reason for those that are not.

import type { Recognition } from '../../facts/foundSite';
import type { OnnxNode } from '../../file/model';
import type { Graph } from '../../graph/graph';
import { attentionOps } from '../../graph/operations';
import { nodeName } from '../../weights/linear';
import { attentionOperator } from './attentionOperator';
import { groupQueryAttention } from './groupQueryAttention';
import { multiHeadAttention } from './multiHeadAttention';
import { packedAttention } from './packedAttention';

export type Recogniser = (graph: Graph, node: OnnxNode) => Recognition | undefined;

function otherOperator(_graph: Graph, node: OnnxNode): Recognition | undefined {
  return attentionOps.has(node.op)
    ? { rejected: { node: nodeName(node), reason: `is the fused operator ${node.op}, which shows neither its scores nor its weights` } }
    : undefined;
}

/** In the order in which they are asked; the last one takes every other attention operator. */
export const fusedRecognisers: readonly Recogniser[] = [attentionOperator, multiHeadAttention, packedAttention, groupQueryAttention, otherOperator];
