// Deliberately wrong readings of a graph: each takes true facts and makes one mistake that a recogniser could make.
// `undefined`: the mistake cannot be made with this site.

import type { Identity } from '../../../src/core/check';
import { type Activation, siteName } from '../../../src/core/names';
import type { Block } from '../../../src/onnx/facts/block';
import type { CaptureRef, TensorRef } from '../../../src/onnx/facts/captures';
import type { GraphFacts } from '../../../src/onnx/facts/graphFacts';
import type { ScoreStep, Site } from '../../../src/onnx/facts/site';
import type { OnnxModel } from '../../../src/onnx/file/readModel';
import { graphOf } from '../../../src/onnx/graph/graphOf';

export interface Mistake {
  readonly name: string;
  /** The identity that must notice. */
  readonly identity: Identity;
  make(site: Site, facts: GraphFacts, model: OnnxModel): Site | undefined;
  /** The same of the site's layer, where the mistake is one of its block. */
  makeBlock?(block: Block, facts: GraphFacts): Block | undefined;
}

const reletter = (ref: CaptureRef, from: string, to: string): CaptureRef => ref.map((part) => ({ ...part, axes: part.axes.replace(from, to) }));

/** The ref with two letters exchanged; undefined where it does not have both. */
function exchanged(ref: CaptureRef | undefined, a: string, b: string): CaptureRef | undefined {
  if (!ref?.every(({ axes }) => axes.includes(a) && axes.includes(b))) return undefined;
  return ref.map((part) => ({ ...part, axes: [...part.axes].map((letter) => (letter === a ? b : letter === b ? a : letter)).join('') }));
}

function withCaptures(site: Site, captures: Partial<Record<Activation, CaptureRef | undefined>>): Site | undefined {
  if (Object.values(captures).some((ref) => ref === undefined)) return undefined;
  return { ...site, captures: { ...site.captures, ...captures } as Site['captures'] };
}

function swapQueryAndKey(site: Site): Site | undefined {
  const { q, k, rot_q, rot_k } = site.captures;
  if (!site.scoreSteps || !q || !k) return undefined;
  const plain = { q: reletter(k, 'k', 'q'), k: reletter(q, 'q', 'k') };
  return withCaptures(site, rot_q && rot_k ? { ...plain, rot_q: reletter(rot_k, 'k', 'q'), rot_k: reletter(rot_q, 'q', 'k') } : plain);
}

function scaleTwice(site: Site): Site | undefined {
  const { scoreSteps } = site;
  return scoreSteps && { ...site, scoreSteps: [{ op: 'multiply', by: { value: 2 } }, ...scoreSteps] };
}

function withoutSteps(site: Site, isLeftOut: (step: ScoreStep) => boolean): Site | undefined {
  const steps = site.scoreSteps?.filter((step) => !isLeftOut(step));
  return steps && steps.length < (site.scoreSteps?.length ?? 0) ? { ...site, scoreSteps: steps } : undefined;
}

/** Heads counted along the wrong axis: [head, e] read as [e, head], or the parts of heads kept apart in another order. */
function shiftHeads(site: Site, activation: 'z' | 'v'): Site | undefined {
  const ref = site.captures[activation];
  if (ref && ref.length > 1) return withCaptures(site, { [activation]: [...ref.slice(1), ref[0]] as CaptureRef });
  return withCaptures(site, { [activation]: exchanged(ref, 'h', 'e') ?? exchanged(ref, '*', 'e') });
}

/** A like site elsewhere in the model: the same tower and kind, another layer. */
const neighbour = (site: Site, facts: GraphFacts) => facts.sites.find((one) => one.tower === site.tower && one.kind === site.kind && one.layer !== site.layer);

function ofNeighbour(site: Site, facts: GraphFacts, activation: Activation): Site | undefined {
  return withCaptures(site, { [activation]: neighbour(site, facts)?.captures[activation] });
}

const norms = ['RMSNormalization', 'LayerNormalization', 'SimplifiedLayerNormalization', 'LpNormalization'];
/** A norm on k stands after the projection. */
const projection = /MatMul|Gemm|Einsum|Conv/;
/** Their other inputs say where to, not what. */
const movers = ['Reshape', 'Expand', 'Slice', 'Unsqueeze', 'Squeeze', 'Gather', 'Tile', 'Split'];
const sums = ['ReduceL2', 'ReduceMean', 'ReduceSumSquare', 'ReduceSum'];

