// The engine: models and runs behind the EngineApi. Knows no platform; every expected failure comes back as a value.

import { failedCheckProblem } from '../core/check';
import type { RunSummary } from '../core/inspection';
import { captureName, type SiteKey } from '../core/names';
import { type Outcome, outcomeOf, ProblemError, problem, refuse } from '../core/problem';
import type { SliceKey } from '../core/sliceKey';
import { pack, type TensorPack } from '../core/tensorPack';
import type { TokenizedLine } from '../core/token';
import type { Site } from '../onnx/facts/site';
import type { EngineApi, InspectParams, LoadedModel, LoadParams, ThumbnailPack, ThumbnailParams } from '../protocol/engineApi';
import { createTokenizer } from '../tokenizer/createTokenizer';
import { tokenizeLines } from '../tokenizer/tokenizeLines';
import { summarise } from './answers/summarise';
import { Thumbnails } from './answers/thumbnails';
import { inputsCheck } from './inputs/inputsCheck';
import { getTokenizer, loadModel, type Platform } from './load/loadModel';
import { asksForAll, type PlannedCapture, requested } from './model/captureTable';
import type { LoadedModelState } from './model/loadedModel';
import { refuseUnmaskedPadding } from './pass/padding';
import { tokenLists } from './pass/tokenLists';
import { CaptureStore } from './run/captureStore';
import { sliceOf, wholeCapture } from './run/derive';
import { compareOutputs, type OutputTable, outputKey, plainOutputs, skippedOutputs, whySkipped } from './run/outputsCheck';
import { predictedBytes } from './run/predictBytes';
import { type OutputListener, Run } from './run/run';
import { RunQueue, throwIfAborted } from './run/runQueue';
import { capturesOf, contentIndices, headCountOf, isThere, residualFailure, sitesOf } from './run/runSites';
import { withConfiguredEnds } from './text/addedEnds';
import { type ModelText, readModelText } from './text/modelText';

const defaultLimitInBytes = 256 * 2 ** 20;

export class Engine implements EngineApi {
  private readonly models = new Map<number, LoadedModelState>();
  private readonly store = new CaptureStore<Run>(defaultLimitInBytes);
  private readonly queue = new RunQueue();
  private nextModelId = 1;
  private nextRunId = 1;

  constructor(private readonly platform: Platform) {}

  load = (params: LoadParams, signal: AbortSignal): Promise<Outcome<LoadedModel>> =>
    this.queue.run(
      () =>
        outcomeOf(async () => {
          this.store.limitInBytes = params.memoryLimitInBytes || defaultLimitInBytes;
          const model = await loadModel(this.nextModelId++, params, this.platform);
          this.models.set(model.modelId, model);
          return { modelId: model.modelId, description: model.description };
        }),
      signal,
    );

  unload = ({ modelId }: { readonly modelId: number }, signal: AbortSignal): Promise<void> =>
    this.queue.run(async () => {
      const model = this.models.get(modelId);
      this.models.delete(modelId);
      this.store.forgetWhere((run) => run.model === model);
      for (const part of model?.parts ?? []) await part.release();
    }, signal);

  inspect = (params: InspectParams, signal: AbortSignal): Promise<Outcome<RunSummary>> =>
    this.queue.runLatest(() => outcomeOf(() => this.inspectNow(params, signal)), signal);

  slice = (key: SliceKey, signal: AbortSignal): Promise<Outcome<TensorPack>> =>
    outcomeOf(async () => {
      const run = this.getRun(key.runId);
      const capture = this.getCapture(run, key);
      const { dims, data } = await this.reading(run, capture, signal, () => {
        refuseClosed(run, capture);
        const failed = run.failureAt(capture.site ?? residualFailure(run, capture));
        if (failed) throw new ProblemError(failedCheckProblem(failed));
        return sliceOf(run, capture, key, capture.site ? headCountOf(run, capture.site) : 0);
      });
      return pack([{ name: 'values', dims, data }]);
    });

