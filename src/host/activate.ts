// Wiring: makes the parts of the extension and joins them. Decides nothing itself.

import * as vscode from 'vscode';
import type { InspectionState } from '../core/inspection';
import type { Problem } from '../core/problem';
import { registerCommands } from './commands';
import { EditorMemory } from './editor/editorMemory';
import { TextWatch } from './editor/textWatch';
import { type TokenPlace, TokenReveal } from './editor/tokenReveal';
import { EngineLink } from './engine/engineLink';
import { Copies } from './export/copies';
import { GivenMemory } from './inspection/givenTexts';
import { Inspection } from './inspection/inspection';
import { defaultModel, labelOf, needOfModel } from './models/modelChoice';
import { ModelPick } from './models/modelPick';
import { openExample, provideExamples } from './platform/exampleTexts';
import { panelType } from './platform/panelTab';
import type { ListedModel, Platform } from './platform/platform';
import { readSettings, type Settings, settingsSection } from './platform/settings';
import { ContextKeys } from './surfaces/contextKeys';
import { EngineNotice } from './surfaces/engineNotice';
import { Log } from './surfaces/log';
import { Panel } from './surfaces/panel/panel';
import { panelRelay } from './surfaces/panel/panelRelay';
import { PictureMemory } from './surfaces/pictureMemory';
import { restore } from './surfaces/restore';
import { Status } from './surfaces/status';
import type { Surface } from './surfaces/surface';

/** For the extension's own tests. */
export interface ExtensionApi {
  state(): InspectionState;
  onChange(listener: (state: InspectionState) => void): () => void;
  useModel(reference: string): Promise<Problem | null>;
  /** What a double click on a token of the panel leads to. */
  revealToken(place: TokenPlace): Promise<void>;
  settings(): Settings;
}

/** Sets the extension up on a platform. */
export async function activateOn(context: vscode.ExtensionContext, platformOf: (onError: (error: unknown) => void) => Platform): Promise<ExtensionApi> {
  const log = new Log();
  const onError = (error: unknown) => log.error(error);
  const platform = platformOf(onError);
  const bundled = await platform.bundledModels();
  const engine = new EngineLink({ startEngine: platform.startEngine, resolve: platform.resolveModel, stampOf: platform.stampOf, limits: currentSettings });
  const { specialTokens } = currentSettings();
  const memory = new GivenMemory(context.workspaceState);
  const inspection = new Inspection({ engine, model: modelOfSettings(platform, bundled), labelOf, specialTokens, memory, onError });
  const models = new ModelPick({
    platform,
    memory: context.globalState,
    settings: currentSettings,
    currentModel: () => inspection.model,
    currentNeed: () => (inspection.subject.model ? needOfModel(inspection.subject.model) : undefined),
    useModel: (reference) => inspection.useModel(reference),
    showNeed: () => panel.open(),
    log,
  });
  const editors = new EditorMemory();
  const texts = new TextWatch((subject, isTextStale) => inspection.markText(subject, isTextStale));
  const reveal = new TokenReveal(editors.reveals, (selection) => texts.startOf(selection));
  const inspectAgain = async () => void (await vscode.commands.executeCommand('transformerInspector.inspectAgain'));
  const api = panelRelay({ inspection, engine, chooseModel: () => models.choose(), inspectAgain, openExample: () => openExample(), reveal });
  const panel = new Panel({ extensionUri: context.extensionUri, state: () => inspection.state, api, engine });
  const status = new Status();
  const pictures = new PictureMemory(context.workspaceState, () => inspection.model);
  const surfaces: readonly Surface[] = [panel, status, log, pictures, texts, new ContextKeys(), new EngineNotice()];
  inspection.onChange((state) => {
    for (const surface of surfaces) surface.show(state);
  });
  // Before the first text nothing is loaded.
  const takeModel = (reference: string) => (inspection.subject.model ? void models.use(reference) : inspection.presetModel(reference));
  const deserializeWebviewPanel = async (revived: vscode.WebviewPanel) => {
    panel.adopt(revived);
    await restore(inspection, pictures.stored);
  };
  context.subscriptions.push(
    log,
    status,
    editors,
    texts,
    provideExamples(context.extensionUri),
    { dispose: () => inspection.close() },
    { dispose: () => engine.stop() },
    ...registerCommands({
      inspection,
      panel,
      models,
      editors,
      texts,
      log,
      copies: new Copies(inspection, engine),
      engine,
      platform,
      version: versionOf(context),
    }),
    vscode.window.registerWebviewPanelSerializer(panelType, { deserializeWebviewPanel }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      const changes = (name: string) => event.affectsConfiguration(`${settingsSection}.${name}`);
      if (changes('specialTokens')) inspection.setSpecialTokens(currentSettings().specialTokens);
      if (changes('engine') || changes('tokens')) void inspection.restart();
      if (changes('model.default')) takeModel(modelOfSettings(platform, bundled));
    }),
  );
  return {
    state: () => inspection.state,
    onChange: (listener) => inspection.onChange(listener),
    useModel: (reference) => models.use(reference),
    revealToken: (place) => reveal.show(inspection.subject, place),
    settings: currentSettings,
  };
}

function versionOf({ extension }: vscode.ExtensionContext): string {
  const { version } = extension.packageJSON as { readonly version?: unknown };
  return typeof version === 'string' ? version : '';
}

function currentSettings(): Settings {
  const section = vscode.workspace.getConfiguration(settingsSection);
  return readSettings((name) => section.get(name));
}

function modelOfSettings(platform: Platform, bundled: readonly ListedModel[]): string {
  const reference = defaultModel(currentSettings().defaultModel, bundled);
  return reference.startsWith('bundled:') ? reference : platform.absolutePath(reference, vscode.workspace.workspaceFolders?.[0]?.uri.fsPath);
}
