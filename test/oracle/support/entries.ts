// The oracle's entries: folders with cases.json and reference.safetensors, in the zoo's layout. Reads files, judges nothing.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tensor } from '../../../src/core/tensor';
import type { Rules, Tensors } from '../compare';
import { readSafetensors } from './safetensors';

export interface Case {
  readonly id: string;
  readonly text: string;
  readonly text_pair?: string;
  readonly target?: string;
  readonly input_ids: readonly number[];
  readonly offsets: readonly (readonly [number, number])[];
}

export interface Entry extends Rules {
  readonly name: string;
  readonly group: 'zoo' | 'made' | 'starters';
  readonly family: string;
  readonly exporter: string;
  readonly opset: number;
  readonly why: string;
  readonly cases: readonly Case[];
  /** Folder of the model's files. */
  readonly modelFolder: string;
  /** Folder of cases.json and reference.safetensors. */
  readonly folder: string;
}

const oracle = path.resolve(import.meta.dirname, '..');
const models = path.resolve(oracle, '../../models');

function entryOf(group: Entry['group'], name: string): Entry {
  const folder = path.join(oracle, 'data', group, name);
  const meta = JSON.parse(readFileSync(path.join(folder, 'cases.json'), 'utf8')) as Omit<
    Entry,
    'folder' | 'modelFolder' | 'group' | 'family' | 'exporter' | 'opset' | 'why'
  >;
  const isEncoderDecoder = meta.cases.some((one) => 'decoder_input_ids' in one);
  return {
    family: name,
    exporter: 'torchscript',
    opset: 0,
    why: '',
    ...meta,
    name,
    isEncoderDecoder,
    group,
    folder,
    modelFolder: group === 'starters' ? path.join(models, name) : folder,
  };
}

/** Every folder of data/GROUP that has a cases.json, in order of name. A starter model has its files in models/NAME. */
export function entriesOf(group: Entry['group']): Entry[] {
  const folder = path.join(oracle, 'data', group);
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'cases.json')));
  return names.sort().map((name) => entryOf(group, name));
}

export function allEntries(): Entry[] {
  return [...entriesOf('zoo'), ...entriesOf('made'), ...entriesOf('starters')];
}

/** The reference tensors of one case, without the `{case}/` prefix. */
export function referencesOf(entry: Entry, caseId: string): Tensors {
  const { tensors } = readSafetensors(readFileSync(path.join(entry.folder, 'reference.safetensors')));
  const prefix = `${caseId}/`;
  const own = [...tensors].filter(([name]) => name.startsWith(prefix)).map(([name, tensor]): [string, Tensor] => [name.slice(prefix.length), tensor]);
  return new Map(own);
}