  thumbnails = (params: ThumbnailParams, signal: AbortSignal): Promise<Outcome<ThumbnailPack>> =>
    outcomeOf(async () => {
      const run = this.getRun(params.runId);
      const captures = capturesOf(run).filter(({ key }) => key.activation === 'pattern' && key.tower === params.tower && key.kind === params.kind);
      const pictures = new Thumbnails(params.maxSide);
      for (const capture of captures) {
        const counts = tokenLists(run, capture.site as Site);
        const [queries, keys] = [contentIndices(run, counts.queryTokens), contentIndices(run, counts.keyTokens)];
        await this.reading(run, capture, signal, async () => {
          const isClosed = run.closedAt(capture.key) !== undefined || run.failureAt(capture.site) !== undefined;
          const pattern = isClosed ? undefined : wholeCapture(run, capture);
          if (pattern) pictures.add({ layer: capture.key.layer ?? 0, pattern, queries, keys });
        });
      }
      return pack(pictures.entries());
    });

  tokenize = ({
    tokenizer,
    lines,
  }: {
    readonly tokenizer: Uint8Array;
    readonly lines: readonly (string | readonly [string, string])[];
  }): Promise<Outcome<readonly TokenizedLine[]>> =>
    outcomeOf(async () => tokenizeLines(createTokenizer(await this.platform.tokenizerModule(), tokenizer), lines));

  private async inspectNow(params: InspectParams, signal: AbortSignal): Promise<RunSummary> {
    const startedAt = Date.now();
    const model = this.models.get(params.modelId) ?? refuse('workerStopped');
    if (model.refusal) throw new ProblemError(model.refusal);
    const run = new Run(this.nextRunId++, model, textOf(model, params));
    refuseUnmaskedPadding(run);
    const captures = requested(capturesOf(run), params.request);
    const allIdentities = asksForAll(capturesOf(run), params.request);
    const total = predictedTotal(run, captures);
    run.refuseAbove(total, params.captureLimitInBytes);
    const groups = total <= this.store.limitInBytes ? [captures] : byLayer(captures);
    this.store.use(run);
    // A session made for everything would record more than there is room for.
    run.recordsOnlyWanted = predictedTotal(run, requested(capturesOf(run), undefined)) > this.store.limitInBytes;
    run.addCheck(inputsCheck(model.description.inputs, whyUntried(model)));
    const listen = await this.beginOutputsCheck(run, params);
    for (const [index, group] of groups.entries()) {
      throwIfAborted(signal);
      if (index > 0) run.drop();
      await run.capture(group, { listen: index === 0 ? listen?.listen : undefined, allIdentities });
      if (index === 0) listen?.finish();
      this.store.use(run);
    }
    run.refuseClosed();
    if (model.outputsCheck)
      run.addCheck(listen || model.outputsCheck.reason ? model.outputsCheck : { ...model.outputsCheck, reason: 'compared once, with the first text' });
    throwIfAborted(signal);
    return summarise(run, params, { startedAt, prepare: (site) => this.prepareSite(run, site) });
  }

  /** What first sight reads of a site, captured again where it did not fit beside the others. */
  private async prepareSite(run: Run, site: SiteKey): Promise<void> {
    const activations: readonly string[] = ['pattern', 'v', 'z', 'attn_out', 'resid_pre'];
    const captures = capturesOf(run).filter(
      ({ key, ref }) =>
        ref &&
        activations.includes(key.activation) &&
        key.tower === site.tower &&
        key.layer === site.layer &&
        (key.kind === undefined || key.kind === site.kind),
    );
    await this.captureMissing(run, captures);
  }

