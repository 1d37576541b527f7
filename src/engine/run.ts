// One run over one token list: its input, the tensors captured so far, and what the checks said of them.

import type { Check } from '../core/check';
import { type Activation, siteName } from '../core/names';
import { refuse } from '../core/problem';
import type { Site } from '../onnx/site';
import type { StoredRun } from './captureStore';
import type { PlannedCapture } from './captureTable';
import { checkSite, type SiteCheckInput } from './checks/checkSite';
import { identitiesFor, identitiesOf, operandsOf, type SiteBlocks } from './checks/siteOperands';
import { toleranceOf } from './checks/tolerance';
import type { LoadedModelState } from './loadedModel';
import type { ModelPart } from './modelPart';
import type { ModelText } from './modelText';
import { bytesInWords } from './predictBytes';
import type { RawTensor } from './rawTensor';
import { recomputeWith } from './recompute';
import { runPass, takesTarget } from './runPass';
import { RunTensors } from './runTensors';
import { refuseForeignAxes } from './tokenAxes';

/** Keeps an output of the files themselves, for the comparison with the unmodified model. */
export type OutputListener = (part: number, outputs: ReadonlyMap<string, RawTensor>, step: number) => void;

export interface CaptureOptions {
  readonly listen?: OutputListener;
  /** Also identities that cannot run, with the reason. */
  readonly allIdentities?: boolean;
}

interface SitePlan {
  readonly part: number;
  readonly site: Site;
  readonly blocks: SiteBlocks;
  readonly identities: ReturnType<typeof identitiesFor>;
  /** What was asked for at the site and its layer. */
  readonly shown: ReadonlySet<Activation>;
}

export class Run implements StoredRun {
  tensors = new RunTensors();
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
    const plans = sitePlans(parts, captures, allIdentities);
    const wanted = parts.map(() => new Set<string>());
    const want = (part: number, refs: readonly { readonly tensor: string }[]) => {
      for (const ref of refs) wanted[part]?.add(ref.tensor);
    };
    for (const capture of captures) want(capture.part, capture.ref ?? []);
    for (const { part, site, blocks, identities, shown } of plans)
      for (const identity of identities) for (const refs of operandsOf(site, blocks, identity, shown)) want(part, refs);
    for (const capture of captures.filter((one) => one.key.activation === 'result')) {
      const { site } = capture;
      want(capture.part, [
        ...(site?.captures.z ?? []),
        ...(site?.outputProjection ? [site.outputProjection.input] : []),
        ...(site?.outputProjection?.inputAsSeen ? [site.outputProjection.inputAsSeen] : []),
      ]);
    }
    const input = { source: this.text.source, target: this.text.target, padId: this.model.padId };
    const last = wanted.findLastIndex((tensors) => tensors.size > 0);
    const needed = listen ? parts : parts.slice(0, last + 1);
    if (needed.length === 0) return;
    await runPass(needed, input, async (index, feeds, outputs, step) => {
      const part = parts[index] as ModelPart;
      const tensors = wanted[index] as Set<string>;
      const also = listen ? [...outputs, ...comparedOutputs(part)] : outputs;
      const results = await part.run(feeds, tensors, also);
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

  private async check({ part, site, blocks, identities, shown }: SitePlan): Promise<void> {
    const owner = this.model.parts[part] as ModelPart;
    const { outputProjection } = site;
    const projection = async (inputSize: number) => outputProjection && owner.projection(outputProjection, inputSize);
    const tolerance = (identity: Check['identity']) => toleranceOf(identity, owner.facts.precision);
    const recompute = recomputeWith(owner.content.model);
    const feed: SiteCheckInput['feed'] = (linear, rows) => owner.applied(linear, rows);
    const isRounded = owner.facts.precision !== 'float32' && owner.facts.precision !== 'float16';
    for (const check of await checkSite({ site, blocks, part, tensors: this.tensors, identities, tolerance, projection, recompute, feed, isRounded, shown }))
      this.addCheck(check);
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

/** The sites touched by these captures, with the identities that vouch for them. */
function sitePlans(parts: readonly ModelPart[], captures: readonly PlannedCapture[], allIdentities: boolean): SitePlan[] {
  return parts.flatMap((owner, part) =>
    owner.facts.sites.flatMap((site): SitePlan[] => {
      const isHere = (capture: PlannedCapture) => capture.part === part && capture.key.tower === site.tower && capture.key.layer === site.layer;
      const touching = captures.filter((capture) => isHere(capture) && (capture.key.kind === undefined || capture.key.kind === site.kind));
      const isWhole = allIdentities && touching.length > 0;
      const shown = new Set(touching.map((capture) => capture.key.activation));
      const identities = isWhole ? identitiesOf(site) : identitiesFor(site, shown);
      const blockAt = (layer: number) => owner.facts.blocks.find((one) => one.tower === site.tower && one.layer === layer);
      const block = blockAt(site.layer);
      const isLast = owner.facts.sites.findLast((one) => one.tower === site.tower && one.layer === site.layer) === site;
      const blocks = { block, next: block?.leadsOn ? blockAt(site.layer + 1) : undefined, isLast };
      return identities.length > 0 ? [{ part, site, blocks, identities, shown }] : [];
    }),
  );
}
