// What the heads of some sites of a pass bring to the focus; where one of them cannot tell, the entropies of all of them, with the reason.

import type { Activation, SiteKey } from '../../core/names';
import type { PlannedCapture } from '../model/captureTable';
import { captureAt } from '../run/captures';
import type { Pass } from '../run/pass';
import { outputWeights, wholeCapture } from '../run/wholeCapture';
import type { CaptureGroups, Reading } from './answer';
import type { Focus } from './focus';
import { bringsOf, contentEntropyOf } from './headMeasures';

/** What is read of a site. */
const read: readonly Activation[] = ['pattern', 'v', 'z', 'attn_out', 'resid_pre'];

export function measuredCaptures(pass: Pass, site: SiteKey): PlannedCapture[] {
  return read.flatMap((activation) => captureAt(pass, site, activation) ?? []).filter(({ ref }) => ref !== undefined);
}

export interface Place {
  readonly focus: Focus;
  /** Tokens of words, see `contentTokens`. */
  readonly queryWords: readonly number[];
  readonly keyWords: readonly number[];
}

async function bringsAt(pass: Pass, site: SiteKey, { focus, keyWords }: Place): Promise<number[] | string> {
  const of = (activation: Activation) => captureAt(pass, site, activation);
  const [pattern, v, residPre] = [of('pattern'), of('v'), of('resid_pre')];
  if (!pattern || !v || !residPre) return `${!v ? 'v' : !pattern ? 'pattern' : 'resid_pre'} cannot be had from this model`;
  const [p, values, stream] = [wholeCapture(pass, pattern), wholeCapture(pass, v), wholeCapture(pass, residPre)];
  if (!p || !values || !stream) return 'not everything it needs was captured';
  if (pattern.site?.outputProjection?.isMultiplied) return 'a gate or factor multiplies the heads before the output projection W_O';
  const weights = await outputWeights(pass, pattern);
  if (!weights) return 'the output projection W_O is not known';
  const isSelf = site.kind === 'self';
  const content = keyWords.filter((key) => !(isSelf && focus.tokens.includes(key)));
  const measured = bringsOf({ pattern: p, v: values, residPre: stream, ...weights, focus: focus.tokens.at(-1) ?? 0, keys: content });
  return measured.every(Number.isFinite) ? measured : 'what this model computes is not a finite number';
}

export interface Measured {
  /** Per site, per head. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly whyEntropy?: string;
}

/** How the captures of the sites are read: a group for each site. */
interface SiteReading {
  readonly needs: CaptureGroups;
  readonly reading: Reading;
}

export async function measureHeads(pass: Pass, sites: readonly SiteKey[], place: Place, access: SiteReading): Promise<Measured> {
  const brings: number[][] = [];
  for (const [i, site] of sites.entries()) {
    const measured = await access.reading(access.needs[i] ?? [], () => bringsAt(pass, site, place));
    if (typeof measured === 'string') return { values: await entropiesAt(pass, sites, place, access), whyEntropy: measured };
    brings.push(measured);
  }
  return { values: brings };
}

async function entropiesAt(
  pass: Pass,
  sites: readonly SiteKey[],
  { queryWords, keyWords }: Place,
  { needs, reading }: SiteReading,
): Promise<(number | null)[][]> {
  const entropies: (number | null)[][] = [];
  for (const [i, site] of sites.entries()) {
    const pattern = await reading(needs[i] ?? [], () => {
      const capture = captureAt(pass, site, 'pattern');
      return capture && wholeCapture(pass, capture);
    });
    entropies.push(pattern ? contentEntropyOf(pattern, queryWords, keyWords) : []);
  }
  return entropies;
}
