// Entry of the panel's page: connects to the host, keeps the newest state, draws it. Nothing is kept here that the host owns.

import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { render } from 'lit';
import type { InspectionState } from '../src/core/inspection';
import { connect, serve } from '../src/protocol/channel';
import type { PanelApi, PanelEvents } from '../src/protocol/panelApi';
import { actionsOf } from './actions';
import { oncePerFrame } from './draw/surface';
import { globalKeys } from './keys';
import { isSamePicture, type PictureState, pictureOf } from './picture';
import { panelPort, vscodeApi } from './port';
import { Slices } from './slices';
import { Store } from './store';
import { onThemeChange, readTheme } from './theme';
import { HeadGrid } from './view/headGrid';
import { HeatMap } from './view/heatMap';
import { panel } from './view/panel';
import { showFocusToken } from './view/tokenStrip';

customElements.define('ti-head-grid', HeadGrid);
customElements.define('ti-heat-map', HeatMap);

const api = vscodeApi();
const port = panelPort(api);
const remote = connect<PanelApi>(port);
const draw = oncePerFrame(drawNow);
const store = new Store(api.getState()?.ui ?? {}, changed);
const slices = new Slices({ source: remote, onChange: draw });
const actions = actionsOf(remote, store);
let state: InspectionState | undefined;
let theme = readTheme();
let shown: PictureState = { state: 'none' };
let slowTimer: ReturnType<typeof setTimeout> | undefined;

serve<PanelEvents>(port, { state: async (next) => show(next) });
// A page that is closed before the host answers has nothing to show.
void remote.ready({}).then(show, () => undefined);
onThemeChange(() => {
  theme = readTheme();
  draw();
});
document.addEventListener(
  'keydown',
  globalKeys(() => store.state, actions),
);

function changed(): void {
  api.setState({ ui: store.kept });
  draw();
}

function show(next: InspectionState): void {
  if (next.phase.name !== state?.phase.name) watchSlowness(next);
  if (next.run) slices.startRun(next.run.runId);
  state = next;
  changed();
}

/** Words and Stop appear once a phase has lasted a second by this page's own clock (the host's may be another). */
function watchSlowness(next: InspectionState): void {
  clearTimeout(slowTimer);
  store.set({ isSlow: false });
  if (next.phase.name === 'loading' || next.phase.name === 'running') slowTimer = setTimeout(() => store.set({ isSlow: true }), 1000);
}

/** The newest picture that is complete; the one before it stays while the next is on its way, and as the same object while nothing of it changed. */
function newestPicture(current: InspectionState): PictureState {
  const next = pictureOf(current, slices);
  if (shown.state !== 'ready') return next;
  if (next.state === 'loading' || (next.state === 'ready' && isSamePicture(next.picture, shown.picture))) return shown;
  return next;
}

function drawNow(): void {
  if (!state) return;
  const { run, view } = state;
  const thumbnails = run && view ? slices.thumbnails({ runId: run.runId, pass: 0, tower: view.site.tower, kind: view.site.kind, maxSide: 32 }) : null;
  const before = shown;
  shown = newestPicture(state);
  render(panel({ state, picture: shown, thumbnails, ui: store.state, theme, actions }), document.body);
  if (shown !== before) showFocusToken(document.body);
}
