// What is known of a loaded model, wire-safe: shown by describe, by the panel and by the quick pick.

import type { EngineUsed } from './engineName';
import type { Activation, SiteKey, Tower } from './names';
import type { Problem } from './problem';

export interface SiteDescription extends SiteKey {
  readonly recognisedAs: string;
  readonly nodes: readonly string[];
  /** Known before a run only where the file says so. */
  readonly headCount?: number;
  /** True where the number of heads is only what config.json says; a run tells. */
  readonly isByConfig?: boolean;
  readonly kvHeadCount?: number;
  readonly headSize?: number;
  /** True, false, or null where neither the mask nor a perturbation run has told. */
  readonly isCausal: boolean | null;
  readonly available: readonly Activation[];
  readonly absent: readonly AbsentActivation[];
}

export interface AbsentActivation {
  readonly activation: Activation;
  readonly reason: string;
}

export interface BlockDescription {
  readonly tower: Tower;
  readonly layer: number;
  readonly form: string;
  readonly available: readonly Activation[];
  readonly absent: readonly AbsentActivation[];
}

export interface TowerDescription {
  readonly tower: Tower;
  readonly layerCount: number;
  readonly sites: readonly SiteDescription[];
  readonly blocks: readonly BlockDescription[];
  readonly available: readonly Activation[];
  readonly absent: readonly AbsentActivation[];
}

/** What one input of the model's files is for, and what it is fed. */
export interface InputDescription {
  readonly name: string;
  readonly role: string;
  /** What shows the role. */
  readonly why: string;
  /** `2, 3, 4 … (padding index + 1)`; null where it is not known what to feed. */
  readonly value: string | null;
  /** On what the value rests; `assumed`: on nothing. */
  readonly evidence: 'graph' | 'tried' | 'configured' | 'given' | 'assumed' | null;
}

export interface ModelDescription {
  /** Folder or file name, or `bundled:NAME`: what a person calls it. */
  readonly name: string;
  /** Files that are used, relative to the model's folder. */
  readonly files: readonly string[];
  readonly sizeInBytes: number;
  readonly sha256: string;
  readonly producer: string;
  readonly opset: number;
  readonly precision: string;
  readonly towers: readonly TowerDescription[];
  readonly inputs: readonly InputDescription[];
  /** Why no text can be run; null: it can. */
  readonly refusal: Problem | null;
  /** logits or last_hidden_state. */
  readonly outputs: readonly Activation[];
  readonly rejectedSoftmaxes: readonly { readonly node: string; readonly reason: string }[];
  readonly tokenLimit: number | null;
  /** How the limit is known: 'position table', 'tokenizer', 'fixed shape' … */
  readonly tokenLimitFrom: string | null;
  readonly needsTarget: boolean;
  readonly vocabularySize: number | null;
  /** What runs it. */
  readonly engine: EngineUsed;
  /** Rough size of the runtime's memory with this model loaded. */
  readonly memoryEstimateInBytes: number;
  /** Which files of the folder were taken, where their names alone did not tell. */
  readonly notes: readonly string[];
  /** Markdown of the model's own card; null where it has none. */
  readonly card: string | null;
}
