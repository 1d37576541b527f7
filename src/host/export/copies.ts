// Copying numbers of the head that is shown: one cell, one row, or all of it, as the user's next program wants it. Read anew, so that what is copied is
// what the model computed to the last bit, not what a picture has room for.

import * as vscode from 'vscode';
import { type Problem, problem } from '../../core/problem';
import { floatText, withRows } from '../../present/export/labelledMatrix';
import { matrixText, type TextForm } from '../../present/export/matrixText';
import type { WeightPicture } from '../../reading/picture';
import { pictureMatrix } from '../../reading/pictureMatrix';
import { readPicture } from '../../reading/readPicture';
import type { EngineLink } from '../engine/engineLink';
import type { Inspection } from '../inspection/inspection';

/** What the page says of the place where its menu was opened. */
export interface CopyPlace {
  readonly query?: number;
  readonly key?: number;
}

export class Copies {
  constructor(
    private readonly inspection: Inspection,
    private readonly engine: Pick<EngineLink, 'read'>,
  ) {}

  async cell(place: unknown): Promise<void> {
    await this.copy(place, ({ weights, keys, queryLabels, keyLabels }, { query, key }) => {
      if (query === undefined || key === undefined) return undefined;
      return { text: floatText(weights[query * keys.length + key] as number), said: `${queryLabels[query]} → ${keyLabels[key]}` };
    });
  }

  /** Of the token that was pointed at, else of the focus. */
  async row(place: unknown): Promise<void> {
    await this.copy(place, (picture, { query = picture.view.focus }) => ({
      text: matrixText('tsv', withRows(pictureMatrix(picture, this.inspection.subject.modelLabel), [query])),
      said: `the row of ${picture.queryLabels[query]}`,
    }));
  }

  async table(form: TextForm): Promise<void> {
    await this.copy(undefined, (picture) => ({
      text: matrixText(form, pictureMatrix(picture, this.inspection.subject.modelLabel)),
      said: `${picture.queries.length} × ${picture.keys.length} weights`,
    }));
  }

  private async copy(
    place: unknown,
    textOf: (picture: WeightPicture, place: CopyPlace) => { readonly text: string; readonly said: string } | undefined,
  ): Promise<void> {
    const picture = await readPicture(this.inspection.state, this.engine);
    if (picture.state !== 'ready') return void tell(nothingToCopy(picture.state === 'refused' ? (picture.reason ?? undefined) : undefined));
    const copied = textOf(picture.picture, placeIn(picture.picture, place));
    if (!copied) return void tell(problem('nothingPointed'));
    await vscode.env.clipboard.writeText(copied.text);
    vscode.window.setStatusBarMessage(`Copied ${copied.said}`, 4000);
  }
}

function nothingToCopy(reason: string | undefined): Problem {
  return problem('nothingToCopy', { reason: reason ?? 'no text has been inspected, or a check of this attention failed' });
}

export async function tell({ message, hint }: Problem): Promise<void> {
  await vscode.window.showWarningMessage(`${message} ${hint}`);
}

/** Tokens that the picture has; a menu may have been opened on one that is gone. */
function placeIn({ queries, keys }: WeightPicture, place: unknown): CopyPlace {
  const { query, key } = (typeof place === 'object' && place !== null ? place : {}) as Record<string, unknown>;
  const within = (value: unknown, count: number) =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < count ? (value as number) : undefined;
  const [row, column] = [within(query, queries.length), within(key, keys.length)];
  return { ...(row !== undefined && { query: row }), ...(column !== undefined && { key: column }) };
}
