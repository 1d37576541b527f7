// How long a text may be and which ids the model knows, with where each figure comes from.

import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { ModelSource } from '../../protocol/modelSource';
import { fixedLength } from '../session/feeds';

export interface TokenLimit {
  readonly count: number;
  /** For describe: 'fixed shape', 'position table', 'tokenizer'. */
  readonly from: string;
}

/** Tokenizers without a limit of their own write 10³⁰ or the like. */
const saneLimit = 1_000_000;

function numberIn(config: Readonly<Record<string, unknown>>, key: string): number | undefined {
  const value = config[key];
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

/** The smallest limit that is known; undefined when none is. */
export function tokenLimitOf(facts: GraphFacts, source: ModelSource): TokenLimit | undefined {
  const fixed = fixedLength(facts.inputs, 'tokenIds');
  const declared = numberIn(source.tokenizerConfig, 'model_max_length');
  const limits: TokenLimit[] = [];
  if (fixed !== undefined) limits.push({ count: fixed, from: 'fixed shape' });
  if (facts.positions) limits.push({ count: facts.positions.rows - (facts.positions.first ?? 0), from: 'position table' });
  if (declared !== undefined && declared <= saneLimit) limits.push({ count: declared, from: 'tokenizer' });
  return limits.reduce<TokenLimit | undefined>((least, limit) => (least && least.count <= limit.count ? least : limit), undefined);
}

/** The id of a role from generation_config.json, then config.json; lists give their first entry. */
export function specialId(source: ModelSource, key: string): number | undefined {
  for (const config of [source.generationConfig, source.config]) {
    const value = Array.isArray(config[key]) ? config[key][0] : config[key];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  }
  return undefined;
}

export interface ModelSizes {
  readonly heads: number;
  readonly width: number;
  readonly inner: number;
  readonly vocabulary: number;
}

/** Sizes for estimates before the first run, from config.json; cautious figures where it says nothing. */
export function sizesFrom(source: ModelSource, vocabulary: number | undefined): ModelSizes {
  const first = (keys: readonly string[], otherwise: number) =>
    keys.map((key) => numberIn(source.config, key)).find((value) => value !== undefined && value <= saneLimit) ?? otherwise;
  const width = first(['hidden_size', 'd_model', 'n_embd', 'dim'], 1024);
  return {
    heads: first(['num_attention_heads', 'n_head', 'num_heads', 'n_heads', 'encoder_attention_heads'], 16),
    width,
    inner: first(['intermediate_size', 'encoder_ffn_dim', 'n_inner', 'd_ff', 'hidden_dim'], 4 * width),
    vocabulary: vocabulary ?? first(['vocab_size'], 50_000),
  };
}
