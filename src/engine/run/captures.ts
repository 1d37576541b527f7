// Which captures a pass has, how one is found, and whether its tensors are there.

import { type Activation, type CaptureKey, captureName, type SiteKey } from '../../core/names';
import { type PlannedCapture, resultOperands } from '../model/captureTable';
import type { Pass } from './pass';

/** The captures of the files that run with this text. */
export function capturesOf(pass: Pass): PlannedCapture[] {
  const count = pass.activeParts.length;
  return pass.model.table.filter((capture) => capture.part < count);
}

/** The capture with exactly this key. */
export function findCapture(pass: Pass, { tower, layer, kind, activation }: CaptureKey): PlannedCapture | undefined {
  const name = captureName({ tower, layer, kind, activation });
  return capturesOf(pass).find((capture) => capture.name === name);
}

/** An activation of a site or of the block it stands in. */
export function captureAt(pass: Pass, { tower, layer, kind }: SiteKey, activation: Activation): PlannedCapture | undefined {
  const isAt = ({ key }: PlannedCapture) => key.tower === tower && key.layer === layer && (key.kind === undefined || key.kind === kind);
  return capturesOf(pass).find((capture) => capture.key.activation === activation && isAt(capture));
}

/** Whether the tensors of a capture are in the pass; of a derived one those that it is computed from. */
export function isThere(pass: Pass, { site, part, ref }: PlannedCapture): boolean {
  return ref ? pass.tensors.has(part, ref) : resultOperands(site).every((one) => pass.tensors.has(part, one));
}
