// What `capture` wrote, for a person: names of tensors with their shapes.

import type { WrittenKey } from '../../captures/tensorSource';
import { type CaptureKey, captureName } from '../../core/names';
import { layerSpans } from './layerSpans';

/** So many tensors have a line each; of more, those that differ in nothing but the layer stand together. */
const mostLines = 20;

interface Line {
  readonly key: CaptureKey;
  readonly layers: readonly number[];
  readonly shape: string;
}

/** In the order of the first tensor of each. */
function alikeLines(lines: readonly Line[]): Line[] {
  const alike = new Map<string, Line>();
  for (const line of lines) {
    const name = JSON.stringify([captureName({ ...line.key, layer: undefined }), line.shape, line.layers.length > 0]);
    alike.set(name, { ...line, layers: [...(alike.get(name)?.layers ?? []), ...line.layers] });
  }
  return [...alike.values()];
}

function nameOf({ key: { tower, kind, activation }, layers }: Line): string {
  return [tower, layers.length > 0 ? layerSpans(layers) : undefined, kind, activation].filter((part) => part !== undefined).join('.');
}

/** `encoder.0.self.pattern  [4, 10, 10]`, or `encoder.0–3.self.pattern  [4, 10, 10]` in a long list. */
export function captureLines(written: readonly WrittenKey[]): string[] {
  const each = written.map(({ key, dims }): Line => ({ key, layers: key.layer === undefined ? [] : [key.layer], shape: `[${dims.join(', ')}]` }));
  const lines = each.length > mostLines ? alikeLines(each) : each;
  const width = Math.max(0, ...lines.map((line) => nameOf(line).length));
  return lines.map((line) => `${nameOf(line).padEnd(width)}  ${line.shape}`);
}
