// Choosing a model: the quick pick and the open dialog. A model that cannot be used says why at once; the old one stays. One that only wants values
// of the user is in use: the panel says so and takes them.

import * as vscode from 'vscode';
import type { Problem } from '../../core/problem';
import { wantsValue } from '../../present/words/inputWords';
import type { ModelReference } from '../inspection/inspectionEngine';
import type { Platform } from '../platform/platform';
import type { Settings } from '../platform/settings';
import type { Log } from '../surfaces/log';
import { type ModelNeeds, modelGroups, rowOf, withNeed, withRecent } from './modelChoice';

const recentKey = 'recentModels';
const needsKey = 'modelNeeds';

export interface ModelPickOptions {
  readonly platform: Platform;
  readonly memory: vscode.Memento;
  readonly settings: () => Settings;
  readonly currentModel: () => ModelReference;
  /** What it needs before it can run a text. */
  readonly currentNeed: () => string | undefined;
  /** Takes the model into use; why that failed, or that a newer wish came before, or null. */
  readonly useModel: (reference: ModelReference) => Promise<Problem | 'superseded' | null>;
  /** Brings the panel to the front, which says what the model in use wants. */
  readonly showNeed: () => void;
  readonly log: Pick<Log, 'problem' | 'open'>;
}

interface Row extends vscode.QuickPickItem {
  readonly reference?: ModelReference;
}

const openRow: Row = { label: '$(folder-opened) Open Model Folder or File…', alwaysShow: true };

export class ModelPick {
  constructor(private readonly options: ModelPickOptions) {}

  /** Asks for a model and takes it into use. */
  async choose(): Promise<void> {
    const picked = await pickOf(await this.rows(), (row) => row.reference === this.options.currentModel());
    if (picked === openRow) await this.open();
    else if (picked?.reference !== undefined) await this.use(picked.reference);
  }

  /** Asks for a folder or an .onnx file and takes it into use. */
  async open(): Promise<void> {
    const wanted = this.options.platform.dialogTakesBoth ? 'both' : await askForKind();
    if (!wanted) return;
    const [chosen] =
      (await vscode.window.showOpenDialog({
        title: 'Open Model Folder or File',
        openLabel: 'Open Model',
        canSelectMany: false,
        canSelectFiles: wanted !== 'folder',
        canSelectFolders: wanted !== 'file',
        filters: { 'ONNX models': ['onnx'], 'All files': ['*'] },
      })) ?? [];
    if (chosen) await this.use(chosen.fsPath);
  }

  /** Takes the model into use; a failure is told in one message. A model that was not waited for says nothing and is not listed as recent. */
  async use(reference: ModelReference): Promise<Problem | null> {
    const failure = await this.options.useModel(reference);
    if (failure === 'superseded') return null;
    const isInUse = failure === null || (wantsValue(failure) && this.options.currentModel() === reference);
    if (failure && !isInUse) void this.tell(failure);
    if (failure && isInUse) this.options.showNeed();
    await this.options.memory.update(needsKey, withNeed(this.needs(), reference, this.needAfter(failure, isInUse)));
    if (isInUse) await this.options.memory.update(recentKey, withRecent(this.recent(), reference));
    return failure;
  }

  /** What is said of the model in the quick pick from now on. */
  private needAfter(failure: Problem | null, isInUse: boolean): string | undefined {
    if (failure && isInUse) return this.options.currentNeed();
    return failure?.code === 'targetMissing' ? 'needs a text for its decoder' : undefined;
  }

  private needs(): ModelNeeds {
    return this.options.memory.get<ModelNeeds>(needsKey, {});
  }

  private async tell(failure: Problem): Promise<void> {
    this.options.log.problem(failure);
    const again = 'Choose Another Model…';
    const log = 'Show Log';
    const answer = await vscode.window.showErrorMessage(`${failure.message} ${failure.hint}`, again, log);
    if (answer === again) await this.choose();
    if (answer === log) this.options.log.open();
  }

  private recent(): readonly ModelReference[] {
    return this.options.memory.get<readonly ModelReference[]>(recentKey, []);
  }

  private async rows(): Promise<Row[]> {
    const { platform, settings, currentModel } = this.options;
    const at = async (paths: readonly string[]) => (await Promise.all(paths.map((path) => platform.modelsAt(path)))).flat();
    const base = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const [bundled, recent, configured] = await Promise.all([
      platform.bundledModels(),
      at(this.recent()),
      at(settings().modelPaths.map((path) => platform.absolutePath(path, base))),
    ]);
    const needs = this.needs();
    const rows = modelGroups({ bundled, recent, configured }).flatMap(({ title, models }) => [
      separator(title),
      ...models.map((model) => rowOf({ ...model, need: model.need ?? needs[model.reference] }, currentModel())),
    ]);
    return [...rows, separator(''), openRow];
  }
}

/** Asks with one of the rows marked at first; undefined where the question was left. */
function pickOf(rows: readonly Row[], isActive: (row: Row) => boolean): Promise<Row | undefined> {
  const pick = vscode.window.createQuickPick<Row>();
  Object.assign(pick, { title: 'Choose a Model', placeholder: 'Attention is shown with this model', matchOnDescription: true, items: rows });
  pick.activeItems = rows.filter(isActive);
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
      pick.hide();
    });
    pick.onDidHide(() => {
      resolve(undefined);
      pick.dispose();
    });
    pick.show();
  });
}

function separator(label: string): Row {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function askForKind(): Promise<'folder' | 'file' | undefined> {
  const folder = { label: '$(folder) Model Folder…', kindOf: 'folder' as const };
  const file = { label: '$(file) ONNX File…', kindOf: 'file' as const };
  return (await vscode.window.showQuickPick([folder, file], { title: 'Open Model Folder or File' }))?.kindOf;
}
