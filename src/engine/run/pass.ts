// One pass over the files of a model with one list of tokens each: its input, the tensors captured so far, and what the checks said of them.

import type { Check } from '../../core/check';
import { type Activation, type CaptureKey, kinds, siteActivations, siteName, type Tower } from '../../core/names';
import { refuse } from '../../core/problem';
import type { Site } from '../../onnx/facts/site';
import { checkSite, type SiteCheckInput } from '../checks/checkSite';
import { mostPadding, paddingShare } from '../checks/paddingShare';
import type { RowFinding } from '../checks/rowFinding';
import { toleranceOf } from '../checks/tolerance';
import type { PlannedCapture } from '../model/captureTable';
import type { LoadedModelState } from '../model/loadedModel';
import { capturePlan, type SitePlan } from '../pass/capturePlan';
import { comparedOutputs } from '../pass/comparedOutputs';
import { paddedLengthOf } from '../pass/padding';
import { type EncoderStates, partsFor, type RunInput, runPass, takesTarget } from '../pass/runPass';
import { foreignAxes } from '../pass/tokenAxes';
import { tokenLists } from '../pass/tokenLists';
import type { ModelPart } from '../session/modelPart';
import type { RawTensor } from '../tensors/rawTensor';
import { RunTensors } from '../tensors/runTensors';
import type { ModelText } from '../text/modelText';
import { tokenRowsOf } from '../trial/tokenRows';
import { recomputeWith } from './recompute';

/** Keeps an output of the files themselves, for the comparison with the unmodified model. */
export type OutputListener = (part: number, outputs: ReadonlyMap<string, RawTensor>, step: number) => void;

export interface CaptureOptions {
  readonly listen?: OutputListener;
  /** Also identities that cannot run, with the reason. */
  readonly allIdentities?: boolean;
}

/** Outputs by part, step and name. */
export type OutputTable = Map<string, RawTensor>;

export interface PassOptions {
  /** One token of the decoder at a time. */
  readonly isStepwise?: boolean;
  /** Keeps what the encoder gave. */
  readonly encoder?: EncoderStates;
}

/** Those that hold for any attention, also for one over something else than tokens. */
const ownIdentities: ReadonlySet<Check['identity']> = new Set(['scores', 'softmax', 'mix'] as const);
const notTried: RowFinding = { state: 'not run', reason: 'it was not tried' };
const wordsCheck = ({ tower, layer, kind }: Site, { state, reason }: RowFinding): Check => ({
  identity: 'words',
  site: { tower, layer, kind },
  state,
  reason: state === 'holds' ? 'tried once, with a short text' : reason,
  absolute: 0,
  relative: 0,
  tolerance: 0,
});

/** A few steps of 8 bits explain a residual stream that is off by less than this. */
const roundingLimit = 0.1;
const asRounded = (check: Check): Check =>
  check.identity === 'residual' && check.state === 'failed' && check.relative < roundingLimit ? { ...check, isRounded: true } : check;

export class Pass {
  /** Sites whose rows or columns are not the tokens, with the reason: left out, while the others are given. */
  readonly closed = new Map<string, string>();
  tensors = new RunTensors();
  /** What the files gave, until the unmodified ones are compared with it. */
  outputsToCompare: OutputTable | undefined;
  /** True where a session that records more than is asked for must not be used. */
  recordsOnlyWanted = false;
  private readonly checkList = new Map<string, Check>();

  constructor(
    readonly model: LoadedModelState,
    readonly text: ModelText,
    private readonly options: PassOptions = {},
  ) {}

  get sizeInBytes(): number {
    const kept = [...(this.outputsToCompare?.values() ?? [])];
    return kept.reduce((sum, { data }) => sum + data.byteLength, this.tensors.sizeInBytes);
  }

  drop(): void {
    this.tensors = new RunTensors();
    this.outputsToCompare = undefined;
  }

  get checks(): readonly Check[] {
    return [...this.checkList.values()];
  }

  addCheck(check: Check): void {
    this.checkList.set(`${check.site ? siteName(check.site) : ''} ${check.identity}`, check);
  }

  /** The failed check that closes this site, if any. */
  failureAt(site: Pick<Site, 'tower' | 'layer' | 'kind'> | undefined): Check | undefined {
    return this.checks.find((check) => check.state === 'failed' && (check.site === null || (site !== undefined && siteName(check.site) === siteName(site))));
  }

  /** Number of query and key tokens of a capture; what is longer in the graph is padding. */
  tokenCounts(capture: PlannedCapture): { readonly q: number; readonly k: number } {
    const source = this.text.source.length;
    const target = this.text.target?.length ?? source;
    if (!takesTarget(this.model.parts)) return { q: source, k: source };
    // What belongs to no tower is what the file itself answers: states of the encoder's file, logits of the decoder's or of the only one.
    const ofFile = this.model.parts.length > 1 && capture.part === 0 ? 'encoder' : 'decoder';
    const isDecoder = (capture.site?.tower ?? capture.key.tower ?? ofFile) === 'decoder';
    return { q: isDecoder ? target : source, k: isDecoder && capture.site?.kind !== 'cross' ? target : source };
  }

  /** Parts that this text runs: without a target only the encoder. */
  get activeParts(): readonly ModelPart[] {
    return partsFor(this.model.parts, this.text.target);
  }

