// Entry of the panel's page: connects to the host, keeps the newest state, draws it. Nothing is kept here that the host owns.

import { render } from 'lit';
import type { InspectionState } from '../src/core/inspection';
import type { SeenRun } from '../src/core/run';
import type { Phase } from '../src/core/subject';
import { connect, serve } from '../src/protocol/channel';
import type { PanelApi, PanelEvents } from '../src/protocol/panelApi';
import type { PictureState } from '../src/reading/picture';
import { type Shown, shownFor } from '../src/reading/shown';
import { Slices } from '../src/reading/slices';
import { type Actions, actionsOf } from './actions';
import { oncePerFrame } from './draw/surface';
import { frameFor } from './frameFor';
import { focusPicture, globalKeys } from './keys';
import { pngOf, svgOfMap } from './mapPicture';
import { measureRoom } from './measure';
import { panelPort, vscodeApi } from './port';
import { Store } from './store';
import { watchTable } from './tableCopy';
import { onThemeChange, readTheme } from './theme';
import type { ViewList } from './view/context';
import { showFocusToken } from './view/frame/tokenStrip';
import { panel } from './view/panel';
import { needsOf, viewBeside } from './view/viewShown';

export class Page {
  readonly #api = vscodeApi();
  readonly #draw = oncePerFrame(() => this.#drawNow());
  readonly #store = new Store(this.#api.getState()?.ui ?? {}, (isKeptChange) => this.#changed(isKeptChange));
  readonly #slices: Slices;
  readonly #actions: Actions;
  #state: InspectionState | undefined;
  #theme = readTheme();
  /** How the tokens stand: when that changes, the focus is brought into sight again. */
  #tokenLook = '';
  #shown: Shown | undefined;
  /** True where the panel got the focus before there was a picture. */
  #awaitsPicture = false;
  #slowTimer: ReturnType<typeof setTimeout> | undefined;

  /** Draws the panel with these views into the body, as often as something changes. */
  constructor(private readonly views: ViewList) {
    const port = panelPort(this.#api);
    const remote = connect<PanelApi>(port);
    this.#slices = new Slices({ source: remote, onChange: this.#draw });
    this.#actions = actionsOf(remote, this.#store, () => this.#shown?.awaits ?? 'nothing');
    serve<PanelEvents>(port, {
      state: async (next) => this.#show(next),
      answer: async ({ question, pack }) => this.#slices.take(question, pack),
      stepView: async ({ step }) => this.#stepView(step),
      drawPicture: ({ form }) => this.#drawPicture(form),
      findToken: async () => this.#actions.openDetails('find'),
    });
    // A page that is closed before the host answers has nothing to show.
    void remote.ready({}).then(
      (state) => this.#show(state),
      () => undefined,
    );
    onThemeChange(() => {
      this.#theme = readTheme();
      this.#draw();
    });
    const keys = globalKeys({ ui: () => this.#store.state, actions: this.#actions, views });
    watchTable();
    document.addEventListener('keydown', keys);
    // The keys are the panel's only while it has the focus: its line of keys shows just then.
    const markFocus = () => document.body.toggleAttribute('data-focused', document.hasFocus());
    for (const kind of ['focus', 'blur']) window.addEventListener(kind, markFocus);
    window.addEventListener('focus', () => this.#focusPicture());
    window.addEventListener('blur', () => {
      this.#awaitsPicture = false;
    });
    markFocus();
    new ResizeObserver(() => this.#measure()).observe(document.body);
  }

  /** A panel of another size may be another frame: drawn at once, so that nothing is seen in between. */
  #measure(): void {
    this.#store.set({ room: measureRoom(document.body, this.views) });
  }

  #changed(isKeptChange: boolean): void {
    if (isKeptChange) this.#api.setState({ ui: this.#store.kept });
    this.#draw();
  }

  #show(next: InspectionState): void {
    const [{ phase }] = next.subjects;
    if (phase.name !== this.#state?.subjects[0].phase.name) this.#watchSlowness(phase);
    const runs = next.subjects.flatMap(({ run }) => run?.runId ?? []);
    if (runs.length > 0) this.#slices.keepRuns(runs);
    const isNew = runs[0] !== this.#state?.subjects[0].run?.runId;
    this.#state = next;
    if (isNew) markTime('state', next.subjects[0].run);
    this.#draw();
  }

  /** Words and Stop appear once a phase has lasted a second by this page's own clock (the host's may be another). */
  #watchSlowness({ name }: Phase): void {
    clearTimeout(this.#slowTimer);
    this.#store.set({ isSlow: false });
    if (name === 'loading' || name === 'running') this.#slowTimer = setTimeout(() => this.#store.set({ isSlow: true }), 1000);
  }

  /** A panel that has the focus, and nothing in it, can be used by keyboard from its picture. */
  #focusPicture(): void {
    this.#awaitsPicture = this.#shown?.picture.state !== 'ready';
    focusPicture();
  }

  #isComing(): boolean {
    return this.#shown === undefined || this.#shown.awaits !== 'nothing' || this.#shown.picture.state === 'loading';
  }

  async #drawPicture(form: 'svg' | 'png'): Promise<string | null> {
    // Numbers that are on their way are waited for: what is saved is the picture that comes, not a refusal. A page that nobody sees is drawn, too,
    // though its browser draws no frames.
    for (let tries = 0; tries < 100 && this.#isComing(); tries++) {
      this.#drawNow();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const svg = this.#shown && svgOfMap(this.#shown, this.#store.state, this.#theme);
    if (!svg) return null;
    return form === 'svg' ? svg : pngOf(svg);
  }

  #stepView(step: 1 | -1): void {
    const next = this.#state && viewBeside(this.views, this.#state, step);
    if (next) this.#actions.showView(next.id);
  }

  #drawNow(): void {
    if (!this.#state) return;
    const before = this.#shown?.picture;
    const shown = shownFor(this.#state, this.#slices, { needs: needsOf(this.views), isOwnScale: this.#store.state.isOwnScale }, this.#shown);
    this.#shown = shown;
    // The cell under the pointer is one of the run before.
    if (runIdOf(before) !== runIdOf(shown.picture)) this.#store.set({ hover: null });
    const { state: ui } = this.#store;
    const frame = frameFor(this.views, shown, ui);
    const wasInHeads = document.activeElement?.closest('.heads') !== null && document.activeElement !== null;
    const context = { ...shown, subject: shown.state.subjects[0], views: this.views, ui, frame, theme: this.#theme, actions: this.#actions };
    render(panel(context), document.body);
    // What had the keyboard focus was folded away: it goes to the chip that opens it.
    if (wasInHeads && document.activeElement === document.body) document.querySelector<HTMLElement>('.head-chip')?.focus();
    const tokenLook = [frame.form, frame.tokenLines, ui.room.isLong].join();
    if (shown.picture !== before || tokenLook !== this.#tokenLook) showFocusToken(document.body);
    this.#tokenLook = tokenLook;
    this.#measure();
    if (this.#awaitsPicture && shown.picture !== before) this.#focusPicture();
    if (shown.picture.state === 'ready' && shown.picture !== before) markTime('picture', shown.picture.picture.run);
  }
}

/** When a run's state came, and when a picture stood that is another than before: read by the bench of the whole way, and by a profiler. */
function markTime(name: 'state' | 'picture', run: SeenRun | null): void {
  if (run) performance.mark(name, { detail: { runId: run.runId, elapsedMs: run.elapsedMs, times: run.times } });
}

function runIdOf(picture: PictureState | undefined): number | undefined {
  return picture?.state === 'ready' ? picture.picture.run.runId : undefined;
}
