// What the heads of some sites of a pass bring to the focus; where one of them has no norms, the weights alone of all of them, with the reason.

import type { Activation, SiteKey } from '../../core/names';
import type { PlannedCapture } from '../model/captureTable';
import { captureAt } from '../run/captures';
import type { Pass } from '../run/pass';
import { outputWeights, wholeCapture } from '../run/wholeCapture';
import type { CaptureGroups, Reading } from './answer';
import type { MeasuredHead } from './candidates';
import type { Focus } from './focus';
import { broughtBy, type FocusReading, type OutputNorms, readBeyond } from './headMeasures';

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
  /** Whether the focus is compared with the other words. */
  readonly isCompared: boolean;
}

export interface Measured {
  /** Per site, per head; empty where a site has no pattern. */
  readonly heads: readonly (readonly MeasuredHead[])[];
  readonly whyWeights?: string;
}

/** How the captures of the sites are read: a group for each site. */
interface SiteReading {
  readonly needs: CaptureGroups;
  readonly reading: Reading;
}

export async function measureHeads(pass: Pass, sites: readonly SiteKey[], place: Place, access: SiteReading): Promise<Measured> {
  const heads: MeasuredHead[][] = [];
  for (const site of sites) {
    const norms = await access.reading(access.needs[heads.length] ?? [], async () => {
      const found = await normsAt(pass, site);
      const measured = typeof found === 'string' ? found : headsAt(pass, site, place, found);
      return typeof measured !== 'string' && !measured.every(({ measure }) => Number.isFinite(measure))
        ? 'what this model computes is not a finite number'
        : measured;
    });
    if (typeof norms === 'string') return { heads: await byWeights(pass, sites, place, access), whyWeights: norms };
    heads.push(norms);
  }
  return { heads };
}

async function byWeights(pass: Pass, sites: readonly SiteKey[], place: Place, { needs, reading }: SiteReading): Promise<MeasuredHead[][]> {
  const heads: MeasuredHead[][] = [];
  for (const [i, site] of sites.entries()) heads.push(await reading(needs[i] ?? [], () => headsAt(pass, site, place, undefined)));
  return heads;
}

/** What the norms need, or why it cannot be had. */
async function normsAt(pass: Pass, site: SiteKey): Promise<OutputNorms | string> {
  const of = (activation: Activation) => captureAt(pass, site, activation);
  const [pattern, v, residPre] = [of('pattern'), of('v'), of('resid_pre')];
  if (!pattern || !v || !residPre) return `${!v ? 'v' : !pattern ? 'pattern' : 'resid_pre'} cannot be had from this model`;
  const [values, stream] = [wholeCapture(pass, v), wholeCapture(pass, residPre)];
  if (!values || !stream || !wholeCapture(pass, pattern)) return 'not everything it needs was captured';
  if (pattern.site?.outputProjection?.isMultiplied) return 'a gate or factor multiplies the heads before the output projection W_O';
  const weights = await outputWeights(pass, pattern);
  return weights ? { v: values, residPre: stream, ...weights } : 'the output projection W_O is not known';
}

function headsAt(pass: Pass, site: SiteKey, place: Place, norms: OutputNorms | undefined): MeasuredHead[] {
  const capture = captureAt(pass, site, 'pattern');
  const pattern = capture && wholeCapture(pass, capture);
  if (!pattern) return [];
  const reading = readingOf(pattern, site, place);
  const [heads, queries, keyCount] = pattern.dims as [number, number, number];
  const brought = broughtBy(readBeyond(reading), reading, norms);
  return Array.from({ length: heads }, (_, head): MeasuredHead => {
    const { measure = 0, largest = -1 } = brought[head] ?? {};
    const key = reading.keys[largest] ?? -1;
    return { site, head, key, weight: pattern.data[(head * queries + reading.focus) * keyCount + key] ?? 0, measure };
  });
}

function readingOf(pattern: LetteredPattern, { kind }: SiteKey, { focus, queryWords, keyWords, isCompared }: Place): FocusReading {
  const isSelf = kind === 'self';
  const others = (tokens: readonly number[]) => tokens.filter((token) => !focus.tokens.includes(token));
  return {
    pattern,
    focus: focus.tokens.at(-1) ?? 0,
    keys: isSelf ? others(keyWords) : keyWords,
    otherRows: isCompared ? others(queryWords) : undefined,
    isSelf,
  };
}

type LetteredPattern = FocusReading['pattern'];