  /** Runs the model so that these captures are there, and checks them: with what vouches for them, or with all that there is at their sites. */
  async capture(captures: readonly PlannedCapture[], { listen, allIdentities = false }: CaptureOptions = {}): Promise<void> {
    const { parts } = this.model;
    const { sites: plans, wanted } = capturePlan(parts, captures, allIdentities);
    const last = wanted.findLastIndex((tensors) => tensors.size > 0);
    const needed = listen ? parts : parts.slice(0, last + 1);
    if (needed.length === 0) return;
    await runPass(needed, this.inputFor(listen !== undefined || (wanted[0]?.size ?? 0) > 0), async (index, feeds, outputs, step) => {
      const part = parts[index] as ModelPart;
      const tensors = wanted[index] as Set<string>;
      const also = listen ? [...outputs, ...comparedOutputs(part)] : outputs;
      const results = await part.run(feeds, { tensors, outputs: also, isExact: this.recordsOnlyWanted });
      this.tensors.put(index, new Map([...results].filter(([name]) => tensors.has(name))), step);
      listen?.(index, results, step);
      return results;
    });
    const words = plans.length > 0 ? await tokenRowsOf(this.model, this.activeParts, this.text.source.length) : new Map<string, RowFinding>();
    for (const plan of plans) {
      this.judge(plan, words.get(siteName(plan.site)) ?? notTried, await this.checksOf(plan));
      this.checkPadding(plan);
    }
  }

  /** What the files are fed; where nothing is wanted of the encoder's own file, with what it gave before. */
  private inputFor(isEncoderWanted: boolean): RunInput {
    const { isStepwise, encoder } = this.options;
    const { source, target } = this.text;
    const kept = encoder && { states: isEncoderWanted ? undefined : encoder.states, keep: encoder.keep.bind(encoder) };
    return { source, target, padId: this.model.padId, given: this.model.given, ...(isStepwise && { isStepwise }), ...(kept && { encoder: kept }) };
  }

  /** Keeps the checks of a site, or closes it where it was read rightly, but its rows and columns are something else than the tokens. */
  private judge(plan: SitePlan, finding: RowFinding, checks: readonly Check[]): void {
    const isReadWrongly = checks.some(({ identity, state }) => state === 'failed' && ownIdentities.has(identity));
    const foreign = (activations: readonly Activation[]) => foreignAxes(this, plan, activations);
    // Weights that are no table of tokens by tokens are those of something else, whatever the rest was read as.
    const other = () => foreign(siteActivations) ?? (finding.state === 'failed' ? finding.reason : undefined);
    const reason = foreign(['pattern', 'scores']) ?? (isReadWrongly ? undefined : other());
    if (reason !== undefined) this.closed.set(siteName(plan.site), reason);
    else for (const check of [...checks, wordsCheck(plan.site, finding)]) this.addCheck(check);
  }

  /** Why nothing is shown of a site; of a layer (no kind) where one of its sites is closed. */
  closedAt({ tower, layer, kind }: Pick<CaptureKey, 'tower' | 'layer' | 'kind'>): string | undefined {
    const names = (kind ? [kind] : kinds).map((one) => siteName({ tower: tower as Tower, layer: layer as number, kind: one }));
    return names.map((name) => this.closed.get(name)).find((reason) => reason !== undefined);
  }

  /** Problem activationAbsent: every attention that was looked at is closed. */
  refuseClosed(): void {
    const [first] = this.closed;
    if (first && !this.checks.some(({ identity }) => identity === 'words')) refuse('activationAbsent', { activation: first[0], reason: first[1] });
  }

  private async checksOf({ part, site, blocks, identities, shown }: SitePlan): Promise<Check[]> {
    const owner = this.model.parts[part] as ModelPart;
    const { outputProjection } = site;
    const projection = async (inputSize: number) => outputProjection && owner.projection(outputProjection, inputSize);
    const tolerance = (identity: Check['identity']) => toleranceOf(identity, owner.facts.precision);
    const recompute = recomputeWith(owner.content.model);
    const feed: SiteCheckInput['feed'] = (linear, rows) => owner.applied(linear, rows);
    const isRounded = owner.facts.precision !== 'float32' && owner.facts.precision !== 'float16';
    const checks = await checkSite({ site, blocks, part, tensors: this.tensors, identities, tolerance, projection, recompute, feed, isRounded, shown });
    return owner.content.model.nodes.some(({ op }) => op === 'QuantizeLinear') ? checks.map(asRounded) : checks;
  }

  /** Of a padded text: whether what is shown reads the padding, which is cropped away: an input that masks need not mask every layer. */
  private checkPadding({ part, site }: SitePlan): void {
    const lists = tokenLists(this, site);
    if (paddedLengthOf(this, lists.keyTokens) === undefined) return;
    const weights = this.tensors.read(part, site.captures.pattern, 'hqk');
    if (!weights) return;
    const [q, k] = [lists.queryTokens, lists.keyTokens].map((list) => this.text[list]?.length ?? 0) as [number, number];
    const share = paddingShare(weights, { q, k });
    if (share <= mostPadding) return;
    const { tower, layer, kind } = site;
    this.addCheck({ identity: 'inputs', site: { tower, layer, kind }, state: 'failed', absolute: share, relative: share, tolerance: mostPadding });
  }
}
