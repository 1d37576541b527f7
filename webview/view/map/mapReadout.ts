// What the map says of the cell under the pointer or the cursor.

import { isMaskedCell } from '../../../src/present/map/matrixModel';
import { readout } from '../../../src/present/words/panelWords';
import { placedLabel } from '../../../src/present/words/tokenLabel';
import { rankIn, type WeightPicture } from '../../../src/reading/picture';
import { cursorOf, type PanelContext } from '../context';

/** Its tokens, weight, score and rank in the row. */
export function mapReadout({ ui }: PanelContext, picture: WeightPicture): { head: string; body: string } {
  const { query, key } = ui.hover ?? cursorOf(picture, ui);
  const at = query * picture.keys.length + key;
  return readout({
    queryLabel: placedLabel(picture.queryLabels, query),
    keyLabel: placedLabel(picture.keyLabels, key),
    weight: picture.weights[at] ?? 0,
    isMasked: isMaskedCell(picture, query, key),
    score: picture.view.head === null ? undefined : picture.scores?.[at],
    ...rankIn(picture, query, key),
  });
}
