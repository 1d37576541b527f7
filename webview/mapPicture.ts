// The map that is shown as a file: drawn anew for a page of its own, not copied from the screen.

import { mapSvg } from '../src/present/export/mapSvg';
import { viewName } from '../src/present/heads/headWords';
import { entryOf } from '../src/present/map/matrixModel';
import { badgeDetail } from '../src/present/words/badgeWords';
import { legendNotes } from '../src/present/words/panelWords';
import { gutterNumbersFrom, mapScene, numbersFrom } from '../src/reading/mapScene';
import type { Shown } from '../src/reading/shown';
import { labelRoom } from './draw/labelRoom';
import type { UiState } from './store';
import type { Theme } from './theme';

/** CSS pixels of a picture, as far as its tokens need them. */
const availableWidth = 1000;
/** Dots of a PNG for each CSS pixel. */
const scale = 2;

/** An SVG document; undefined where no map is shown. */
export function svgOfMap({ picture, state }: Pick<Shown, 'picture' | 'state'>, ui: UiState, theme: Theme): string | undefined {
  if (picture.state !== 'ready') return undefined;
  const shown = picture.picture;
  const { run, view, queryLabels, keyLabels } = shown;
  const room = { ...labelRoom(shown, theme, { availableWidth }, state.specialTokens === 'dim'), pixelRatio: 1 };
  const scene = mapScene(shown, { isUnitDomain: ui.isUnitDomain, specialTokens: state.specialTokens, room });
  const { model, layout } = scene;
  const hasGutters = [...model.rows, ...model.columns].some((entry) => entry.isGutter);
  const [subject] = state.subjects;
  return mapSvg({
    model,
    layout,
    queryLabels,
    keyLabels,
    theme,
    focusRow: entryOf(model.rows, view.focus),
    numbersFrom: numbersFrom(scene),
    gutterNumbersFrom: gutterNumbersFrom(scene),
    title: `${viewName(run, view)} · attention weights, from row to column · ${subject.modelLabel}`,
    notes: [
      legendNotes(model, numbersFrom(scene), hasGutters).join(' · '),
      run.text,
      `${run.badge.state} · ${badgeDetail(run.badge, run.checks).counts} · Transformer Inspector`,
    ],
  });
}

/** The drawing as a PNG, in base64. */
export async function pngOf(svg: string): Promise<string> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [image.naturalWidth * scale, image.naturalHeight * scale];
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL('image/png').replace(/^data:image\/png;base64,/, '');
}
