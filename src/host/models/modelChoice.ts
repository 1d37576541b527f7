// What the quick pick of models offers, in groups. Pure: lists in, rows out.

import type { ModelDescription } from '../../core/modelDescription';
import { inputWords } from '../../present/words/inputWords';
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
const neededLimit = 32;

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

/** What a row of the quick pick says of a model. */
export interface ModelRow {
  readonly label: string;
  readonly description: string;
  readonly reference: ModelReference;
}

/** The row of a model: the current one is marked, and what it needs before it can run a text stands in front. */
export function rowOf({ reference, name, description, need }: ListedModel, current: ModelReference): ModelRow {
  const mark = reference === current ? '$(check) ' : '';
  return { label: mark + name.replace(/^bundled:/, ''), description: need === undefined ? description : `$(warning) ${need} · ${description}`, reference };
}

/** By reference: what models that were tried before needed of the user. */
export type ModelNeeds = Readonly<Record<ModelReference, string>>;

/** The needs with that of one more model, or without it where it has none. */
export function withNeed(needs: ModelNeeds, reference: ModelReference, need: string | undefined): ModelNeeds {
  const others = Object.entries(needs).filter(([other]) => other !== reference);
  return Object.fromEntries(need === undefined ? others : [...others.slice(1 - neededLimit), [reference, need]]);
}

/** `needs a value for token_type_ids`; undefined where a text can be run. */
export function needOfModel(model: Pick<ModelDescription, 'inputs' | 'refusal'>): string | undefined {
  const names = inputWords(model).flatMap(({ input, isWanted }) => (isWanted ? [input] : []));
  return names.length > 0 ? `needs a value for ${names.join(', ')}` : undefined;
}
