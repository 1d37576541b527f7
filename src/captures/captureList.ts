// The options --activations and --layers → what to capture, and the list of tensors that the file will hold, layer by layer.

import type { ModelDescription } from '../core/modelDescription';
import { type Activation, blockActivations, type CaptureKey, captureName, isActivation, modelActivations, siteActivations } from '../core/names';
import { ProblemError, problem, refuse } from '../core/problem';
import type { RunSite } from '../core/run';

export interface CaptureOptions {
  readonly activations?: string;
  readonly layers?: string;
}

export interface CaptureList {
  readonly activations: readonly Activation[];
  readonly layers?: readonly number[];
  /** In the order in which the file holds them. */
  readonly keys: readonly CaptureKey[];
}

const listed = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const known = [...siteActivations, ...blockActivations, ...modelActivations];

function readActivations(text: string): Activation[] {
  const names = listed(text);
  if (names.length === 0) refuse('usage', { detail: '--activations is empty.' });
  return names.map((name) => (isActivation(name) ? name : refuse('usage', { detail: `There is no activation "${name}"; there are ${known.join(', ')}.` })));
}

function readLayers(text: string, last: number): number[] {
  const layers = listed(text).map((part) => (/^\d+$/.test(part) ? Number(part) : refuse('usage', { detail: `--layers takes numbers, not "${part}".` })));
  if (layers.length === 0) refuse('usage', { detail: '--layers is empty.' });
  const missing = layers.find((layer) => layer > last);
  return missing === undefined ? layers : refuse('noSuchLayer', { layer: missing, last });
}

/** Every key that the model can give, in the order of computation. */
function allKeys(model: ModelDescription): CaptureKey[] {
  const order = (activation: Activation) => (siteActivations as readonly string[]).indexOf(activation);
  const keys = model.towers.flatMap(({ tower, layerCount, sites, blocks, available }) => [
    ...available.map((activation): CaptureKey => ({ tower, activation })),
    ...Array.from({ length: layerCount }, (_, layer) => [
      ...sites
        .filter((site) => site.layer === layer)
        .flatMap((site) =>
          [...site.available].sort((a, b) => order(a) - order(b)).map((activation): CaptureKey => ({ tower, layer, kind: site.kind, activation })),
        ),
      ...blocks.filter((block) => block.layer === layer).flatMap((block) => block.available.map((activation): CaptureKey => ({ tower, layer, activation }))),
    ]).flat(),
  ]);
  const unique = new Map([...keys, ...model.outputs.map((activation): CaptureKey => ({ activation }))].map((key) => [captureName(key), key]));
  return [...unique.values()];
}

function reasonFor(model: ModelDescription, activation: Activation, layer?: number): string {
  const places = model.towers
    .flatMap((tower) => [tower, ...tower.sites, ...tower.blocks])
    .filter((place) => layer === undefined || !('layer' in place) || place.layer === layer);
  return places.flatMap((place) => place.absent).find((one) => one.activation === activation)?.reason ?? 'the model has no such activation';
}

/** Without those of attentions that are closed, and of the layers they stand in. */
export function openKeys(keys: readonly CaptureKey[], sites: readonly RunSite[]): CaptureKey[] {
  const closed = sites.filter(({ closedBecause }) => closedBecause !== undefined);
  return keys.filter(
    ({ tower, layer, kind }) => !closed.some((site) => site.tower === tower && site.layer === layer && (kind === undefined || site.kind === kind)),
  );
}

/** Problems: usage, noSuchLayer, activationAbsent. */
export function captureList(model: ModelDescription, options: CaptureOptions): CaptureList {
  const last = Math.max(0, ...model.towers.map((tower) => tower.layerCount - 1));
  const layers = options.layers === undefined ? undefined : readLayers(options.layers, last);
  const all = allKeys(model);
  const asked = options.activations === undefined ? undefined : readActivations(options.activations);
  for (const activation of asked ?? []) {
    if (!all.some((key) => key.activation === activation))
      throw new ProblemError(problem('activationAbsent', { activation, reason: reasonFor(model, activation) }));
  }
  const absentAt = (activation: Activation, layer: number) => {
    const own = all.filter((key) => key.activation === activation && key.layer !== undefined);
    return own.length > 0 && !own.some((key) => key.layer === layer);
  };
  for (const activation of asked ?? []) {
    const layer = layers?.find((one) => absentAt(activation, one));
    if (layer !== undefined) refuse('activationAbsent', { activation: `${activation} of layer ${layer}`, reason: reasonFor(model, activation, layer) });
  }
  const activations = asked ?? [...new Set(all.map((key) => key.activation))];
  const keys = all.filter((key) => activations.includes(key.activation) && (layers === undefined || key.layer === undefined || layers.includes(key.layer)));
  if (keys.length === 0) refuse('usage', { detail: 'There is nothing to capture in these layers.' });
  return { activations, layers, keys };
}
