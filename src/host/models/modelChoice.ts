// What the quick pick of models offers, in groups. Pure: lists in, rows out.

import type { ModelReference } from '../inspection/inspectionEngine';
import type { ListedModel } from '../platform/platform';

export interface ModelGroup {
  readonly title: string;
  readonly models: readonly ListedModel[];
}

export interface ModelLists {
  readonly bundled: readonly ListedModel[];
  readonly recent: readonly ListedModel[];
  readonly configured: readonly ListedModel[];
}

export const recentLimit = 8;

/** Groups in the order shown; each model once, empty groups left out. */
export function modelGroups({ bundled, recent, configured }: ModelLists): readonly ModelGroup[] {
  const seen = new Set<ModelReference>();
  const once = (models: readonly ListedModel[]) => models.filter(({ reference }) => !seen.has(reference) && seen.add(reference));
  const groups = [
    { title: 'with the extension', models: once(bundled) },
    { title: 'recent', models: once(recent) },
    { title: 'from settings', models: once(configured) },
  ];
  return groups.filter(({ models }) => models.length > 0);
}

/** The list of recent models with this one in front; bundled ones are always offered and not listed. */
export function withRecent(recent: readonly ModelReference[], reference: ModelReference): readonly ModelReference[] {
  if (reference.startsWith('bundled:')) return recent;
  return [reference, ...recent.filter((other) => other !== reference)].slice(0, recentLimit);
}

/** `bundled:encoder` → `encoder`, a path → its last part. */
export function labelOf(reference: ModelReference): string {
  return reference
    .replace(/^bundled:/, '')
    .replace(/[\\/]+$/, '')
    .replace(/^.*[\\/](?=.)/, '');
}

/** The default model of the settings, else the bundled encoder, else the first bundled model. */
export function defaultModel(configured: ModelReference, bundled: readonly ListedModel[]): ModelReference {
  if (configured !== '') return configured;
  const encoder = 'bundled:encoder';
  return bundled.some(({ reference }) => reference === encoder) ? encoder : (bundled[0]?.reference ?? encoder);
}
