// A session of the pieces between the cuts of a plan: runs them with rows changed and says which rows of each target changed.

import { type RowsModel, rowsModel } from '../../../onnx/instrument/rowsModel';
import type { RowsPlan, RowTarget } from '../../../onnx/instrument/rowsPlan';
import type { RowFinding } from '../../checks/rowFinding';
import type { Feeds } from '../../session/feeds';
import type { ModelPart } from '../../session/modelPart';
import type { Session } from '../../session/runtime';
import type { LetteredTensor } from '../../tensors/canonical';
import { floatsOfRaw, type RawTensor } from '../../tensors/rawTensor';
import { RunTensors } from '../../tensors/runTensors';
import { changedAre, changedRows, changesByRow, rowCount, separatingSets, withRowsChanged } from './rowChanges';
import { judgeStates, type RowChanges } from './rowFindings';

/** What a short run was fed, and the numbers that it gave at the cuts. */
export interface Given {
  readonly feeds: Feeds;
  readonly values: ReadonlyMap<string, RawTensor>;
}

/** Where activations are rounded to 8 bits by the size of all of them, other rows move by a digit. */
const shareOfRounding = 0.15;
const shareOfNothing = 1e-4;
/** Rows that are changed one by one at most. */
const mostRows = 64;

/** Where the short run gave no numbers (a mask that hides everything), others do as well. */
const madeFinite = (data: Float32Array) => (data.every(Number.isFinite) ? data : data.map((value, i) => (Number.isFinite(value) ? value : Math.sin(i + 1))));

/** What is no number changes with nothing and with everything. */
const finite = (form: LetteredTensor | undefined) => (form?.data.every(Number.isFinite) ? form : undefined);

type Forms = ReadonlyMap<RowTarget, LetteredTensor | undefined>;

const rowLetter = ({ rowsOf }: RowTarget) => (rowsOf === 'keys' || rowsOf === 'values' ? 'k' : 'q');

export class RowsSession {
  private constructor(
    private readonly plan: RowsPlan,
    private readonly model: RowsModel,
    private readonly session: Session,
    private readonly share: number,
  ) {}

  static async of(part: ModelPart, plan: RowsPlan): Promise<RowsSession> {
    const model = rowsModel(part.content.model, plan);
    const session = await part.sessions.derived(model);
    const { precision } = part.facts;
    return new RowsSession(plan, model, session, precision === 'float32' || precision === 'float16' ? shareOfNothing : shareOfRounding);
  }

  release(): Promise<void> {
    return this.session.release();
  }

  /** Those of the targets whose rows are not each made from their own row alone. */
  async unclear(given: Given, targets: readonly RowTarget[]): Promise<RowTarget[]> {
    const base = await this.run(given, targets, new Set());
    const rows = Math.max(0, ...targets.map((target) => this.tokens(target, given) ?? 0));
    const open = new Set(targets.filter((target) => this.found(base, target) !== this.tokens(target, given)));
    for (const changed of separatingSets(rows)) {
      const after = await this.run(given, targets, changed);
      for (const target of targets) {
        const changes = this.changes(base, after, target);
        if (!changes || !changedAre(changes, changed, this.share)) open.add(target);
      }
    }
    return [...open];
  }

  /** Which rows change with each single row. */
  async changesOf(given: Given, targets: readonly RowTarget[]): Promise<Map<RowTarget, RowChanges | undefined>> {
    const base = await this.run(given, targets, new Set());
    const counts = targets.map((target) => this.tokens(target, given) ?? 0);
    const after: Forms[] = [];
    for (let row = 0; row < Math.min(mostRows, Math.max(0, ...counts)); row++) after.push(await this.run(given, targets, new Set([row])));
    return new Map(targets.map((target) => [target, this.together(target, base, after, this.tokens(target, given))]));
  }

  private together(target: RowTarget, base: Forms, after: readonly Forms[], tokens: number | undefined): RowChanges | undefined {
    const found = this.found(base, target);
    const changes = after.slice(0, tokens).map((forms) => this.changes(base, forms, target));
    if (found === undefined || tokens === undefined || changes.some((one) => one === undefined)) return undefined;
    const known = changes as Float64Array[];
    const isOwnLargest = known.every((one, row) => one.every((change, other) => other === row || 2 * change <= (one[row] ?? 0)));
    return { changed: known.map((one) => changedRows(one, this.share)), isOwnLargest, isRounded: this.share === shareOfRounding, found, tokens };
  }

  /** Of the states of recurrent layers: whether that at each token begins (or, read backwards, ends) with it. */
  async statesOf(given: Given, targets: readonly RowTarget[]): Promise<Map<RowTarget, RowFinding>> {
    if (targets.length === 0) return new Map();
    const base = await this.run(given, targets, new Set());
    const rows = Math.max(0, ...targets.map((target) => this.tokens(target, given) ?? 0));
    const after: Forms[] = [];
    for (let row = 0; row < Math.min(mostRows, rows); row++) after.push(await this.run(given, targets, new Set([row])));
    return new Map(
      targets.map((target) => {
        const [found, tokens, before] = [this.found(base, target), this.tokens(target, given), base.get(target)];
        const changed = after.slice(0, tokens).flatMap((forms) => forms.get(target) ?? []);
        return [target, judgeStates({ found, tokens }, before, changed)];
      }),
    );
  }

  private found(forms: Forms, target: RowTarget): number | undefined {
    const form = forms.get(target);
    const axis = form?.letters.indexOf(rowLetter(target)) ?? -1;
    return axis < 0 ? undefined : form?.dims[axis];
  }

  /** Number of tokens of what the target is made from; undefined where its sources differ. */
  private tokens({ sources }: RowTarget, { values }: Given): number | undefined {
    const refs = sources.flatMap((source) => this.plan.cuts.get(source) ?? []);
    const counts = new Set(refs.map((ref) => rowCount(ref, values.get(ref.tensor)?.dims ?? [])));
    const [only] = counts;
    return counts.size === 1 ? only : undefined;
  }

  private changes(base: Forms, after: Forms, target: RowTarget): Float64Array | undefined {
    const [before, now] = [base.get(target), after.get(target)];
    return before && now && changesByRow(before, now, rowLetter(target));
  }

  private async run({ feeds, values }: Given, targets: readonly RowTarget[], rows: ReadonlySet<number>): Promise<Forms> {
    const inputs: Record<string, RawTensor> = Object.fromEntries(this.model.own.flatMap((name) => (feeds[name] ? [[name, feeds[name]]] : [])));
    for (const [tensor, name] of this.model.inputs) {
      const raw = values.get(tensor);
      if (!raw) continue;
      const ref = this.plan.cuts.get(tensor);
      const data = madeFinite(floatsOfRaw(raw));
      inputs[name] = { type: 'float32', dims: raw.dims, data: ref && rows.size > 0 ? withRowsChanged(ref, raw.dims, data, rows) : data };
    }
    const wanted = new Map(targets.flatMap(({ ref }) => ref.map(({ tensor }) => [this.model.outputs.get(tensor) as string, tensor] as const)));
    const results = await this.session.run(inputs, [...wanted.keys()]);
    const tensors = new RunTensors();
    tensors.put(0, new Map([...results].map(([name, raw]) => [wanted.get(name) as string, raw])), 0);
    return new Map(targets.map((target) => [target, finite(tensors.form(0, target.ref))]));
  }
}
