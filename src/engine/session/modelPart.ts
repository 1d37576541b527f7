// One ONNX file of a loaded model: its facts, its instrumented session (made anew when other tensors are wanted), its weights on demand.
// At most one session of a file is alive.

import type { GraphFacts } from '../../onnx/facts/graphFacts';
import type { Linear } from '../../onnx/facts/linear';
import { instrument } from '../../onnx/instrument/instrument';
import type { Projection } from '../checks/outputChecks';
import type { LetteredTensor } from '../tensors/canonical';
import type { RawTensor } from '../tensors/rawTensor';
import type { Feeds } from './feeds';
import { LayerSessions } from './layerSessions';
import { mountedFiles } from './mountedFiles';
import type { PartContent } from './partContent';
import { readProjection } from './readProjection';
import { createSession, type Session } from './runtime';

interface Instrumented {
  readonly session: Session;
  /** Tensor of the graph → output of the session. */
  readonly outputs: ReadonlyMap<string, string>;
  /** What it was made for, also tensors that the graph turned out not to have. */
  readonly wanted: ReadonlySet<string>;
}

export class ModelPart {
  private current: Instrumented | undefined;
  private known: GraphFacts;
  private readonly layers: LayerSessions;
  private readonly projections = new Map<Linear, Promise<Projection | undefined>>();

  constructor(readonly content: PartContent) {
    this.known = content.facts;
    this.layers = new LayerSessions(content);
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
    await this.instrumented(tensors);
  }

  /** Runs with these tensors captured; `alsoOutputs` are outputs of the file itself. `isExact`: in a session that records no others. */
  async run(feeds: Feeds, tensors: ReadonlySet<string>, alsoOutputs: readonly string[], isExact = false): Promise<Map<string, RawTensor>> {
    const { session, outputs } = await this.instrumented(tensors, isExact);
    const names = new Map<string, string>();
    for (const tensor of tensors) {
      const output = outputs.get(tensor);
      if (output !== undefined) names.set(output, tensor);
    }
    for (const output of alsoOutputs) if (!names.has(output)) names.set(output, output);
    const results = await session.run(feeds, [...names.keys()]);
    return new Map([...results].map(([name, tensor]) => [names.get(name) ?? name, tensor]));
  }

  /** A session of the file as it is, beside the instrumented one; the caller releases it. */
  async plainSession(): Promise<Session> {
    const { bytes, external, file } = this.content;
    return createSession(
      bytes,
      [...external].map(([path, data]) => ({ path, data })),
      file.path,
    );
  }

  /** The weights of a linear layer whose input has `inputSize` columns; undefined where they can neither be read nor measured. */
  projection(linear: Linear, inputSize: number): Promise<Projection | undefined> {
    const known = this.projections.get(linear) ?? readProjection(this.content, linear, inputSize);
    this.projections.set(linear, known);
    return known;
  }

  /** What a linear layer gives for these rows [row, in], run by itself: [row, out]; undefined where it cannot be run so. */
  applied(linear: Linear, rows: LetteredTensor): Promise<LetteredTensor | undefined> {
    return this.layers.apply(linear, rows);
  }

  async release(): Promise<void> {
    await this.layers.release();
    await this.releaseSession();
  }

  private async releaseSession(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    await current?.session.release();
  }

  private async instrumented(tensors: ReadonlySet<string>, isExact = false): Promise<Instrumented> {
    const { current } = this;
    const isFit = current !== undefined && [...tensors].every((tensor) => current.wanted.has(tensor));
    if (isFit && (!isExact || current.wanted.size === tensors.size)) return current;
    await this.releaseSession();
    const { model, file } = this.content;
    const plan = instrument(model, [...tensors]);
    this.current = { session: await createSession(plan.bytes, mountedFiles(this.content, plan.mounted), file.path), outputs: plan.outputs, wanted: tensors };
    return this.current;
  }
}