/** The tensor that enters the norm whose output is near `tensor`: read both by a sum and by what is divided or multiplied. */
function beforeNorm(model: OnnxModel, tensor: string): string | undefined {
  const makers = new Map(model.nodes.flatMap((node) => node.outputs.map((output): [string, OnnxModel['nodes'][number]] => [output, node])));
  const readers = new Map<string, number>();
  const queue = [tensor];
  let hasSum = false;
  for (let i = 0; i < Math.min(queue.length, 14); i++) {
    const node = makers.get(queue[i] as string);
    if (!node || projection.test(node.op)) continue;
    if (norms.includes(node.op)) return node.inputs[0];
    hasSum ||= sums.includes(node.op);
    const inputs = movers.includes(node.op) ? node.inputs.slice(0, 1) : node.inputs;
    for (const input of inputs.filter((name) => makers.has(name))) {
      readers.set(input, (readers.get(input) ?? 0) + 1);
      if (hasSum && (readers.get(input) ?? 0) > 1) return input;
      if (!queue.includes(input)) queue.push(input);
    }
  }
  return undefined;
}

/** The key as it enters its norm. Of a rotary model only the rotated key is vouched for, by check 1. */
function unnormed(site: Site, model: OnnxModel): Site | undefined {
  const [part, ...more] = site.captures.k ?? [];
  if (!part || more.length > 0 || site.captures.rot_k) return undefined;
  const tensor = beforeNorm(model, part.tensor);
  return tensor === undefined ? undefined : withCaptures(site, { k: [{ ...part, tensor }] });
}

/** A mistake in what belongs to the layer, which identity 6 must notice. */
const ofBlock = (name: string, makeBlock: NonNullable<Mistake['makeBlock']>): Mistake => ({ name, identity: 'residual', make: () => undefined, makeBlock });

const isMask = (step: ScoreStep) => step.op === 'where' || (step.op === 'add' && step.role === 'mask');

export const mistakes: readonly Mistake[] = [
  { name: 'q and k exchanged', identity: 'scores', make: swapQueryAndKey },
  { name: 'twice the scale', identity: 'scores', make: scaleTwice },
  { name: 'heads of z along the wrong axis', identity: 'mix', make: (site) => shiftHeads(site, 'z') },
  { name: 'heads of v along the wrong axis', identity: 'mix', make: (site) => shiftHeads(site, 'v') },
  { name: 'k in the place of v', identity: 'mix', make: (site) => withCaptures(site, { v: site.captures.k && [...site.captures.k] }) },
  {
    name: 'the mask left out',
    identity: 'scores',
    make: (site) => (site.tower === 'decoder' && site.kind === 'self' ? withoutSteps(site, isMask) : undefined),
  },
  { name: 'the bias left out', identity: 'scores', make: (site) => withoutSteps(site, (step) => step.op === 'add' && step.role === 'bias') },
  { name: 'the soft-cap left out', identity: 'scores', make: (site) => withoutSteps(site, (step) => step.op === 'softcap') },
  { name: 'the sink left out', identity: 'softmax', make: (site) => (site.sink ? { ...site, sink: undefined } : undefined) },
  { name: 'k before its norm', identity: 'scores', make: (site, _, model) => unnormed(site, model) },
  { name: 'the pattern of another layer', identity: 'softmax', make: (site, facts) => ofNeighbour(site, facts, 'pattern') },
  { name: 'the scores of another layer', identity: 'softmax', make: (site, facts) => ofNeighbour(site, facts, 'scores') },
  {
    name: 'the attention output of another layer',
    identity: 'residual',
    make: (site, facts) => (site.residual?.addedIs === 'attn_out' ? ofNeighbour(site, facts, 'attn_out') : undefined),
  },
  ofBlock('the feed-forward output of another layer', (block, facts) => blockOfNeighbour(block, facts, 'mlp_out')),
  ofBlock('the stream before another layer', (block, facts) => blockOfNeighbour(block, facts, 'resid_pre')),
  ofBlock('the stream in another layer', (block, facts) => blockOfNeighbour(block, facts, 'resid_mid')),
  ofBlock('the stream after another layer', (block, facts) => blockOfNeighbour(block, facts, 'resid_post')),
  ofBlock('what enters the activation function of another layer', (block, facts) => blockOfNeighbour(block, facts, 'mlp_pre')),
  ofBlock('what leaves the activation function of another layer', (block, facts) => blockOfNeighbour(block, facts, 'mlp_post')),
  ofBlock('the stream after the layer before its norm', (block) => (block.endNorm ? blockWith(block, 'resid_post', block.end?.sum) : undefined)),
  ofBlock('the stream in the layer before its norm', (block, facts) => {
    const { residual } = facts.sites.findLast((site) => site.tower === block.tower && site.layer === block.layer) ?? {};
    return residual?.midNorm ? blockWith(block, 'resid_mid', residual.sum) : undefined;
  }),
  ofBlock('the feed-forward output after its norm or factor', (block) => (block.end?.map ? blockWith(block, 'mlp_out', block.end.added) : undefined)),
  { name: 'the attention output before its bias', identity: 'residual', make: (site, _, model) => beforeBias(site, model) },
  { name: 'the attention output without its adapter', identity: 'residual', make: (site, _, model) => oneBranch(site, model, 0) },
  { name: 'only the adapter of the attention output', identity: 'residual', make: (site, _, model) => oneBranch(site, model, 1) },
  {
    name: 'the attention output after its norm or factor',
    identity: 'residual',
    make: (site) => (site.residual?.map ? withCaptures(site, { attn_out: [site.residual.added] }) : undefined),
  },
  {
    name: 'W_O of another layer',
    identity: 'merge',
    make(site, facts) {
      const other = neighbour(site, facts)?.outputProjection;
      return site.outputProjection && other ? { ...site, outputProjection: other } : undefined;
    },
  },
];

