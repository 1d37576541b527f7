import { describe, expect, it } from 'vitest';
import { siteName } from '../../../../src/core/names';
import type { SeenRun } from '../../../../src/core/run';
import { headBeside, layerBeside, type Step } from '../../../../src/host/inspection/steps';
import { type Pin, viewOf } from '../../../../src/host/inspection/view';
import { encoderSite, fakeRun } from '../fakeRun';

/** Three layers: of four heads, closed, of two heads. */
function layers(): SeenRun {
  const run = fakeRun(1, 'one two three');
  const [first] = run.sites;
  if (!first) throw new Error('no site');
  const site = (layer: number, headCount: number, isTrusted = true) => ({ ...first, layer, headCount, isTrusted });
  const cross = { ...first, tower: 'decoder' as const, kind: 'cross' as const };
  return { ...run, sites: [site(0, 4), site(1, 4, false), site(2, 2), cross], firstSight: { ...run.firstSight, site: encoderSite(0) } };
}

const said = (pin: Pin | undefined) => pin && `${siteName(pin.site)} ${pin.head}`;
const at = (run: SeenRun, layer: number, head: number | null) => ({ ...viewOf(run), site: encoderSite(layer), head });

describe('the head beside the one shown', () => {
  const run = layers();
  it.each([
    ['in its layer', 0, 1, 1, 'encoder.0.self 2'],
    ['over a layer that may not be shown', 0, 3, 1, 'encoder.2.self 0'],
    ['back over it', 2, 0, -1, 'encoder.0.self 3'],
    ['round the end', 2, 1, 1, 'encoder.0.self 0'],
    ['round the beginning', 0, 0, -1, 'encoder.2.self 1'],
    ['from a mean', 2, null, 1, 'encoder.2.self 0'],
    ['back from a mean', 2, null, -1, 'encoder.2.self 1'],
  ] as const)('%s', (_, layer, head, step: Step, expected) => expect(said(headBeside(run, at(run, layer, head), step))).toBe(expected));

  it.each([
    ['the same head', 0, 1, 1, 'encoder.2.self 1'],
    ['the last head of a layer with fewer', 0, 3, 1, 'encoder.2.self 1'],
    ['round the beginning', 0, 0, -1, 'encoder.2.self 0'],
    ['from mean to mean', 2, null, 1, 'encoder.0.self null'],
  ] as const)('in the layer beside: %s', (_, layer, head, step: Step, expected) => expect(said(layerBeside(run, at(run, layer, head), step))).toBe(expected));
});
