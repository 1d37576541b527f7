// A site as a recogniser finds it, before towers and layers are known and before its output is followed into the residual stream.

import type { SiteActivation } from '../../core/names';
import type { OnnxNode } from '../file/model';
import type { CaptureRef } from './captures';
import type { Linear } from './linear';
import type { ScoreStep } from './site';

export interface FoundSite {
  /** The node it is named after in the order of computation. */
  readonly at: OnnxNode;
  readonly recognisedAs: string;
  readonly nodes: readonly string[];
  readonly captures: Readonly<Partial<Record<SiteActivation, CaptureRef>>>;
  readonly absent: Readonly<Partial<Record<SiteActivation, string>>>;
  readonly kvRepeated: boolean;
  readonly scoreSteps?: readonly ScoreStep[];
  readonly whyUnchecked?: string;
  readonly sink?: CaptureRef;
  /** The weights as they mix the values, where they are rounded to 8 bits after the softmax. */
  readonly patternAsMixed?: CaptureRef;
  readonly isRecomputed: boolean;
  readonly heads?: number;
  readonly kvHeads?: number;
  readonly headSize?: number;
  readonly isCausal?: boolean;
  readonly isRecurrent?: boolean;
  /** Tensors of the graph from which queries and keys are made: tells self from cross. */
  readonly querySource: string;
  readonly keySource: string;
  /** Tensors of the graph that the keys and values come in by, for what the residual stream depends on. */
  readonly valueSource: string;
  /** Tensor of the graph that carries the head mix on (head by head, or merged). */
  readonly mixed: string;
  /** Terms that are added to the scores, for judging whether the mask is causal; undefined: unknown terms. */
  readonly maskTensors?: readonly string[];
  /** Set where the operator itself contains the output projection or is followed in a way only the recogniser knows. */
  readonly outputProjection?: Linear;
}

export interface Rejected {
  readonly node: string;
  readonly reason: string;
}

/** What a recogniser says of one node: a site, a reason why it is none, or nothing. */
export type Recognition = { readonly site: FoundSite } | { readonly rejected: Rejected };
