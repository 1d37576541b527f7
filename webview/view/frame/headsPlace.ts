// Where all heads and the focus row stand: a column left of the view, a shelf above it, that folded to a line, or a sheet over the view.

import { html, nothing, type TemplateResult } from 'lit';
import { columnWidth, partHeights } from '../../../src/present/frame/frameLayout';
import type { Picture, WeightPicture } from '../../../src/reading/picture';
import { icon, type PanelContext } from '../context';
import { candidates } from './focusLine';
import { focusBar, focusRow } from './focusRow';
import { overview } from './overview';

/** What the column's titles, scale and bars take of its height. */
const aroundColumnGrid = 236;
/** Of the shelf's height, what its titles take. */
const aroundShelfGrid = 24;

/** Column, shelf or line; nothing where there is no room, and for views that are of no head. */
export function headsPlace(context: PanelContext, picture: Picture, weights: WeightPicture | undefined): TemplateResult | typeof nothing {
  const { frame, actions } = context;
  if (frame.heads === 'none') return nothing;
  const fold = (isFolded: boolean) =>
    html`<button type="button" class="fold" aria-expanded=${isFolded ? 'true' : 'false'} aria-label=${isFolded ? 'Fold all heads to a line' : 'Unfold all heads'}
      title=${isFolded ? 'Fold to a line' : 'Unfold'} @click=${() => actions.setUi({ isShelfFolded: isFolded })}>${icon(isFolded ? 'chevron-up' : 'chevron-down')}</button>`;
  const grid = {
    column: () =>
      overview(context, picture, { id: 'head-grid', hasTitle: true, height: Math.max(partHeights.foldedShelf, frame.viewHeight - aroundColumnGrid) }),
    shelf: () => overview(context, picture, { id: 'head-grid', hasTitle: true, height: partHeights.shelf - aroundShelfGrid, button: fold(true) }),
    line: () => overview(context, picture, { id: 'head-grid', hasTitle: false, height: partHeights.foldedShelf - 4, button: fold(false) }),
  }[frame.heads]();
  const row = !weights || frame.focusRow === 'none' ? html`<span></span>` : frame.focusRow === 'line' ? focusBar(context, weights) : focusRow(context, weights);
  return html`<div class="heads" data-as=${frame.heads} .style=${`--column: ${columnWidth}px`}>${frame.heads === 'column' ? html`${grid}${row}` : html`${row}${grid}`}</div>`;
}

/** All heads over the view, at every width. */
export function headsSheet(context: PanelContext, picture: Picture): TemplateResult | typeof nothing {
  if (context.ui.openDetails !== 'heads') return nothing;
  const close = html`<vscode-toolbar-button icon="close" label="Close" @click=${() => context.actions.openDetails(null)}></vscode-toolbar-button>`;
  return html`<div class="details heads-sheet" id="all-heads" role="dialog" aria-label="All heads">
    <div class="sheet-candidates">${candidates(context, picture)}</div>
    ${overview(context, picture, { id: 'head-grid-sheet', hasTitle: true, height: null, button: close })}
    <p class="note keys-note"><kbd>↑↓←→</kbd> move <kbd>Enter</kbd> open <kbd>Esc</kbd> close</p>
  </div>`;
}
