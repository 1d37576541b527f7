// The tokens of the rows and columns of one attention of a run.

import { type SiteKey, siteName } from '../../core/names';
import type { RunSummary } from '../../core/run';
import type { Token } from '../../core/token';

export function siteTokens({ sites, tokens }: RunSummary, site: SiteKey): { readonly queries: readonly Token[]; readonly keys: readonly Token[] } {
  const own = sites.find((one) => siteName(one) === siteName(site));
  return { queries: (own && tokens[own.queryTokens]) ?? [], keys: (own && tokens[own.keyTokens]) ?? [] };
}
