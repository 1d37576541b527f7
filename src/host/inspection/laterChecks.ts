// Checks that come after the picture: they complete its badge, and one that fails withdraws it. Where they do not come they are said not to
// have run, and nobody waits for them.

import { badgeOf } from '../../core/check';
import { type Outcome, type Problem, problem } from '../../core/problem';
import type { RunChecks, SeenRun } from '../../core/run';
import type { InspectionEngine, ModelReference } from './inspectionEngine';
import type { PlaceState } from './placeState';

/** The engine ended meanwhile, or nothing shows the run any more. */
const unfinished = (): Outcome<never> => ({ ok: false, problem: problem('workerStopped') });

/** The checks as they are, those to come with the reason why they do not. */
function withoutComing({ checks, badge, sites }: RunChecks, { message }: Problem): RunChecks {
  const left = checks.map(({ isComing, ...check }) => (isComing ? { ...check, reason: message } : check));
  const said = badgeOf(checks).notes;
  const now = badgeOf(left);
  return { sites, checks: left, badge: { ...now, notes: [...now.notes, ...badge.notes.filter((note) => !said.includes(note))] } };
}

export class LaterChecks {
  /** Models of which a second session took more memory than there is, with the reason why they are not compared. */
  private readonly uncompared = new Map<ModelReference, string>();

  constructor(
    private readonly engine: InspectionEngine,
    private readonly state: Pick<PlaceState, 'subject' | 'change'>,
  ) {}

  /** Why the outputs of this model are not compared; undefined where they are. */
  whyNot(model: ModelReference): string | undefined {
    return this.uncompared.get(model);
  }

  /** False where the engine is gone with its memory: the text is to be run again, by another one that does not try this. */
  async finish({ runId, checks }: SeenRun, model: ModelReference): Promise<boolean> {
    if (!checks.some((check) => check.isComing)) return true;
    const outcome = await this.engine.finishChecks(runId, new AbortController().signal).catch(unfinished);
    const { run } = this.state.subject();
    if (run?.runId !== runId) return true;
    if (!outcome.ok && outcome.problem.code === 'outOfMemory') {
      this.uncompared.set(model, `there was no memory for the unmodified file: ${outcome.problem.message}`);
      return false;
    }
    this.state.change({ run: { ...run, ...(outcome.ok ? outcome.value : withoutComing(run, outcome.problem)) } });
    return true;
  }
}
