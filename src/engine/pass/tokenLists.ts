// Which of a run's token lists the queries and the keys of an attention are. Knows names only.

import type { SiteKey } from '../../core/names';
import type { RunSite } from '../../core/run';
import type { ModelPart } from '../session/modelPart';
import { takesTarget } from './runPass';

export function tokenLists(run: { readonly model: { readonly parts: readonly ModelPart[] } }, site: SiteKey): Pick<RunSite, 'queryTokens' | 'keyTokens'> {
  const own = takesTarget(run.model.parts) && site.tower === 'decoder' ? 'target' : 'source';
  return { queryTokens: own, keyTokens: site.kind === 'cross' ? 'source' : own };
}
