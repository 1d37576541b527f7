// Thumbnails of all patterns of one tower and kind, one layer after the other; a site that is not vouched for has none.

import type { RunSite } from '../../core/run';
import { pack } from '../../core/tensorPack';
import type { Site } from '../../onnx/facts/site';
import type { PlannedCapture } from '../model/captureTable';
import { tokenLists } from '../pass/tokenLists';
import { capturesOf } from '../run/captures';
import type { Pass } from '../run/pass';
import { wholeCapture } from '../run/wholeCapture';
import type { AnswerKind } from './answer';
import { ThumbnailPictures } from './thumbnailPictures';
import { whyUnvouched } from './vouch';

/** Indices of the tokens that are not special. */
function contentIndices(pass: Pass, list: RunSite['queryTokens']): number[] {
  return (pass.text[list] ?? []).flatMap((token, index) => (token.isSpecial ? [] : [index]));
}

export const thumbnails: AnswerKind<'thumbnails'> = {
  needs: (pass, { tower, kind }) =>
    capturesOf(pass)
      .filter(({ key }) => key.activation === 'pattern' && key.tower === tower && key.kind === kind)
      .map((capture) => [capture]),
  async answer(pass, question, needs, reading) {
    const pictures = new ThumbnailPictures(question.maxSide, question.isOwnScale);
    for (const captures of needs) {
      const [capture] = captures as [PlannedCapture];
      const { queryTokens, keyTokens } = tokenLists(pass, capture.site as Site);
      const [queries, keys] = [contentIndices(pass, queryTokens), contentIndices(pass, keyTokens)];
      await reading(captures, () => {
        const pattern = whyUnvouched(pass, capture) ? undefined : wholeCapture(pass, capture);
        if (pattern) pictures.add({ layer: capture.key.layer ?? 0, pattern, queries, keys });
      });
    }
    return pack(pictures.entries());
  },
};
