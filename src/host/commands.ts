// The commands of the extension, as the palette, the menus and the keys call them.

import * as vscode from 'vscode';
import { problem } from '../core/problem';
import { documentGone } from './editor/documentGone';
import type { EditorMemory } from './editor/editorMemory';
import { selectionTextOf } from './editor/selectionText';
import type { TextWatch } from './editor/textWatch';
import type { Inspection } from './inspection/inspection';
import type { Looking } from './inspection/looking';
import type { Step } from './inspection/steps';
import type { ModelPick } from './models/modelPick';
import type { Log } from './surfaces/log';
import type { Panel } from './surfaces/panel/panel';

export interface CommandParts {
  readonly inspection: Inspection;
  readonly panel: Panel;
  readonly models: ModelPick;
  readonly editors: EditorMemory;
  readonly texts: TextWatch;
  readonly log: Log;
}

/** `nextHead`, `previousHead` and so on. */
const stepCommands: readonly (readonly [string, (looking: Looking, step: Step) => void])[] = [
  ['Head', (looking, step) => looking.stepHead(step)],
  ['Layer', (looking, step) => looking.stepLayer(step)],
  ['Candidate', (looking, step) => looking.stepCandidate(step)],
];

/** Registers them; dispose to take them back. */
export function registerCommands({ inspection, panel, models, editors, texts, log }: CommandParts): vscode.Disposable[] {
  const inspectSelection = async () => {
    const place = editors.findPlace();
    if (!place) return void tellWhatToDo();
    panel.open();
    await inspection.inspect(texts.follow(selectionTextOf(place)));
  };
  const inspectAgain = async () => {
    const { selection } = inspection.subject;
    if (!selection?.uri) return inspectSelection();
    panel.open();
    const now = await texts.now(selection).catch((error: unknown) => inspection.showProblem(documentGone(vscode.Uri.parse(selection.uri ?? ''), error)));
    if (now) await inspection.inspectAgain(now);
  };
  const openModel = async (target: unknown) => {
    // The explorer's menu gives the file.
    if (target instanceof vscode.Uri) await models.use(target.fsPath);
    else await models.open();
  };
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
    register('openModel', openModel),
    register('showLog', () => log.open()),
  ];
}

async function tellWhatToDo(): Promise<void> {
  const { message, hint } = problem('noEditor');
  const open = 'Open File…';
  const answer = await vscode.window.showInformationMessage(`${message} ${hint}`, open);
  if (answer === open) await vscode.commands.executeCommand('workbench.action.files.openFile');
}
