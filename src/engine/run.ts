// One run over one token list: its input, the tensors captured so far, and what the checks said of them.

import type { Check } from '../core/check';
import { siteName } from '../core/names';
import { refuse } from '../core/problem';
import type { Site } from '../onnx/site';
import { capturePlan, type SitePlan } from './capturePlan';
import type { StoredRun } from './captureStore';
import type { PlannedCapture } from './captureTable';
import { checkSite } from './checks/checkSite';
import { paddingShare } from './checks/paddingShare';
import { toleranceOf } from './checks/tolerance';
import type { LoadedModelState } from './loadedModel';
import type { ModelPart } from './modelPart';
import type { ModelText } from './modelText';
import { paddedLengthOf } from './padding';
import { bytesInWords } from './predictBytes';
import type { RawTensor } from './rawTensor';
import { runPass, takesTarget } from './runPass';
import { RunTensors } from './runTensors';
import { refuseForeignAxes } from './tokenAxes';
import { tokenLists } from './tokenLists';

/** Keeps an output of the files themselves, for the comparison with the unmodified model. */
export type OutputListener = (part: number, outputs: ReadonlyMap<string, RawTensor>, step: number) => void;

export interface CaptureOptions {
  readonly listen?: OutputListener;
  /** Also identities that cannot run, with the reason. */
  readonly allIdentities?: boolean;
}

export class Run implements StoredRun {
  tensors = new RunTensors();
  /** True where a session that records more than is asked for must not be used. */
  recordsOnlyWanted = false;
  private readonly checkList = new Map<string, Check>();

  constructor(
    readonly runId: number,
    readonly model: LoadedModelState,
    readonly text: ModelText,
  ) {}

  get sizeInBytes(): number {
    return this.tensors.sizeInBytes;
  }

  drop(): void {
    this.tensors = new RunTensors();
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
    const { parts } = this.model;
    return parts.length > 1 && !this.text.target ? parts.slice(0, 1) : parts;
  }

  /** Runs the model so that these captures are there, and checks them: with what vouches for them, or with all that there is at their sites. */
  async capture(captures: readonly PlannedCapture[], { listen, allIdentities = false }: CaptureOptions = {}): Promise<void> {
    const { parts } = this.model;
    const { sites: plans, wanted } = capturePlan(parts, captures, allIdentities);
    const input = { source: this.text.source, target: this.text.target, padId: this.model.padId, given: this.model.given };
    const last = wanted.findLastIndex((tensors) => tensors.size > 0);
    const needed = listen ? parts : parts.slice(0, last + 1);
    if (needed.length === 0) return;
    await runPass(needed, input, async (index, feeds, outputs, step) => {
      const part = parts[index] as ModelPart;
      const tensors = wanted[index] as Set<string>;
      const also = listen ? [...outputs, ...comparedOutputs(part)] : outputs;
      const results = await part.run(feeds, tensors, also, this.recordsOnlyWanted);
      this.tensors.put(index, new Map([...results].filter(([name]) => tensors.has(name))), step);
      listen?.(index, results, step);
      return results;
    });
    for (const plan of plans) await this.check(plan);
    // A site whose numbers disagree is closed by that; what it was read as says nothing more.
    refuseForeignAxes(
      this,
      captures.filter((capture) => capture.site && !this.failureAt(capture.site)),
    );
  }

  private async check({ part, site, blocks, identities }: SitePlan): Promise<void> {
    const owner = this.model.parts[part] as ModelPart;
    const { outputProjection } = site;
    const projection = async (inputSize: number) => outputProjection && owner.projection(outputProjection, inputSize);
    const tolerance = (identity: Check['identity']) => toleranceOf(identity, owner.facts.precision);
    for (const check of await checkSite({ site, blocks, part, tensors: this.tensors, identities, tolerance, projection })) this.addCheck(check);
    this.checkPadding(part, site);
  }

  /** Of a padded text: whether what is shown reads mostly the padding, which is cropped away. */
  private checkPadding(part: number, site: Site): void {
    const lists = tokenLists(this, site);
    if (paddedLengthOf(this, lists.keyTokens) === undefined) return;
    const weights = this.tensors.read(part, site.captures.pattern, 'hqk');
    if (!weights) return;
    const [q, k] = [lists.queryTokens, lists.keyTokens].map((list) => this.text[list]?.length ?? 0) as [number, number];
    const share = paddingShare(weights, { q, k });
    if (share <= 0.5) return;
    const { tower, layer, kind } = site;
    this.addCheck({ identity: 'inputs', site: { tower, layer, kind }, state: 'failed', absolute: share, relative: share, tolerance: 0.5 });
  }

  /** Problem captureTooLarge when the captures take more than `limit` bytes. */
  refuseAbove(bytes: number, limit: number | undefined): void {
    if (limit !== undefined && bytes > limit) refuse('captureTooLarge', { size: bytesInWords(bytes) });
  }
}

/** Outputs that are compared with those of the unmodified model: what the model answers, not its caches. */
export function comparedOutputs(part: ModelPart): string[] {
  const { outputs } = part.facts;
  const answers = outputs.filter((output) => output.role !== 'presentKeyValue');
  return (answers.length > 0 ? answers : outputs).map((output) => output.name);
}
