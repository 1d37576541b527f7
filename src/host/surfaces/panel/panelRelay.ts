// What intents and requests of the webview lead to: intents go to the inspection, requests for numbers to the engine.

import type { PanelApi } from '../../../protocol/panelApi';
import type { TokenReveal } from '../../editor/tokenReveal';
import type { EngineLink } from '../../engine/engineLink';
import { outcomeInEditor } from '../../inspection/editorProblem';
import type { Inspection } from '../../inspection/inspection';

export interface PanelRelayParts {
  readonly inspection: Inspection;
  readonly engine: EngineLink;
  readonly chooseModel: () => Promise<void>;
  readonly inspectAgain: () => Promise<void>;
  readonly openExample: () => Promise<void>;
  readonly reveal: TokenReveal;
}

/** The panel's side of the channel; `ready` is answered by the panel itself. */
export function panelRelay({ inspection, engine, chooseModel, inspectAgain, openExample, reveal }: PanelRelayParts): Omit<PanelApi, 'ready'> {
  return {
    showHead: async ({ site, head }) => inspection.looking.showHead(site, head),
    showCandidate: async ({ index }) => inspection.looking.showCandidate(index),
    unpinHead: async () => inspection.looking.unpinHead(),
    showFocus: async ({ focus }) => inspection.looking.showFocus(focus),
    setView: async (change) => inspection.looking.setView(change),
    chooseModel,
    openExample,
    inspectAgain,
    revealToken: (place) => reveal.show(inspection.subject, place),
    stop: async () => inspection.stop(),
    giveInput: async ({ input, text }) => inspection.giveInput(input, text),
    dismissProblem: async () => inspection.dismissProblem(),
    read: async (question, signal) => outcomeInEditor(await engine.read(question, signal)),
  };
}
