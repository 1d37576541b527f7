// A run without its tensors: what the host and the command line are told at once.

import { type BadgeState, badgeOf } from '../../core/check';
import type { RunChecks, RunSummary } from '../../core/run';
import type { InspectParams } from '../../protocol/engineApi';
import { asksForAll } from '../model/captureTable';
import { paddedLength } from '../pass/padding';
import { capturesOf } from './captures';
import type { Pass } from './pass';
import { runSiteOf, sitesOf } from './passSites';
import type { Run } from './run';

/** Identities that vouch for nothing that was asked for are not counted; the notes say what was. */
function requestNotes(pass: Pass, request: InspectParams['request']): string[] {
  if (!request) return [];
  const { activations, layers } = request;
  return [
    ...(asksForAll(capturesOf(pass), request) ? [] : [`checked only as far as they vouch for ${activations.join(', ')}`]),
    ...(layers ? [`checked in layers ${layers.join(', ')} only`] : []),
  ];
}

const closedNotes = (pass: Pass) => [...pass.closed].map(([name, reason]) => `${name} is left out: ${reason}`);

/** A model of which an attention was left out is not verified as a whole, though what is given of it holds. */
const withClosed = (state: BadgeState, pass: Pass): BadgeState => (state === 'verified' && pass.closed.size > 0 ? 'partly checked' : state);

/** As the checks are by now. */
export function checksOf({ first: pass, request }: Run): RunChecks {
  const badge = badgeOf(pass.checks);
  return {
    sites: sitesOf(pass).map((site) => runSiteOf(pass, site)),
    badge: { ...badge, state: withClosed(badge.state, pass), notes: [...badge.notes, ...closedNotes(pass), ...requestNotes(pass, request)] },
    checks: pass.checks,
  };
}

/** `startedAt`: milliseconds since 1970. */
export function summarise(run: Run, params: InspectParams, startedAt: number): RunSummary {
  const { runId, model, first: pass } = run;
  return {
    runId,
    text: params.text,
    pair: params.pair ?? null,
    target: params.target ?? null,
    tokens: { source: pass.text.source, ...(pass.text.target && { target: pass.text.target }) },
    ...checksOf(run),
    inputs: model.description.inputs,
    truncated: pass.text.truncated,
    ...(pass.text.truncatedTarget && { truncatedTarget: pass.text.truncatedTarget }),
    paddedTo: paddedLength(pass),
    notes: [...pass.text.notes, ...model.notes],
    engine: model.description.engine,
    elapsedMs: Date.now() - startedAt,
  };
}
