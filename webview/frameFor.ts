// The frame for what is shown now: its rule is present/frame/frameLayout.

import { type FrameLayout, frameLayout } from '../src/present/frame/frameLayout';
import { groupOf } from '../src/present/frame/viewGroups';
import { siteInView } from '../src/reading/picture';
import type { Shown } from '../src/reading/shown';
import type { UiState } from './store';
import type { ViewList } from './view/context';
import { viewShown } from './view/viewShown';

/** From the size of the page, the lists of tokens, the group of the view, and what was folded by hand. */
export function frameFor(views: ViewList, { state }: Pick<Shown, 'state'>, { room, isShelfFolded }: UiState): FrameLayout {
  const [{ run }] = state.subjects;
  const site = run && state.view ? siteInView(run, state.view) : undefined;
  const listCount = site && site.queryTokens !== site.keyTokens ? 2 : 1;
  const { hasHeads } = groupOf(viewShown(views, state).group);
  return frameLayout({ ...room, listCount, hasHeads, isShelfFolded });
}
