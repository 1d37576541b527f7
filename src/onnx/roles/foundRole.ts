// What is said of an input, and what is known when it is said.

import type { FoundSite } from '../facts/foundSite';
import type { GraphInput, InputRole, TableUse } from '../facts/inputs';
import type { Site } from '../facts/site';

/** An input as the file declares it. */
export type Declared = Pick<GraphInput, 'name' | 'elementType' | 'dims'>;

export interface RoleContext {
  readonly found: readonly FoundSite[];
  readonly sites: readonly Site[];
  /** Tokens that the tokenizer knows; undefined without one. The table of tokens has a row for each. */
  readonly tokenCount?: number;
  /** Columns of what the model predicts. */
  readonly answerWidth?: number;
}

export interface FoundRole {
  readonly role: InputRole;
  readonly why: string;
  readonly lookup?: TableUse;
  readonly isCounted?: boolean;
}

export const unclear = (why: string): FoundRole => ({ role: 'unknown', why });
