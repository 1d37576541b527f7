// The Map: one head at full size, as picture or as table, with its title and toggles; the reason instead where it may not be shown.

import { html, type TemplateResult } from 'lit';
import { siteKindText, viewName } from '../../../src/present/heads/headWords';
import { cursorScope, type PictureState, type WeightPicture } from '../../../src/reading/picture';
import { cursorOf, type PanelContext, viewKind } from '../context';
import { refusedPicture } from '../refusedPicture';
import { mapReadout } from './mapReadout';
import { weightTable } from './weightTable';

/** One head as a map. Its weights are those that the frame around every view reads. */
export const mapView = viewKind<PictureState>({
  id: 'map',
  label: 'Map',
  group: 'attention',
  keys: [
    { keys: ['↑', '↓', '←', '→'], does: 'move' },
    { keys: ['Enter'], does: 'focus' },
    { keys: ['T'], does: 'table' },
    { keys: ['0'], does: 'scale 0…1' },
  ],
  readout: (context, picture) => (picture.state === 'ready' ? mapReadout(context, picture.picture) : undefined),
  refusal: () => undefined,
  needs: () => [],
  model: ({ picture }) => picture,
  draw: drawMap,
});

function drawMap(context: PanelContext, picture: PictureState): TemplateResult {
  if (picture.state === 'refused') return refusedPicture(picture);
  if (picture.state !== 'ready') return html`<section class="map-view"><p class="note" role="status">Reading the head …</p></section>`;
  return shown(context, picture.picture);
}

function shown(context: PanelContext, picture: WeightPicture): TemplateResult {
  const { ui, actions } = context;
  return html`<section class="map-view" aria-labelledby="map-title">
    <div class="map-head">
      <h2 id="map-title"><b>${viewName(picture.run, picture.view)}</b> · weights · from row to column</h2>
      <vscode-toolbar-button class="unit-toggle" toggleable .checked=${ui.isUnitDomain} @change=${() => actions.setUi({ isUnitDomain: !ui.isUnitDomain })} title="Scale 0 … 1 instead of 0 … largest weight">0…1</vscode-toolbar-button>
      <vscode-toolbar-button class="table-toggle" toggleable icon="table" .checked=${ui.isTable} @change=${() => actions.setUi({ isTable: !ui.isTable })}>Show as table</vscode-toolbar-button>
    </div>
    ${ui.isTable ? weightTable(context, picture) : heatMap(context, picture)}
  </section>`;
}

/** Title, legend and the room around them, in CSS pixels. */
const aroundMap = 84;

function heatMap({ ui, theme, state, frame, actions }: PanelContext, picture: WeightPicture): TemplateResult {
  const label = `Attention weights of ${viewName(picture.run, picture.view)}, ${siteKindText(picture.site)}: ${picture.queries.length} rows read from ${picture.keys.length} columns. Arrow keys move the cell, T shows the same as a table.`;
  return html`<ti-heat-map .picture=${picture} .isUnitDomain=${ui.isUnitDomain} .specialTokens=${state.specialTokens} .theme=${theme} .room=${Math.max(0, frame.viewHeight - aroundMap)} .hover=${ui.hover} .cursor=${cursorOf(picture, ui)} .label=${label}
    .onHover=${actions.hover} .onMove=${(cell: { query: number; key: number }) => actions.moveCursor(cell, cursorScope(picture))}
    .onPick=${(cell: { query: number; key: number }) => {
      actions.moveCursor(cell, `${picture.run.runId} ${cell.query}`);
      if (cell.query !== picture.view.focus) actions.showFocus(cell.query);
    }}></ti-heat-map>`;
}