/** The same activation of another layer's block. */
function blockOfNeighbour(block: Block, facts: GraphFacts, activation: Activation): Block | undefined {
  const other = facts.blocks.find((one) => one.tower === block.tower && one.layer !== block.layer)?.captures[activation];
  return other && block.captures[activation] && block.form !== 'unknown' ? { ...block, captures: { ...block.captures, [activation]: other } } : undefined;
}

function blockWith(block: Block, activation: Activation, tensor: TensorRef | undefined): Block | undefined {
  return tensor && block.captures[activation] ? { ...block, captures: { ...block.captures, [activation]: [tensor] } } : undefined;
}

const makerOf = (model: OnnxModel, tensor: string) => model.nodes.find((node) => node.outputs.includes(tensor));

/** The attention output as it is before its bias, where that is not zero. */
function beforeBias(site: Site, model: OnnxModel): Site | undefined {
  const [part] = site.captures.attn_out ?? [];
  const node = part && makerOf(model, part.tensor);
  const bias = node?.inputs.find((name) =>
    graphOf(model)
      .constant(name)
      ?.numbers.some((value) => value !== 0),
  );
  const inner = node?.op === 'Add' && bias !== undefined ? node.inputs.find((name) => name !== bias) : undefined;
  return part && inner !== undefined && site.residual?.addedIs === 'attn_out'
    ? { ...site, captures: { ...site.captures, attn_out: [{ ...part, tensor: inner }] } }
    : undefined;
}

/** Only one of two branches that are added to be the attention output: an adapter or what it stands beside. */
function oneBranch(site: Site, model: OnnxModel, which: 0 | 1): Site | undefined {
  const [part] = site.captures.attn_out ?? [];
  const node = part && makerOf(model, part.tensor);
  const isSum = node?.op === 'Add' && node.inputs.every((name) => !graphOf(model).isConstant(name));
  return part && node && isSum ? { ...site, captures: { ...site.captures, attn_out: [{ ...part, tensor: node.inputs[which] as string }] } } : undefined;
}

/** Facts in which the last site that allows it is read wrongly, and that site's name; undefined where none does. */
export function mistaken(facts: GraphFacts, mistake: Mistake, model: OnnxModel): { readonly facts: GraphFacts; readonly where: string } | undefined {
  for (const site of [...facts.sites].reverse()) {
    const wrong = mistake.make(site, facts, model);
    const block = facts.blocks.find((one) => one.tower === site.tower && one.layer === site.layer);
    const wrongBlock = block && mistake.makeBlock?.(block, facts);
    if (wrongBlock) return { facts: { ...facts, blocks: facts.blocks.map((one) => (one === block ? wrongBlock : one)) }, where: siteName(site) };
    if (wrong) return { facts: { ...facts, sites: facts.sites.map((one) => (one === site ? wrong : one)) }, where: siteName(site) };
  }
  return undefined;
}
