// Mutations at the tensors of an attention and of its layer, wherever their numbers were found: a step more where they are read.

import { drawn, type Mutation, nameAt, type Patient, pick } from './mutation';
import type { Edge } from './onnxGraph';
import { type Transform, transforms } from './transforms';

/** What is rotated is read more than once, and is one thing only if all that read it read the same. */
const areOne = ['q', 'k', 'rot_q', 'rot_k'];

/** What a layer adds is given before a factor for each feature (LayerScale), which check 6 takes into account. */
const scaledOutputs = ['attn_out', 'mlp_out'];

/** All edges with the same tensor as one of them, or that one alone. */
function chosenEdges({ random }: Patient, edges: readonly Edge[], activation: string): readonly Edge[] {
  const edge = pick(edges, random) as Edge;
  return !areOne.includes(activation) && random.below(2) === 0 ? [edge] : edges.filter((other) => nameAt(other) === nameAt(edge));
}

/** `transform` where the activation is read. The dimensions there are those of the tensor on the edge. */
function changedWhereRead(activation: string, transform: Transform): Mutation {
  return {
    name: `${activation}: ${transform.name}`,
    rule: 'numbers',
    eitherSide: transform.isFactor || (transform.isFeatureFactor && scaledOutputs.includes(activation)) ? [activation] : [],
    leavesOpen: transform.name === 'another tensor in its place' ? opened[activation] : [],
    make(patient) {
      const found = drawn(patient, activation);
      const edges = found && chosenEdges(patient, found.edges, activation);
      const dims = edges && patient.dimsOf.get(nameAt(edges[0] as Edge));
      if (!found || !edges || !dims) return undefined;
      let done: string | undefined;
      patient.graph.onEdges(edges, (input, before) => {
        done = transform.make(patient, input, before, dims);
        return done ?? input;
      });
      return done && `${found.one.key} where ${edges.map(({ node }) => node.op).join(' and ')} reads it`;
    },
  };
}

/** With another tensor in its place, what led to the old one is that of nothing. */
const opened: Readonly<Record<string, readonly string[]>> = {
  scores: ['q', 'k', 'rot_q', 'rot_k'],
  pattern: ['q', 'k', 'rot_q', 'rot_k', 'scores'],
  rot_q: ['q'],
  rot_k: ['k'],
  z: ['v', 'pattern', 'scores', 'q', 'k', 'rot_q', 'rot_k'],
  attn_out: ['z', 'result', 'v', 'pattern', 'scores', 'q', 'k', 'rot_q', 'rot_k'],
};

const changed = ['q', 'k', 'v', 'rot_q', 'rot_k', 'scores', 'pattern', 'z', 'attn_out', 'resid_pre', 'resid_mid', 'mlp_pre', 'mlp_post', 'mlp_out', 'embed'];

export const transformKinds: readonly Mutation[] = changed.flatMap((activation) => transforms.map((transform) => changedWhereRead(activation, transform)));
