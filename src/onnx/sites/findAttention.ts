// The ordered list of recognisers, and the walk over a graph that asks them.

import { refuse } from '../../core/problem';
import type { FoundSite, Recognition, Rejected } from '../facts/foundSite';
import type { Graph } from '../graph/graph';
import { nodeName } from '../weights/linear';
import { additiveSite } from './additive';
import { decomposedSite } from './decomposed';
import { fusedRecognisers } from './fused/fused';
import { joinHeads } from './joinHeads';
import { findSoftmaxes } from './softmax/softmaxes';
import type { SoftmaxLike } from './softmax/softmaxLike';
import { whyNoText } from './whyNoText';

const siteLimit = 2048;
/** Softmaxes without text have one cause, which is said of the first few. */
const toldLimit = 3;

export interface Found {
  readonly sites: readonly FoundSite[];
  readonly rejected: readonly Rejected[];
}

/** Ways of writing attention around a softmax, in the order in which they are asked; the first that finds a site has it. */
const softmaxRecognisers: readonly ((graph: Graph, softmax: SoftmaxLike) => Recognition | undefined)[] = [
  decomposedSite,
  // A softmax that weights states by a small network has no product of queries and keys.
  additiveSite,
];

/** The site, or the reason of the last recogniser that knew what it saw. */
function aroundSoftmax(graph: Graph, softmax: SoftmaxLike): Recognition | undefined {
  let found: Recognition | undefined;
  for (const recognise of softmaxRecognisers) {
    found = recognise(graph, softmax) ?? found;
    if (found && 'site' in found) return found;
  }
  return found;
}

/** All attention of a graph in order of computation, and the softmaxes that are none. */
export function findAttention(graph: Graph): Found {
  const sites: FoundSite[] = [];
  const rejected: Rejected[] = [];
  for (const softmax of findSoftmaxes(graph)) {
    if (!graph.isContent(softmax.input)) {
      if (rejected.length < toldLimit) rejected.push({ node: nodeName(softmax.node), reason: whyNoText(graph, softmax.input) });
      continue;
    }
    const finding = aroundSoftmax(graph, softmax);
    if (finding && 'site' in finding) sites.push(finding.site);
    else if (finding) rejected.push(finding.rejected);
    if (sites.length > siteLimit) refuse('onnxTooLarge', { file: graph.model.fileName, reason: `it has more than ${siteLimit} attentions` });
  }
  for (const node of graph.model.nodes) {
    for (const recognise of fusedRecognisers) {
      const finding = recognise(graph, node);
      if (!finding) continue;
      if ('site' in finding) sites.push(finding.site);
      else rejected.push(finding.rejected);
      break;
    }
  }
  return {
    sites: joinHeads(
      graph,
      sites.sort((a, b) => a.at.index - b.at.index),
    ),
    rejected,
  };
}
