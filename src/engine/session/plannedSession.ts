// One instrumented session: the plan that it was made for, and runs that speak of the file's own tensors.

import { type Instrumented, instrument } from '../../onnx/instrument/instrument';
import { type Plan, splicesName } from '../../onnx/instrument/plan';
import type { RawTensor } from '../tensors/rawTensor';
import type { Feeds } from './feeds';
import type { PartContent } from './partContent';
import type { PartSessions } from './partSessions';
import type { Session } from './runtime';
import { type Splicing, spliceFeeds } from './splicing';

/** What a run of one file gives. */
export interface PartRun {
  readonly tensors: ReadonlySet<string>;
  /** Outputs of the file itself. */
  readonly outputs: readonly string[];
  readonly splicings?: readonly Splicing[];
  /** In a session that records nothing else. */
  readonly isExact?: boolean;
}

export class PlannedSession {
  private readonly wanted: ReadonlySet<string>;

  private constructor(
    private readonly session: Session,
    readonly plan: Plan,
    private readonly form: Omit<Instrumented, 'bytes' | 'mounted'>,
  ) {
    // Also tensors that the graph turned out not to have.
    this.wanted = new Set(plan.captures);
  }

  static async create(content: PartContent, sessions: PartSessions, plan: Plan): Promise<PlannedSession> {
    const { bytes, mounted, ...form } = instrument({ model: content.model, added: content.facts.added }, plan);
    return new PlannedSession(await sessions.derived({ bytes, mounted }), plan, form);
  }

  /** Whether such a run needs no other session. */
  fits({ tensors, splicings = [], isExact }: PartRun): boolean {
    const isThere = [...tensors].every((tensor) => this.wanted.has(tensor));
    return isThere && (!isExact || this.wanted.size === tensors.size) && splicesName(splicings) === splicesName(this.plan.splices);
  }

  /** Tensors and outputs by their own names; what a splice makes of one under the name of its place. */
  async run(feeds: Feeds, { tensors, outputs, splicings = [] }: PartRun): Promise<Map<string, RawTensor>> {
    const names = new Map<string, string>();
    const { places, answers } = this.form;
    for (const tensor of [...tensors, ...places.map((place) => place.replaced)]) {
      const output = this.form.outputs.get(tensor);
      if (output !== undefined) names.set(tensor, output);
    }
    // In their own element type, also where they are captured: they are fed to other files.
    for (const output of outputs) names.set(output, answers.get(output) ?? output);
    const results = await this.session.run({ ...feeds, ...spliceFeeds(places, splicings) }, [...new Set(names.values())]);
    return new Map([...names].map(([name, output]) => [name, results.get(output) as RawTensor]));
  }

  release(): Promise<void> {
    return this.session.release();
  }
}
