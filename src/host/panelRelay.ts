// What intents and requests of the webview lead to: intents go to the inspection, requests for numbers to the engine.

import type { PanelApi } from '../protocol/panelApi';
import type { EngineLink } from './engineLink';
import type { Inspection } from './inspection';
import { revealToken } from './tokenReveal';

/** The panel's side of the channel; `ready` is answered by the panel itself. */
export function panelRelay(inspection: Inspection, engine: EngineLink, chooseModel: () => Promise<void>): Omit<PanelApi, 'ready'> {
  return {
    showHead: async ({ site, head }) => inspection.showHead(site, head),
    unpinHead: async () => inspection.unpinHead(),
    showFocus: async ({ focus }) => inspection.showFocus(focus),
    setView: async (change) => inspection.setView(change),
    chooseModel,
    revealToken: (place) => revealToken(inspection.state, place),
    stop: async () => inspection.stop(),
    dismissProblem: async () => inspection.dismissProblem(),
    slice: (key, signal) => engine.slice(key, signal),
    thumbnails: (params, signal) => engine.thumbnails(params, signal),
  };
}
