// Everything that can be captured from a model: for each key where it lies. Read from the analysis; holds no numbers.

import { type Activation, type CaptureKey, captureName, isBlockActivation, isSiteActivation } from '../../core/names';
import type { Block } from '../../onnx/facts/block';
import type { CaptureRef } from '../../onnx/facts/captures';
import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { Site } from '../../onnx/facts/site';
import type { CaptureRequest } from '../../protocol/engineApi';

export interface PlannedCapture {
  readonly key: CaptureKey;
  readonly name: string;
  /** Index of the file it lies in. */
  readonly part: number;
  /** Undefined: derived (`result`). */
  readonly ref?: CaptureRef;
  readonly site?: Site;
}

/** Letters of the product's form, in order; tokens of a block are queries. */
export function lettersOf(activation: Activation): string {
  if (activation === 'q' || activation === 'rot_q' || activation === 'z') return 'hqe';
  if (activation === 'k' || activation === 'rot_k' || activation === 'v') return 'hke';
  if (activation === 'scores' || activation === 'pattern') return 'hqk';
  return activation === 'result' ? 'hqd' : 'qd';
}

function plannedCaptures(
  part: number,
  place: Omit<CaptureKey, 'activation'>,
  captures: Readonly<Partial<Record<Activation, CaptureRef>>>,
  site?: Site,
): PlannedCapture[] {
  return Object.entries(captures).flatMap(([name, ref]) => {
    const activation = name as Activation;
    const key: CaptureKey = isSiteActivation(activation) ? { ...place, activation } : { tower: place.tower, layer: place.layer, activation };
    // resid_mid of one of a layer's two attentions keeps its kind.
    const full = isBlockActivation(activation) && site ? { ...place, activation } : key;
    return [{ key: full, name: captureName(full), part, ref, site }];
  });
}

function ofSite(part: number, site: Site): PlannedCapture[] {
  const place = { tower: site.tower, layer: site.layer, kind: site.kind };
  const captures = plannedCaptures(part, place, site.captures, site);
  if (!site.outputProjection || !site.captures.z) return captures;
  const key: CaptureKey = { ...place, activation: 'result' };
  return [...captures, { key, name: captureName(key), part, site }];
}

/** What `result` is computed from: z and what enters W_O, also as W_O sees it where it rounds. Empty where there is no W_O. */
export function resultOperands(site: Site | undefined): CaptureRef[] {
  const { input, inputAsSeen } = site?.outputProjection ?? {};
  return [site?.captures.z, input && [input], inputAsSeen && [inputAsSeen]].filter((ref) => ref !== undefined);
}

/** The table of a model's files, in order of computation. */
export function captureTable(parts: readonly GraphFacts[]): PlannedCapture[] {
  return parts.flatMap((facts, part) => [
    ...facts.towers.flatMap((tower) => plannedCaptures(part, { tower: tower.tower }, tower.captures)),
    ...facts.sites.flatMap((site) => ofSite(part, site)),
    ...facts.blocks.flatMap((block: Block) => plannedCaptures(part, { tower: block.tower, layer: block.layer }, block.captures)),
    ...plannedCaptures(part, {}, { ...(facts.logits && { logits: facts.logits }), ...(facts.lastHiddenState && { last_hidden_state: facts.lastHiddenState }) }),
  ]);
}

/** What a request means; without one everything that is not derived. */
export function requested(table: readonly PlannedCapture[], request: CaptureRequest | undefined): PlannedCapture[] {
  if (!request) return table.filter((capture) => capture.ref !== undefined);
  const { activations, layers } = request;
  return table.filter(({ key }) => activations.includes(key.activation) && (layers === undefined || key.layer === undefined || layers.includes(key.layer)));
}

/** Whether a request leaves no activation out (it may leave layers out). */
export function asksForAll(table: readonly PlannedCapture[], request: CaptureRequest | undefined): boolean {
  return !request || table.every(({ key }) => request.activations.includes(key.activation));
}
