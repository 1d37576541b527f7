// What a captured file says of itself: model, texts, tokens with their ranges, and what the checks found.

import { siteName } from '../core/names';
import type { RunSummary } from '../core/run';
import type { Token } from '../core/token';

const idsOf = (tokens: readonly Token[]) => JSON.stringify(tokens.map((token) => token.id));
const spellings = (tokens: readonly Token[]) => JSON.stringify(tokens.map((token) => token.text));
const offsetsOf = (tokens: readonly Token[]) => JSON.stringify(tokens.map((token) => [token.start, token.end]));

/** Metadata of a safetensors file, whose values are strings: words and numbers stand as they are, lists and objects as JSON. */
export function metadataOf(run: RunSummary, modelSha256: string, version: string): Record<string, string> {
  const { source = [], target } = run.tokens;
  const closed = run.sites.flatMap((site) => (site.closedBecause === undefined ? [] : [{ site: siteName(site), reason: site.closedBecause }]));
  return {
    tool: 'transformer-inspector',
    version,
    model_sha256: modelSha256,
    text: run.text,
    ...(run.pair !== null && { pair: run.pair }),
    tokens: spellings(source),
    ids: idsOf(source),
    offsets: offsetsOf(source),
    ...(target &&
      run.target !== null && { target: run.target, target_tokens: spellings(target), target_ids: idsOf(target), target_offsets: offsetsOf(target) }),
    ...(run.truncated && { truncated: JSON.stringify(run.truncated) }),
    ...(run.truncatedTarget && { truncated_target: JSON.stringify(run.truncatedTarget) }),
    ...(run.paddedTo !== null && { padded_to: String(run.paddedTo) }),
    ...(run.notes.length > 0 && { text_notes: JSON.stringify(run.notes.map((note) => note.text)) }),
    ...(closed.length > 0 && { left_out: JSON.stringify(closed) }),
    badge: run.badge.state,
    badge_notes: JSON.stringify(run.badge.notes),
    checks: JSON.stringify(run.checks),
    inputs: JSON.stringify(run.inputs),
    engine: JSON.stringify(run.engine),
    generated_ids: '[]',
  };
}
