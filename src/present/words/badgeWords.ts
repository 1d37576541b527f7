// The fidelity badge in words: what was checked, how far off, what did not run. Never says more than the checks do.

import { type Badge, type BadgeState, type Check, type Identity, identities, sampledText } from '../../core/check';
import type { InputDescription } from '../../core/modelDescription';
import { type SiteKey, siteName } from '../../core/names';
import { fedLines } from './inputWords';
import { deviationText } from './numbers';

const sentences: Record<Identity, string> = {
  scores: 'scale · q·kᵀ + bias + mask = scores',
  softmax: 'softmax(scores) = attention weights',
  mix: 'attention weights · v = head mix z',
  merge: 'heads put together = what the output projection receives',
  projection: 'sum of the head outputs + bias = attention output',
  residual: 'residual stream before + attention output = after',
  outputs: 'outputs of the model unchanged by reading along',
  inputs: 'every input of the model filled as its role demands',
  words: 'rows of q, k and v = the tokens in their order',
};

/** One identity over all sites it applies to. */
export interface IdentityLine {
  readonly identity: Identity;
  readonly sentence: string;
  readonly state: Check['state'];
  readonly detail: string;
  /** One line per input of the model, where the identity is about them. */
  readonly parts: readonly string[];
}

/** One line per identity that applies, in the order of the identities. `inputs`: what the run fed. */
export function identityLines(checks: readonly Check[], inputs: readonly InputDescription[] = []): IdentityLine[] {
  return identities.flatMap((identity) => {
    const own = checks.filter((check) => check.identity === identity);
    const parts = identity === 'inputs' ? fedLines(inputs) : [];
    return own.length === 0 ? [] : [{ ...lineOf(identity, own), parts }];
  });
}

function lineOf(identity: Identity, own: readonly Check[]): Omit<IdentityLine, 'parts'> {
  const failed = own.filter((check) => check.state === 'failed');
  const idle = own.filter((check) => check.state === 'not run');
  const ran = own.filter((check) => check.state !== 'not run');
  const worst = ran.reduce((most, check) => Math.max(most, check.relative), 0);
  const sentence = sentences[identity];
  if (failed.length > 0) {
    const where = failed.map((check) => (check.site ? siteName(check.site) : 'the whole model')).join(', ');
    const told = [...new Set(failed.flatMap(({ reason }) => (reason === undefined ? [] : [`, ${reason}`])))].join('');
    return {
      identity,
      sentence,
      state: 'failed',
      detail: `fails at ${where}: off by ${deviationText(worst)}, allowed ${deviationText(failed[0]?.tolerance ?? 0)}${told}`,
    };
  }
  if (own.every((check) => check.isComing)) return { identity, sentence, state: 'not run', detail: 'comparing …' };
  const reasons = [...new Set(idle.map((check) => check.reason ?? 'reason unknown'))].join('; ');
  if (ran.length === 0) return { identity, sentence, state: 'not run', detail: `did not run: ${reasons}` };
  // Roles are shown by runs, not by a deviation.
  const size = identity === 'inputs' || identity === 'words' ? '' : `, worst ${deviationText(worst)}`;
  const places = own.length === 1 ? 'holds' : `holds at ${ran.length} of ${own.length} sites`;
  const open = [...new Set(ran.flatMap((check) => check.unchecked ?? []))];
  const unchecked = open.length > 0 ? `, not checked: ${open.join('; ')}` : '';
  const rest = idle.length > 0 ? `, elsewhere it did not run: ${reasons}` : '';
  // What was compared where it is not everything of this run: some of its rows, or another text.
  const basis = [...new Set(ran.flatMap((check) => [sampledText(check), check.reason]))].flatMap((text) => (text === undefined ? [] : [`, ${text}`])).join('');
  return {
    identity,
    sentence,
    state: idle.length > 0 || open.length > 0 ? 'not run' : 'holds',
    detail: `${places}${size}${basis}${unchecked}${rest}`,
  };
}

/** `7 of 7 identities`, and ` · worst 3.1e−7` where any ran; an identity counts only where it ran at every site. */
export function badgeDetail(badge: Badge, checks: readonly Check[]): { readonly counts: string; readonly worst: string } {
  const lines = identityLines(checks);
  const ran = lines.filter((line) => line.state !== 'not run').length;
  return { counts: `${ran} of ${lines.length} identities`, worst: badge.ran > 0 ? ` · worst ${deviationText(badge.worst)}` : '' };
}

const marks: Record<BadgeState, string> = {
  verified: 'pass-filled',
  'partly checked': 'circle-large-filled',
  unchecked: 'circle-large',
  failed: 'error',
  checking: 'sync',
};

/** Name of the codicon that stands for the state. */
export function badgeIcon(state: BadgeState): string {
  return marks[state];
}

/** Why nothing of the site is shown: one sentence per identity that failed there. */
export function failureReasons(site: SiteKey, checks: readonly Check[]): string[] {
  return checks
    .filter((check) => check.state === 'failed' && (check.site === null || siteName(check.site) === siteName(site)))
    .map((check) => `“${sentences[check.identity]}” is off by ${deviationText(check.relative)} (allowed ${deviationText(check.tolerance)}).`);
}
