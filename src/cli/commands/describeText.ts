// The description of a model as text for a person. Chooses no numbers: everything stands in the ModelDescription.

import type { AbsentActivation, BlockDescription, ModelDescription, SiteDescription, TowerDescription } from '../../core/modelDescription';
import { printable } from '../../core/problem';
import { inputFacts } from '../../present/words/inputWords';
import { counted, fileFacts, megabytes, textFacts } from '../../present/words/modelFacts';
import { layerSpans } from './layerSpans';

function headsOf(site: SiteDescription): string {
  const heads =
    site.headCount === undefined ? 'heads known at the first run' : `${counted(site.headCount, 'head')}${site.isByConfig ? ' (by config.json)' : ''}`;
  const shared = site.kvHeadCount !== undefined && site.kvHeadCount !== site.headCount ? `, ${counted(site.kvHeadCount, 'kv head')}` : '';
  const size = site.headSize === undefined ? '' : `, d_head ${site.headSize}`;
  const causal = site.kind === 'cross' ? '' : site.isCausal === null ? ', causal unknown' : site.isCausal ? ', causal' : ', not causal';
  return `${heads}${shared}${size}${causal}`;
}

/** `in /layer.0/attention/: MatMul, Softmax`: what the names have in common is said once. */
function nodesOf({ nodes }: SiteDescription): string {
  const [first = '', ...others] = nodes;
  let end = first.lastIndexOf('/');
  while (end > 0 && !others.every((name) => name.startsWith(first.slice(0, end + 1)))) end = first.lastIndexOf('/', end - 1);
  return end <= 0 || others.length === 0 ? nodes.join(', ') : `in ${first.slice(0, end + 1)}: ${nodes.map((name) => name.slice(end + 1)).join(', ')}`;
}

/** Attentions that differ in nothing but layer and names stand together, with the names of the first. */
function siteLines(sites: readonly SiteDescription[]): string[] {
  const alike = new Map<string, SiteDescription[]>();
  for (const site of sites) {
    const key = JSON.stringify([site.kind, headsOf(site), site.recognisedAs]);
    alike.set(key, [...(alike.get(key) ?? []), site]);
  }
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const layers = [...new Set(group.map((site) => site.layer))];
    const whose = group.length > 1 ? ` (layer ${first.layer}; --json names those of all)` : '';
    return [`  ${ranges(layers)}, ${first.kind}: ${headsOf(first)}`, `      recognised as ${first.recognisedAs}`, `      nodes ${nodesOf(first)}${whose}`];
  });
}

/** The same list for several layers is said once: `layers 0–5: q, k, v`. */
function grouped(items: readonly { readonly layer: number; readonly text: string }[]): string[] {
  const layersOf = new Map<string, number[]>();
  for (const { layer, text } of items) layersOf.set(text, [...new Set([...(layersOf.get(text) ?? []), layer])]);
  return [...layersOf].map(([text, layers]) => `      ${ranges(layers)}: ${text}`);
}

const ranges = (layers: readonly number[]) => `${layers.length === 1 ? 'layer' : 'layers'} ${layerSpans(layers)}`;

/** Activations that are absent for the same reason stand together. */
function absences(absent: readonly AbsentActivation[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { activation, reason } of absent) byReason.set(reason, [...(byReason.get(reason) ?? []), activation]);
  return [...byReason].map(([reason, activations]) => `${activations.join(', ')} (${reason})`);
}

function availableLines(tower: TowerDescription): string[] {
  const kinds = [...new Set(tower.sites.map((site) => site.kind))];
  const ofSites = kinds.flatMap((kind) =>
    grouped(tower.sites.filter((site) => site.kind === kind).map((site) => ({ layer: site.layer, text: `${kind} ${site.available.join(', ')}` }))),
  );
  const ofBlocks = grouped(
    tower.blocks.filter((block) => block.available.length > 0).map((block) => ({ layer: block.layer, text: `${block.available.join(', ')} (${block.form})` })),
  );
  return [...(tower.available.length > 0 ? [`      ${tower.available.join(', ')}`] : []), ...ofSites, ...ofBlocks];
}

function absentLines(tower: TowerDescription): string[] {
  const places: readonly (SiteDescription | BlockDescription)[] = [...tower.sites, ...tower.blocks];
  const ofLayers = places.flatMap((place) =>
    absences(place.absent).map((text) => ({ layer: place.layer, text: 'kind' in place && place.kind === 'cross' ? `cross ${text}` : text })),
  );
  return [...absences(tower.absent).map((text) => `      ${text}`), ...grouped(ofLayers)];
}

function towerLines(tower: TowerDescription): string[] {
  const absent = absentLines(tower);
  return [
    '',
    `${tower.tower}: ${counted(tower.layerCount, 'layer')}, ${counted(tower.sites.length, 'attention')}`,
    ...siteLines(tower.sites),
    '    can be captured',
    ...availableLines(tower),
    ...(absent.length > 0 ? ['    absent', ...absent] : []),
  ];
}

/** Lines without a closing line break. */
export function describeText(model: ModelDescription): string {
  return [
    `${model.name}: ${model.files.join(', ')}`,
    ...model.notes.map((note) => `  ${note}`),
    `  ${fileFacts(model)}`,
    `  sha256 ${model.sha256}`,
    `  text: ${textFacts(model)}${model.needsTarget ? '; the decoder takes a text of its own (--target)' : ''}`,
    `  memory when loaded: about ${megabytes(model.memoryEstimateInBytes)}`,
    'inputs',
    ...inputFacts(model).map((line) => `  ${line}`),
    ...(model.refusal === null ? [] : [`no text can be run: ${model.refusal.message}`]),
    ...model.towers.flatMap(towerLines),
    '',
    `outputs: ${model.outputs.length > 0 ? model.outputs.join(', ') : 'none that is known'}`,
    ...(model.rejectedSoftmaxes.length > 0 ? ['softmaxes that are no attention', ...model.rejectedSoftmaxes.map((one) => `  ${one.node}: ${one.reason}`)] : []),
  ]
    .map(printable)
    .join('\n');
}