  /** Check 7 of a model that has not had it: the plain run comes first. Undefined where there is nothing to listen to. */
  private async beginOutputsCheck(run: Run, params: InspectParams): Promise<{ listen: OutputListener; finish: () => void } | undefined> {
    const { model } = run;
    const reason = params.compareOutputs === false ? 'it was not asked for' : whySkipped(model);
    if (model.outputsCheck && model.outputsCheck.state !== 'not run') return undefined;
    if (reason !== undefined) {
      model.outputsCheck = skippedOutputs(model, reason);
      return undefined;
    }
    const plain = await plainOutputs(run);
    const instrumented: OutputTable = new Map();
    return {
      listen: (part, outputs, step) => {
        for (const [name, tensor] of outputs) if (plain.has(outputKey(part, step, name))) instrumented.set(outputKey(part, step, name), tensor);
      },
      finish: () => {
        model.outputsCheck = compareOutputs(model, plain, instrumented);
      },
    };
  }

  /** Captures what is not there (any more) and reads it before other work can let it go. What is there and read at once need not wait. */
  private async reading<T>(run: Run, capture: PlannedCapture, signal: AbortSignal, read: () => Promise<T>): Promise<T> {
    this.store.use(run);
    if (capture.ref && isThere(run, capture)) return read();
    return this.queue.run(async () => {
      this.getRun(run.runId);
      await this.captureMissing(run, [capture]);
      return read();
    }, signal);
  }

  /** In the queue. Lets older tensors of the run go where both would not fit. */
  private async captureMissing(run: Run, captures: readonly PlannedCapture[]): Promise<void> {
    const missing = captures.filter((capture) => !isThere(run, capture));
    if (missing.length === 0) return;
    if (run.sizeInBytes + predictedTotal(run, missing) > this.store.limitInBytes) {
      run.drop();
      await run.capture(captures);
    } else await run.capture(missing);
    this.store.use(run);
  }

  private getRun(runId: number): Run {
    return this.store.find(runId) ?? refuse('workerStopped');
  }

  private getCapture(run: Run, key: SliceKey): PlannedCapture {
    const name = captureName({ tower: key.tower, layer: key.layer, kind: key.kind, activation: key.activation });
    const found = capturesOf(run).find((capture) => capture.name === name);
    if (found) return found;
    const site = sitesOf(run).find((one) => one.tower === key.tower && one.layer === key.layer && one.kind === key.kind);
    throw new ProblemError(problem('activationAbsent', { activation: name, reason: site?.absent[key.activation] ?? 'the model has no such activation' }));
  }
}

/** The tokens of a text, with those that the model's configuration or the caller wants around it. */
function textOf(model: LoadedModelState, params: InspectParams): ModelText {
  const plain = getTokenizer(model);
  const ended = withConfiguredEnds(plain, model.source, params.ends ?? 'auto');
  const text = readModelText(ended.tokenizer, params, model.rules);
  return { ...text, notes: [...text.notes, ...ended.notesOn(plain.encode(params.text, params.pair).tokens)] };
}

/** Problem activationAbsent: what is asked for belongs to an attention that is closed. */
function refuseClosed(run: Run, { key, name }: PlannedCapture): void {
  const reason = key.layer === undefined ? undefined : run.closedAt(key);
  if (reason !== undefined) refuse('activationAbsent', { activation: name, reason });
}

function predictedTotal(run: Run, captures: readonly PlannedCapture[]): number {
  return captures.reduce((sum, capture) => {
    const counts = run.tokenCounts(capture);
    return sum + predictedBytes(capture, run.model.sizes, { queries: counts.q, keys: counts.k });
  }, 0);
}

/** Values that fit one text only leave nothing to try the inputs with. */
function whyUntried({ given = {} }: LoadedModelState): string | undefined {
  return Object.values(given).some((one) => one.dims !== undefined) ? 'inputs cannot be tried with values that fit one text only' : undefined;
}

/** One group per layer of a tower, and one for what belongs to no layer. */
function byLayer(captures: readonly PlannedCapture[]): PlannedCapture[][] {
  const groups = new Map<string, PlannedCapture[]>();
  for (const capture of captures) {
    const name = `${capture.key.tower ?? ''}.${capture.key.layer ?? ''}`;
    groups.set(name, [...(groups.get(name) ?? []), capture]);
  }
  return [...groups.values()];
}
