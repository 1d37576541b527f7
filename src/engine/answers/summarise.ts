// A run without its tensors: what the host and the command line are told at once.

import { type BadgeState, badgeOf } from '../../core/check';
import type { RunSummary } from '../../core/inspection';
import type { InspectParams } from '../../protocol/engineApi';
import { asksForAll } from '../model/captureTable';
import { paddedLength } from '../pass/padding';
import type { Run } from '../run/run';
import { capturesOf, runSiteOf, sitesOf } from '../run/runSites';
import { type CaptureAccess, chooseFirstSight } from './chooseFirstSight';

export interface SummaryOptions {
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly prepare: CaptureAccess['prepare'];
}

/** Identities that vouch for nothing that was asked for are not counted; the notes say what was. */
function requestNotes(run: Run, request: InspectParams['request']): string[] {
  if (!request) return [];
  const { activations, layers } = request;
  return [
    ...(asksForAll(capturesOf(run), request) ? [] : [`checked only as far as they vouch for ${activations.join(', ')}`]),
    ...(layers ? [`checked in layers ${layers.join(', ')} only`] : []),
  ];
}

const closedNotes = (run: Run) => [...run.closed].map(([name, reason]) => `${name} is left out: ${reason}`);

/** A model of which an attention was left out is not verified as a whole, though what is given of it holds. */
const withClosed = (state: BadgeState, run: Run): BadgeState => (state === 'verified' && run.closed.size > 0 ? 'partly checked' : state);

/** Problems: those of capturing again what first sight reads. */
export async function summarise(run: Run, params: InspectParams, { startedAt, prepare }: SummaryOptions): Promise<RunSummary> {
  const table = capturesOf(run);
  const find: CaptureAccess['find'] = (site, activation) =>
    table.find(
      ({ key }) => key.activation === activation && key.tower === site.tower && key.layer === site.layer && (key.kind === undefined || key.kind === site.kind),
    );
  const sites = sitesOf(run).map((site) => runSiteOf(run, site));
  const trusted = sites.filter((site) => site.isTrusted);
  const firstSight = await chooseFirstSight(run, trusted.length > 0 ? trusted : sites, params, { find, prepare });
  const badge = badgeOf(run.checks);
  return {
    runId: run.runId,
    text: params.text,
    pair: params.pair ?? null,
    target: params.target ?? null,
    tokens: { source: run.text.source, ...(run.text.target && { target: run.text.target }) },
    sites,
    badge: { ...badge, state: withClosed(badge.state, run), notes: [...badge.notes, ...closedNotes(run), ...requestNotes(run, params.request)] },
    checks: run.checks,
    inputs: run.model.description.inputs,
    passCount: 1,
    truncated: run.text.truncated,
    ...(run.text.truncatedTarget && { truncatedTarget: run.text.truncatedTarget }),
    paddedTo: paddedLength(run),
    notes: [...run.text.notes, ...run.model.notes],
    elapsedMs: Date.now() - startedAt,
    firstSight,
  };
}
