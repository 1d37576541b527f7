// How many bytes a capture will take, before it is made. An estimate: sizes come from config.json or from the run before.

import type { PlannedCapture } from '../model/captureTable';
import type { ModelSizes } from '../text/modelLimits';

export interface TextSizes {
  readonly queries: number;
  readonly keys: number;
}

/** Bytes of one capture as float32. */
export function predictedBytes(capture: PlannedCapture, sizes: ModelSizes, text: TextSizes): number {
  const heads = capture.site?.heads ?? sizes.heads;
  switch (capture.key.activation) {
    case 'scores':
    case 'pattern':
      return 4 * heads * text.queries * text.keys;
    case 'k':
    case 'rot_k':
    case 'v':
      return 4 * text.keys * sizes.width;
    case 'result':
      return 4 * heads * text.queries * sizes.width;
    case 'mlp_pre':
    case 'mlp_post':
      return 4 * text.queries * sizes.inner;
    case 'logits':
      return 4 * text.queries * sizes.vocabulary;
    default:
      return 4 * text.queries * sizes.width;
  }
}

/** For people: `2.4 GB`. */
export function bytesInWords(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
