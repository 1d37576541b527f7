// Copying numbers of the head that is shown: one cell, one row, or all of it, as the user's next program wants it. Read anew, so that what is copied is
// what the model computed to the last bit, not what a picture has room for.

import * as vscode from 'vscode';
import type { InspectionState } from '../../core/inspection';
import { type Problem, problem } from '../../core/problem';
import { floatText, type LabelledMatrix, withRows } from '../../present/export/labelledMatrix';
import { matrixText, type TextForm } from '../../present/export/matrixText';
import { isMaskedCell } from '../../present/map/matrixModel';
import { counted } from '../../present/words/modelFacts';
import { countText } from '../../present/words/numbers';
import type { MenuPlace } from '../../protocol/menuPlace';
import type { WeightPicture } from '../../reading/picture';
import { pictureMatrix } from '../../reading/pictureMatrix';
import { readPicture } from '../../reading/readPicture';
import type { EngineLink } from '../engine/engineLink';
import type { Inspection } from '../inspection/inspection';

type CopyPlace = Partial<MenuPlace>;

interface Copied {
  readonly text: string;
  readonly said: string;
}

interface Shown {
  readonly picture: WeightPicture;
  readonly matrix: LabelledMatrix;
  /** Said of special tokens that are copied and not drawn; mostly empty. */
  readonly hidden: string;
}

/** About 50 MB of text. */
const mostNumbers = 4_000_000;

export class Copies {
  constructor(
    private readonly inspection: Inspection,
    private readonly engine: Pick<EngineLink, 'read'>,
  ) {}

  async cell(place: unknown): Promise<void> {
    await this.copy(place, ({ picture }, { query, key }) => {
      if (query === undefined || key === undefined) return undefined;
      const { weights, keys, queryLabels, keyLabels } = picture;
      const masked = isMaskedCell(picture, query, key) ? ' (masked)' : '';
      return { text: floatText(weights[query * keys.length + key] as number), said: `${queryLabels[query]} → ${keyLabels[key]}${masked}` };
    });
  }

  /** Of the token that was pointed at, else of the focus. */
  async row(place: unknown): Promise<void> {
    await this.copy(place, ({ picture, matrix, hidden }, { query = picture.view.focus }) => ({
      text: matrixText('tsv', withRows(matrix, [query])),
      said: `the row of ${picture.queryLabels[query]}${hidden}`,
    }));
  }

  async table(form: TextForm, place?: unknown): Promise<void> {
    await this.copy(place, ({ picture: { queries, keys, weights }, matrix, hidden }) =>
      weights.length > mostNumbers
        ? problem('copyTooLarge', { count: countText(weights.length), limit: countText(mostNumbers) })
        : { text: matrixText(form, matrix), said: `${queries.length} × ${keys.length} weights${hidden}` },
    );
  }

  private async copy(place: unknown, textOf: (shown: Shown, place: CopyPlace) => Copied | Problem | undefined): Promise<void> {
    // What is shown when the command is chosen, whatever comes while the numbers are read.
    const { state } = this.inspection;
    const found = await readPicture(state, this.engine);
    if (found.state !== 'ready') return void tell(nothingToCopy(found.state === 'refused' ? (found.reason ?? undefined) : undefined));
    const { picture } = found;
    const own = placeIn(picture, place);
    if (!own) return void tell(problem('pictureChanged'));
    const copied = textOf({ picture, matrix: pictureMatrix(picture, state.subjects[0].modelLabel), hidden: hiddenText(picture, state) }, own);
    if (!copied) return void tell(problem('nothingPointed'));
    if ('code' in copied) return void tell(copied);
    await vscode.env.clipboard.writeText(copied.text);
    vscode.window.setStatusBarMessage(`Copied ${copied.said}`, 4000);
  }
}

/** What is copied and not drawn: nothing is left out of a copy. */
function hiddenText({ queries, keys }: WeightPicture, { specialTokens }: InspectionState): string {
  const count = specialTokens === 'hide' ? new Set([...queries, ...keys].filter(({ isSpecial }) => isSpecial)).size : 0;
  return count === 0 ? '' : `, with ${counted(count, 'special token')} that the picture hides`;
}

function nothingToCopy(reason: string | undefined): Problem {
  return problem('nothingToCopy', { reason: reason ?? 'no text has been inspected, or a check of this attention failed' });
}

export async function tell({ message, hint }: Problem): Promise<void> {
  await vscode.window.showWarningMessage(`${message} ${hint}`);
}

/** Tokens that the picture has; undefined where the menu was opened on another run, whose tokens are others at the same places. */
function placeIn({ run, queries, keys }: WeightPicture, place: unknown): CopyPlace | undefined {
  const { runId, query, key } = (typeof place === 'object' && place !== null ? place : {}) as Record<string, unknown>;
  if (runId !== undefined && runId !== run.runId) return undefined;
  const within = (value: unknown, count: number) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < count ? (value as number) : undefined;
  const [row, column] = [within(query, queries.length), within(key, keys.length)];
  return { ...(row !== undefined && { query: row }), ...(column !== undefined && { key: column }) };
}
