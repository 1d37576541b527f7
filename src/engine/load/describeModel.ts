// What is known of a model before a run, in the form that describe, the panel and the quick pick show. Words only from the analysis.

import type { EngineUsed } from '../../core/engineName';
import { memoryEstimateOf } from '../../core/memoryEstimate';
import type { AbsentActivation, BlockDescription, ModelDescription, SiteDescription, TowerDescription } from '../../core/modelDescription';
import { type Activation, isSiteActivation, type Tower, towers } from '../../core/names';
import type { Problem } from '../../core/problem';
import type { RunNote } from '../../core/token';
import type { Block } from '../../onnx/facts/block';
import type { CaptureRef } from '../../onnx/facts/captures';
import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { Site } from '../../onnx/facts/site';
import type { GivenInputs } from '../../protocol/givenInputs';
import type { ModelSource } from '../../protocol/modelSource';
import { inputDescriptions } from '../inputs/inputsCheck';
import type { TokenLimit } from '../text/modelLimits';

type Captures = Readonly<Partial<Record<Activation, CaptureRef>>>;
type Absent = Readonly<Partial<Record<Activation, string>>>;

const names = (captures: Captures) => Object.keys(captures) as Activation[];
const reasons = (absent: Absent): AbsentActivation[] =>
  Object.entries(absent).map(([activation, reason]) => ({ activation: activation as Activation, reason }));

/** What config.json says of heads, per tower: encoder–decoders have names of their own. */
function headsByConfig(config: Readonly<Record<string, unknown>>, tower: Tower): number | undefined {
  const keys = [`${tower}_attention_heads`, `${tower}_heads`, 'num_attention_heads', 'num_heads', 'n_heads', 'n_head'];
  return keys.map((key) => config[key]).find((value): value is number => typeof value === 'number' && value > 0);
}

function describeSite(site: Site, config: Readonly<Record<string, unknown>>): SiteDescription {
  const said = site.heads === undefined ? headsByConfig(config, site.tower) : undefined;
  const hasResult = site.outputProjection !== undefined && site.captures.z !== undefined;
  const absent = reasons(site.absent).filter((one) => isSiteActivation(one.activation) && !(hasResult && one.activation === 'result'));
  const why = site.absent.attn_out ?? site.absent.z ?? 'no output projection was found';
  const needsReason = !hasResult && !absent.some((one) => one.activation === 'result');
  return {
    tower: site.tower,
    layer: site.layer,
    kind: site.kind,
    recognisedAs: site.recognisedAs,
    nodes: site.nodes,
    headCount: site.heads ?? said,
    ...(said !== undefined && { isByConfig: true }),
    kvHeadCount: site.kvHeads,
    headSize: site.headSize,
    isCausal: site.isCausal ?? null,
    available: [...names(site.captures), ...(hasResult ? (['result'] as const) : [])],
    absent: needsReason ? [...absent, { activation: 'result', reason: why }] : absent,
  };
}

function describeBlock(block: Block, sites: readonly Site[]): BlockDescription {
  // What the layer's attentions have one each of is not absent.
  const own = sites.filter((site) => site.layer === block.layer).flatMap((site) => names(site.captures));
  const absent = reasons(block.absent).filter((one) => !own.includes(one.activation));
  return { tower: block.tower, layer: block.layer, form: block.form, available: names(block.captures), absent };
}

function describeTower(tower: Tower, facts: readonly GraphFacts[], config: Readonly<Record<string, unknown>>): TowerDescription | undefined {
  const sites = facts.flatMap((one) => one.sites).filter((site) => site.tower === tower);
  const blocks = facts.flatMap((one) => one.blocks).filter((block) => block.tower === tower);
  const own = facts.flatMap((one) => one.towers).filter((one) => one.tower === tower);
  if (sites.length === 0) return undefined;
  return {
    tower,
    layerCount: Math.max(...sites.map((site) => site.layer)) + 1,
    sites: sites.map((site) => describeSite(site, config)),
    blocks: blocks.map((block) => describeBlock(block, sites)),
    available: own.flatMap((one) => names(one.captures)),
    absent: own.flatMap((one) => reasons(one.absent)),
  };
}

export interface DescriptionInput {
  readonly source: ModelSource;
  readonly facts: readonly GraphFacts[];
  /** One digest per file, in their order. */
  readonly digests: readonly string[];
  /** Bytes of the ONNX files and of their external data. */
  readonly sizeInBytes: number;
  readonly limit: TokenLimit | undefined;
  readonly needsTarget: boolean;
  readonly given: GivenInputs | undefined;
  readonly refusal: Problem | undefined;
  readonly notes: readonly RunNote[];
  readonly engine: EngineUsed;
}

export function describeModel(input: DescriptionInput): ModelDescription {
  const { source, facts } = input;
  const [first] = facts;
  const precisions = new Set(facts.map((one) => one.precision));
  const outputs = facts.flatMap((one): Activation[] => [
    ...(one.logits ? (['logits'] as const) : []),
    ...(one.lastHiddenState ? (['last_hidden_state'] as const) : []),
  ]);
  return {
    name: source.name,
    files: source.files.map((file) => file.path),
    sizeInBytes: input.sizeInBytes,
    sha256: input.digests.join(' '),
    producer: first?.producer ?? '',
    opset: first?.opset ?? 0,
    precision: precisions.size === 1 ? (first?.precision ?? 'mixed') : 'mixed',
    towers: towers.flatMap((tower) => describeTower(tower, facts, source.config) ?? []),
    inputs: inputDescriptions(facts, input.given),
    refusal: input.refusal ?? null,
    outputs: [...new Set(outputs)],
    rejectedSoftmaxes: facts.flatMap((one) => one.rejected),
    tokenLimit: input.limit?.count ?? null,
    tokenLimitFrom: input.limit?.from ?? null,
    needsTarget: input.needsTarget,
    vocabularySize: first?.vocabularySize ?? null,
    engine: input.engine,
    memoryEstimateInBytes: memoryEstimateOf(input.sizeInBytes),
    notes: input.notes.map((note) => note.text),
    card: source.card ?? null,
  };
}
