// One ONNX file of a loaded model: its facts, its instrumented session (made anew when other tensors are wanted), its weights on demand.
// At most one session of a file is alive.

import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { Linear } from '../../onnx/facts/linear';
import type { Projection } from '../checks/outputChecks';
import type { LetteredTensor } from '../tensors/canonical';
import type { RawTensor } from '../tensors/rawTensor';
import type { Feeds } from './feeds';
import { LayerSessions } from './layerSessions';
import type { PartContent } from './partContent';
import { PartSessions } from './partSessions';
import { type PartRun, PlannedSession } from './plannedSession';
import { readProjection } from './readProjection';
import type { Runtime } from './runtime';

export class ModelPart {
  private current: PlannedSession | undefined;
  private known: GraphFacts;
  /** Other sessions of the file, beside the instrumented one; the caller releases them. */
  readonly sessions: PartSessions;
  private readonly layers: LayerSessions;
  private readonly projections = new Map<Linear, Promise<Projection | undefined>>();

  constructor(
    readonly content: PartContent,
    runtime: Runtime,
  ) {
    this.known = content.facts;
    this.sessions = new PartSessions(content, runtime);
    this.layers = new LayerSessions(content, this.sessions);
  }

  /** What the analysis said of the file, with what runs have shown since. */
  get facts(): GraphFacts {
    return this.known;
  }

  learn(facts: GraphFacts): void {
    this.known = facts;
  }

  /** Makes the session with these tensors, so that runs which want some of them need no other. */
  async prepare(tensors: ReadonlySet<string>): Promise<void> {
    await this.sessionFor({ tensors, outputs: [] });
  }

  /** Tensors and outputs by name; what a splice makes of a tensor under the name of its place. Problem spliceImpossible. */
  async run(feeds: Feeds, wanted: PartRun): Promise<Map<string, RawTensor>> {
    return (await this.sessionFor(wanted)).run(feeds, wanted);
  }

  /** The weights of a linear layer whose input has `inputSize` columns; undefined where they can neither be read nor measured. */
  projection(linear: Linear, inputSize: number): Promise<Projection | undefined> {
    const known = this.projections.get(linear) ?? readProjection(this.content, this.sessions, linear, inputSize);
    this.projections.set(linear, known);
    return known;
  }

  /** What a linear layer gives for these rows [row, in], run by itself: [row, out]; undefined where it cannot be run so. */
  applied(linear: Linear, rows: LetteredTensor): Promise<LetteredTensor | undefined> {
    return this.layers.apply(linear, rows);
  }

  /** Lets the session go for a while; what comes back makes the same one again. */
  async setAside(): Promise<() => Promise<void>> {
    const plan = this.current?.plan;
    await this.release();
    return async () => {
      if (plan) this.current ??= await PlannedSession.create(this.content, this.sessions, plan);
    };
  }

  async release(): Promise<void> {
    await this.layers.release();
    await this.releaseSession();
  }

  private async releaseSession(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.release();
  }

  private async sessionFor(wanted: PartRun): Promise<PlannedSession> {
    if (this.current?.fits(wanted)) return this.current;
    await this.releaseSession();
    this.current = await PlannedSession.create(this.content, this.sessions, { captures: [...wanted.tensors], splices: wanted.splicings ?? [] });
    return this.current;
  }
}
