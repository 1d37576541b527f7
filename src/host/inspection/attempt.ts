// One attempt at a request: whatever goes wrong unexpectedly becomes a problem too, so that no phase goes on for ever.

import { type Outcome, type Problem, problem } from '../../core/problem';
import { ChannelClosed } from '../../protocol/channel';
import { NativeBrokeOff } from './inspectionEngine';
import { type InspectionRequest, type InspectionResult, type RequestContext, runRequest } from './inspectionRequest';

type OnError = (error: unknown) => void;

/** The result of a request, or why there is none. Errors of a request that was given up are not told. */
export async function attempt(request: InspectionRequest, context: RequestContext, signal: AbortSignal, onError: OnError): Promise<Outcome<InspectionResult>> {
  try {
    return await runRequest(request, context, signal);
  } catch (error) {
    if (error instanceof NativeBrokeOff && !signal.aborted) return attempt(request, context, signal, onError);
    if (!signal.aborted) onError(error);
    return { ok: false, problem: ended(error) };
  }
}

/** Does the work; why it failed, or null. */
export function failureOf(work: () => void, onError: OnError): Problem | null {
  try {
    work();
    return null;
  } catch (error) {
    onError(error);
    return ended(error);
  }
}

function ended(error: unknown): Problem {
  return problem('engineEnded', { reason: reasonOf(error) });
}

function reasonOf(error: unknown): string {
  if (error instanceof ChannelClosed) return 'its process ended unexpectedly';
  return error instanceof Error ? error.message.replace(/\.$/, '') : String(error);
}
