// The page's end of VS Code's message pipe, and the little that VS Code gives a webview.

import type { Port } from '../src/protocol/channel';
import type { KeptUi } from './store';

/** What survives a reload in the page itself; the host remembers the inspection. */
export interface KeptState {
  readonly ui: KeptUi;
}

export interface VscodeApi {
  postMessage(message: unknown): void;
  getState(): KeptState | undefined;
  setState(state: KeptState): void;
}

declare function acquireVsCodeApi(): VscodeApi;

/** May be called once per page. */
export function vscodeApi(): VscodeApi {
  return acquireVsCodeApi();
}

/** A port over postMessage and the window's message events; it closes with the page. */
export function panelPort(api: VscodeApi): Port {
  return {
    post: (message) => api.postMessage(message),
    onMessage: (listener) => window.addEventListener('message', (event: MessageEvent<unknown>) => listener(event.data)),
    onClose: (listener) => window.addEventListener('pagehide', listener),
    close: () => undefined,
  };
}
