// Whether a capture may be given out: what closes its site, and the failed identity that it rests on.

import { failedCheckProblem } from '../../core/check';
import { siteName } from '../../core/names';
import { type Problem, ProblemError, problem } from '../../core/problem';
import type { Site } from '../../onnx/facts/site';
import type { PlannedCapture } from '../model/captureTable';
import type { Pass } from '../run/pass';
import { sitesOf } from '../run/passSites';

/** The site of a block's layer whose residual identity failed: the block's own tensors rest on it. */
function residualFailure(pass: Pass, { key }: PlannedCapture): Site | undefined {
  const failed = pass.checks.filter((check) => check.state === 'failed' && check.identity === 'residual').map((check) => check.site && siteName(check.site));
  return sitesOf(pass).find((site) => site.tower === key.tower && site.layer === key.layer && failed.includes(siteName(site)));
}

/** Why the capture is not given out; undefined where nothing speaks against it. */
export function whyUnvouched(pass: Pass, capture: PlannedCapture): Problem | undefined {
  const { key, name } = capture;
  const reason = key.layer === undefined ? undefined : pass.closedAt(key);
  if (reason !== undefined) return problem('activationAbsent', { activation: name, reason });
  const failed = pass.failureAt(capture.site ?? residualFailure(pass, capture));
  return failed && failedCheckProblem(failed);
}

/** Problems: activationAbsent, identityFailed, siteNotNumbers, siteRounded. */
export function refuseUnvouched(pass: Pass, capture: PlannedCapture): void {
  const failure = whyUnvouched(pass, capture);
  if (failure) throw new ProblemError(failure);
}
