// Entry of the panel's page: connects to the host, keeps the newest state, draws it. Nothing is kept here that the host owns.

import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import '@vscode-elements/elements/dist/vscode-toolbar-button/index.js';
import { render } from 'lit';
import type { InspectionState } from '../src/core/inspection';
import type { Phase } from '../src/core/subject';
import { connect, serve } from '../src/protocol/channel';
import type { PanelApi, PanelEvents } from '../src/protocol/panelApi';
import type { PictureState } from '../src/reading/picture';
import { type Shown, shownFor } from '../src/reading/shown';
import { Slices } from '../src/reading/slices';
import { actionsOf } from './actions';
import { oncePerFrame } from './draw/surface';
import { globalKeys } from './keys';
import { panelPort, vscodeApi } from './port';
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
const actions = actionsOf(remote, store, () => shown?.awaits ?? 'nothing');
let state: InspectionState | undefined;
let theme = readTheme();
let shown: Shown | undefined;
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

// The keys are the panel's only while it has the focus: its line of keys shows just then.
const markFocus = () => document.body.toggleAttribute('data-focused', document.hasFocus());
for (const kind of ['focus', 'blur']) window.addEventListener(kind, markFocus);
markFocus();

function changed(isKeptChange: boolean): void {
  if (isKeptChange) api.setState({ ui: store.kept });
  draw();
}

function show(next: InspectionState): void {
  const [{ phase, run }] = next.subjects;
  if (phase.name !== state?.subjects[0].phase.name) watchSlowness(phase);
  if (run) slices.startRun(run.runId);
  state = next;
  draw();
}

/** Words and Stop appear once a phase has lasted a second by this page's own clock (the host's may be another). */
function watchSlowness({ name }: Phase): void {
  clearTimeout(slowTimer);
  store.set({ isSlow: false });
  if (name === 'loading' || name === 'running') slowTimer = setTimeout(() => store.set({ isSlow: true }), 1000);
}

function drawNow(): void {
  if (!state) return;
  const before = shown?.picture;
  shown = shownFor(state, slices, shown);
  // The cell under the pointer is one of the run before.
  if (runIdOf(before) !== runIdOf(shown.picture)) store.set({ hover: null });
  render(panel({ ...shown, subject: shown.state.subjects[0], ui: store.state, theme, actions }), document.body);
  if (shown.picture !== before) showFocusToken(document.body);
}

function runIdOf(picture: PictureState | undefined): number | undefined {
  return picture?.state === 'ready' ? picture.picture.run.runId : undefined;
}
