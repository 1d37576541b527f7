// Graph facts of a model: what its inputs are for, where attention is, and where each activation lies. Knows no numbers of a run.

import type { Tower } from '../core/names';
import type { CaptureRef } from './facts/captures';
import type { GraphFacts } from './facts/graphFacts';
import type { GraphOutput } from './facts/inputs';
import { bfloat16, float16, float32, float64, int4, int8, uint4, uint8 } from './file/elementTypes';
import type { OnnxModel } from './file/model';
import type { Graph } from './graph/graph';
import { graphOf } from './graph/graphOf';
import { readEmbeddings } from './layers/embeddings';
import { arrangeLayers } from './layers/layers';
import { inputRoles } from './roles/inputRoles';
import { answerWidth, outputRoles } from './roles/outputRoles';
import { causalityOf } from './sites/causality';
import { findAttention } from './sites/findAttention';

/** Halves that every reader widens to float32 first: the model computes in float32, only its file is smaller. */
function isWidened(graph: Graph, tensor: string): boolean {
  const readers = graph.readers(tensor);
  return readers.length > 0 && readers.every(({ node }) => node.op === 'Cast' && node.attributes.get('to')?.int === float32);
}

function precisionOf(graph: Graph): GraphFacts['precision'] {
  const sizes = new Map<string, number>();
  const count = (kind: string, size: number) => sizes.set(kind, (sizes.get(kind) ?? 0) + size);
  const packed = new Set(
    graph.model.nodes
      .filter((node) => node.op === 'MatMulNBits' || node.op === 'MatMulBnb4' || node.op === 'GatherBlockQuantized')
      .flatMap((node) => node.inputs),
  );
  for (const tensor of graph.model.initializers.values()) {
    const size = tensor.dims.reduce((product, dim) => product * dim, 1);
    if (size < 64) continue;
    if (packed.has(tensor.name) && tensor.type !== float32 && tensor.type !== float16) count('int4', size);
    else if (tensor.type === float32 || tensor.type === float64) count('float32', size);
    else if (tensor.type === float16 || tensor.type === bfloat16) count(isWidened(graph, tensor.name) ? 'float32' : 'float16', size);
    else if (tensor.type === uint8 || tensor.type === int8) count('int8', size);
    else if (tensor.type === uint4 || tensor.type === int4) count('int4', size);
  }
  if (sizes.has('int4')) return sizes.has('float16') ? 'mixed' : 'int4';
  if (sizes.has('int8')) return sizes.has('float16') ? 'mixed' : 'int8';
  return sizes.has('float16') ? 'float16' : 'float32';
}

function answer(outputs: readonly GraphOutput[], role: GraphOutput['role'], graph: Graph): CaptureRef | undefined {
  const output = outputs.find((one) => one.role === role);
  if (!output) return undefined;
  const rank = output.dims.length || graph.rank(output.name);
  return [{ tensor: output.name, axes: rank === 2 && output.dims.length > 0 ? 'td' : '*td' }];
}

/** Inputs that the queries of each tower's first attention depend on. */
function sourcesOf(graph: Graph, layers: ReturnType<typeof arrangeLayers>): Map<Tower, ReadonlySet<string>> {
  const sources = new Map<Tower, ReadonlySet<string>>();
  layers.sites.forEach((site, i) => {
    const found = layers.found[i];
    if (!sources.has(site.tower) && found) sources.set(site.tower, graph.ancestors(found.querySource));
  });
  return sources;
}

export interface AnalysisHints {
  /** How many tokens the tokenizer knows: the table of tokens has a row for each. */
  readonly tokenCount?: number;
}

/** Everything that can be said of a model before it runs. Problem onnxTooLarge where that would take too long. */
export function analyse(model: OnnxModel, hints: AnalysisHints = {}): GraphFacts {
  const graph = graphOf(model);
  const { sites: found, rejected } = findAttention(graph);
  const layers = arrangeLayers(graph, found);
  const width = answerWidth(graph);
  const inputs = inputRoles(graph, { found: layers.found, sites: layers.sites, ...hints, ...(width !== undefined && { answerWidth: width }) });
  const outputs = outputRoles(graph, layers.found, inputs);
  const isDecoderFile = inputs.some((input) => input.role === 'pastKeyValue' || input.role === 'encoderStates');
  const towerOf = (tower: Tower): Tower => (isDecoderFile ? 'decoder' : tower);
  const sites = layers.sites.map((site, i) => {
    const isCausal = layers.found[i] && site.kind === 'self' ? causalityOf(graph, layers.found[i]) : false;
    return { ...site, tower: towerOf(site.tower), ...(isCausal !== undefined && { isCausal }) };
  });
  const embeddings = readEmbeddings(graph, inputs, sites, new Map([...sourcesOf(graph, layers)].map(([tower, names]) => [towerOf(tower), names])));
  const logits = answer(outputs, 'logits', graph);
  const hidden = answer(outputs, 'hiddenStates', graph);
  return {
    inputs,
    unread: model.unusedInputs,
    outputs,
    sites,
    blocks: layers.blocks.map((block) => ({ ...block, tower: towerOf(block.tower) })),
    ...embeddings,
    ...(logits && { logits }),
    ...(hidden && !logits && { lastHiddenState: hidden }),
    rejected,
    opset: model.opsets.get('') ?? 0,
    producer: model.producer,
    nodeCount: model.nodes.length,
    precision: precisionOf(graph),
    added: graph.sides,
  };
}
