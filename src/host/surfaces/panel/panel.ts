// The panel beside the editor: one webview, reused, restored after a reload. Relays intents to the inspection and slices from
// the engine; holds no numbers. Nothing is sent to a webview that has not called `ready`.

import * as vscode from 'vscode';
import type { InspectionState } from '../../../core/inspection';
import type { Reader } from '../../../protocol/ask';
import { connect, type Remote, serve } from '../../../protocol/channel';
import type { PanelApi, PanelEvents } from '../../../protocol/panelApi';
import { wouldHide } from '../../editor/columns';
import { columnGroupsOf } from '../../editor/documentTabs';
import { panelType } from '../../platform/panelTab';
import type { Surface } from '../surface';
import { AnswersAhead } from './answersAhead';
import { newNonce, panelHtml } from './panelHtml';
import { portOfPanel } from './webviewPort';

const title = 'Transformer Inspector';

const passing = (milliseconds: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), milliseconds));

export interface PanelOptions {
  readonly extensionUri: vscode.Uri;
  readonly state: () => InspectionState;
  /** What intents and requests of the webview lead to. */
  readonly api: Omit<PanelApi, 'ready'>;
  /** Where numbers are read from. */
  readonly engine: Reader;
}

export class Panel implements Surface {
  private panel: vscode.WebviewPanel | null = null;
  private events: Remote<PanelEvents> | null = null;
  private isAsking = false;
  private readonly ahead: AnswersAhead;

  constructor(private readonly options: PanelOptions) {
    this.ahead = new AnswersAhead(options.engine);
  }

  /** Opens the panel beside the editor, or brings it to the front, away from the text where it would hide it. The focus stays in the editor. */
  open(textUri?: string): void {
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const isOver = textUri !== undefined && wouldHide(columnGroupsOf(textUri));
    if (this.panel) this.panel.reveal(isOver ? vscode.ViewColumn.Beside : undefined, true);
    else this.adopt(vscode.window.createWebviewPanel(panelType, title, place));
  }

  /** Fills a panel that VS Code made, new or after a reload. */
  adopt(panel: vscode.WebviewPanel): void {
    this.panel?.dispose();
    this.panel = panel;
    const root = vscode.Uri.joinPath(this.options.extensionUri, 'dist', 'webview');
    panel.webview.options = { enableScripts: true, localResourceRoots: [root] };
    panel.iconPath = vscode.Uri.joinPath(this.options.extensionUri, 'media', 'icon.png');
    this.attach(panel);
    const at = (name: string) => panel.webview.asWebviewUri(vscode.Uri.joinPath(root, name)).toString();
    const { cspSource } = panel.webview;
    panel.webview.html = panelHtml({ cspSource, nonce: newNonce(), script: at('main.js'), style: at('main.css'), icons: at('codicon.css') });
  }

  /** Sends the state to a webview that is there to take it. */
  show(state: InspectionState): void {
    // The promise of a webview that is hidden meanwhile never settles; one that is closed rejects.
    const { events } = this;
    if (!this.isAsking || !this.panel?.visible || !events) return;
    events.state(state).catch(() => undefined);
    this.ahead.send(state, (question, pack) => events.answer({ question, pack }).catch(() => undefined));
  }

  /** The map that is shown as a file, the panel brought to the front for it; undefined where none is. */
  async drawPicture(form: 'svg' | 'png'): Promise<Uint8Array | undefined> {
    // A panel behind another tab has no page; a page that was just made takes seconds on a busy machine before it asks for anything.
    if (this.panel && !this.panel.visible) this.panel.reveal(undefined, true);
    await this.again(20_000, () => !this.panel || (this.panel.visible && this.isAsking) || undefined);
    // One that goes meanwhile answers nothing, and one that still shows the run before has no map of this one.
    const asked = () => Promise.race([this.events?.drawPicture({ form }).catch(() => null), passing(5000)]);
    const drawn = await this.again(2000, async () => (this.isAsking && (await asked())) || undefined);
    return drawn === undefined ? undefined : Buffer.from(drawn, form === 'svg' ? 'utf8' : 'base64');
  }

  /** What `attempt` gives first, asked again until it gives something, the panel is closed or that long has passed. */
  private async again<T>(milliseconds: number, attempt: () => T | undefined | Promise<T | undefined>): Promise<T | undefined> {
    for (const end = Date.now() + milliseconds; this.panel && Date.now() < end; ) {
      const given = await attempt();
      if (given !== undefined) return given;
      await passing(50);
    }
    return undefined;
  }

  /** Opens the field that finds words among the tokens. */
  findToken(): void {
    if (this.isAsking) this.events?.findToken({}).catch(() => undefined);
  }

  /** Shows the next view of the head, or the one before: which there are, the page knows. */
  stepView(step: 1 | -1): void {
    if (this.isAsking) this.events?.stepView({ step }).catch(() => undefined);
  }

  private attach(panel: vscode.WebviewPanel): void {
    const port = portOfPanel(panel);
    const ready = async () => {
      // What a page before this one asked for has no reader any more.
      abortRunning();
      this.isAsking = true;
      this.ahead.forget();
      return this.options.state();
    };
    const abortRunning = serve<PanelApi>(port, { ...this.options.api, ready });
    this.events = connect<PanelEvents>(port);
    panel.onDidChangeViewState(() => {
      // A hidden webview is destroyed, and starts anew with `ready` once it is shown; one that only moved to another group lives on, and missed what was
      // not sent to it meanwhile.
      if (panel.visible) this.show(this.options.state());
    });
    panel.onDidDispose(() => {
      if (this.panel !== panel) return;
      this.panel = null;
      this.events = null;
      this.isAsking = false;
    });
  }
}
