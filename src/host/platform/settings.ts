// The extension's settings as values that can be used: what is missing or has the wrong type is the default.

import { type EngineWish, engineChoices } from '../../core/engineName';
import type { InspectionState } from '../../core/inspection';
import { type EndChoice, endChoices } from '../../core/token';

export const settingsSection = 'transformerInspector';

export interface Settings {
  /** Empty: the bundled encoder. */
  readonly defaultModel: string;
  readonly modelPaths: readonly string[];
  /** 0: cores available, but one. */
  readonly threads: number;
  readonly engine: EngineWish;
  readonly memoryLimitInBytes: number;
  readonly specialTokens: InspectionState['specialTokens'];
  /** Tokens around a text beyond those of tokenizer.json. */
  readonly ends: EndChoice;
}

const defaultMemoryLimitInMB = 256;

/** Reads settings by their name below `transformerInspector`. */
export function readSettings(get: (name: string) => unknown): Settings {
  return {
    defaultModel: textOf(get('model.default')).trim(),
    modelPaths: listOf(get('models.paths'))
      .map(textOf)
      .filter((path) => path.trim() !== ''),
    threads: Math.floor(positiveOf(get('engine.threads'), 0)),
    engine: engineOf(get('engine.backend'), textOf(get('engine.nativePath')).trim()),
    memoryLimitInBytes: positiveOf(get('engine.memoryLimitMB'), defaultMemoryLimitInMB) * 2 ** 20,
    specialTokens: specialTokensOf(get('specialTokens')),
    ends: endChoices.find((choice) => choice === get('tokens.bosEos')) ?? 'auto',
  };
}

function engineOf(backend: unknown, nativePath: string): EngineWish {
  const choice = engineChoices.find((one) => one === backend) ?? 'wasm';
  return { choice, ...(nativePath !== '' && { nativePath }) };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function positiveOf(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : otherwise;
}

function specialTokensOf(value: unknown): Settings['specialTokens'] {
  return value === 'show' || value === 'hide' ? value : 'dim';
}
