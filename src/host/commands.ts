// The commands of the extension, as the palette, the menus and the keys call them.

import * as vscode from 'vscode';
import { problem } from '../core/problem';
import { documentGone } from './editor/documentGone';
import type { EditorMemory } from './editor/editorMemory';
import { selectionTextOf } from './editor/selectionText';
import type { TextWatch } from './editor/textWatch';
import type { EngineLink } from './engine/engineLink';
import type { Copies } from './export/copies';
import { saveCapture } from './export/saveCapture';
import { savePicture } from './export/savePicture';
import type { Inspection } from './inspection/inspection';
import type { Looking } from './inspection/looking';
import type { Step } from './inspection/steps';
import type { ModelPick } from './models/modelPick';
import { openExample } from './platform/exampleTexts';
import type { Platform } from './platform/platform';
import type { Log } from './surfaces/log';
import type { Panel } from './surfaces/panel/panel';

/** As VS Code names what the manifest contributes. */
const walkthrough = 'transformer-inspector.transformer-inspector#start';

export interface CommandParts {
  readonly inspection: Inspection;
  readonly panel: Panel;
  readonly models: ModelPick;
  readonly editors: EditorMemory;
  readonly texts: TextWatch;
  readonly log: Log;
  readonly copies: Copies;
  readonly engine: EngineLink;
  readonly platform: Platform;
  /** Of the extension. */
  readonly version: string;
}

/** `nextHead`, `previousHead` and so on. */
const stepCommands: readonly (readonly [string, (looking: Looking, step: Step) => void])[] = [
  ['Head', (looking, step) => looking.stepHead(step)],
  ['Layer', (looking, step) => looking.stepLayer(step)],
  ['Candidate', (looking, step) => looking.stepCandidate(step)],
];

/** Registers them; dispose to take them back. */
export function registerCommands({ inspection, panel, models, editors, texts, log, copies, engine, platform, version }: CommandParts): vscode.Disposable[] {
  const inspectSelection = async () => {
    const place = editors.findPlace();
    if (!place) return void tellWhatToDo();
    panel.open(place.uri);
    await inspection.inspect(texts.follow(selectionTextOf(place)));
  };
  const inspectAgain = async () => {
    const { selection } = inspection.subject;
    if (!selection?.uri) return inspectSelection();
    panel.open(selection.uri);
    const now = await texts.now(selection).catch((error: unknown) => inspection.showProblem(documentGone(vscode.Uri.parse(selection.uri ?? ''), error)));
    if (now) await inspection.inspectAgain(now);
  };
  // The explorer's menu gives the file or folder.
  const useModel = (target: unknown) => (target instanceof vscode.Uri ? models.use(target.fsPath) : models.open());
  const register = (name: string, work: (target?: unknown) => unknown) => vscode.commands.registerCommand(`transformerInspector.${name}`, work);
  return [
    register('inspectSelection', inspectSelection),
    register('inspectAgain', inspectAgain),
    register('nextView', () => panel.stepView(1)),
    register('previousView', () => panel.stepView(-1)),
    ...stepCommands.flatMap(([name, by]) => [
      register(`next${name}`, () => by(inspection.looking, 1)),
      register(`previous${name}`, () => by(inspection.looking, -1)),
    ]),
    register('chooseModel', () => models.choose()),
    register('openModel', () => models.open()),
    register('useModel', useModel),
    register('openExample', () => openExample()),
    register('openWalkthrough', () => vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough)),
    register('copyCell', (place) => copies.cell(place)),
    register('copyRow', (place) => copies.row(place)),
    register('copyTable', (place) => copies.table('tsv', place)),
    register('copyTableMarkdown', (place) => copies.table('markdown', place)),
    register('copyTableNumpy', (place) => copies.table('numpy', place)),
    register('findToken', () => panel.findToken()),
    register('saveCapture', () => saveCapture({ subject: inspection.subject, engine, platform, version })),
    register('savePicture', () => savePicture(panel, inspection.state)),
    register('showLog', () => log.open()),
  ];
}

async function tellWhatToDo(): Promise<void> {
  const { message, hint } = problem('noEditor');
  const open = 'Open File…';
  const example = 'Open Example';
  const answer = await vscode.window.showInformationMessage(`${message} ${hint}`, open, example);
  if (answer === example) await openExample();
  if (answer === open) await vscode.commands.executeCommand('workbench.action.files.openFile');
}
