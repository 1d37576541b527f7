// What short runs show of a model's inputs. Each finding is kept with the model: the masks' form, what is a position, where counting
// does not matter. Refuses a mask that masks nothing and a file whose numbers are random or no numbers.

import { ProblemError, refuse } from '../../core/problem';
import type { TokenListName } from '../../core/run';
import type { GraphInput, InputFill } from '../../onnx/facts/inputs';
import { saidBy } from '../../onnx/roles/inputNames';
import { foreignAxes } from '../pass/tokenAxes';
import { tokenLists } from '../pass/tokenLists';
import { fixedLength } from '../session/feeds';
import type { ModelPart } from '../session/modelPart';
import { effectOf, fillOf, formsOf, type MaskEffect, type ReadSite } from './masks';
import { isOrderBlind, weightsDiffer } from './positions';
import { maskRoles, type SampleOptions, sameTokens, sampleTokens } from './sample';
import { refuseSpeechless } from './steadiness';
import { type TrialRun, type TrialSetting, type TrialText, trialRun } from './trialRun';

export interface InputTrial {
  readonly setting: TrialSetting;
  readonly options: SampleOptions;
  /** Tokens of the sample. */
  readonly count: number;
}

/** The list that an input of this file has a number for each of. */
function listOf(input: GraphInput, part: number, parts: readonly ModelPart[]): TokenListName {
  if (input.role === 'encoderAttentionMask') return 'source';
  return input.role === 'decoderAttentionMask' || (parts.length > 1 && part > 0) ? 'target' : 'source';
}

function readSites(parts: readonly ModelPart[]): ReadSite[] {
  const model = { model: { parts } };
  return parts.flatMap(({ facts }, part) =>
    facts.sites.filter((site) => site.captures.pattern).map((site): ReadSite => ({ part, site, keys: tokenLists(model, site).keyTokens })),
  );
}

const constant = (count: number, value: number) => Array.from({ length: count }, () => value);
const counting = (count: number, first: number) => Array.from({ length: count }, (_, i) => first + i);

class Trial {
  private readonly sites: readonly ReadSite[];

  constructor(private readonly input: InputTrial) {
    this.sites = readSites(input.setting.parts);
  }

  run(text: Partial<TrialText>): Promise<TrialRun> {
    const tokens = sampleTokens(this.input.count, this.input.options);
    return trialRun(this.input.setting, { source: tokens, target: tokens, ...text });
  }

  /** How many numbers the lists of a file have: those of the sample, or of the fixed length that it is padded to. */
  private length(part: number): number {
    const { inputs } = (this.input.setting.parts[part] as ModelPart).facts;
    return fixedLength(inputs, 'tokenIds') ?? fixedLength(inputs, 'decoderTokenIds') ?? this.input.count;
  }

  /** Undefined where the runtime refuses: a form that it refuses is not the mask's. */
  private async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'runtimeRefused') return undefined;
      throw error;
    }
  }

  private async effect(run: (read: number) => Promise<TrialRun>, sites: readonly ReadSite[]): Promise<MaskEffect> {
    const { count } = this.input;
    return (await this.attempt(async () => effectOf(await run(count), await run(count - 1), sites, count))) ?? 'other';
  }

  /**
   * Attentions over the tokens of this input that are a table of tokens by tokens: in windows, blocks and pooled keys no column is a
   * token. Undefined where none of them is.
   */
  private async tablesOf(input: GraphInput, part: number): Promise<ReadSite[] | undefined> {
    const { setting, count, options } = this.input;
    const text = sampleTokens(count, options);
    const sites = this.sites.filter((site) => site.keys === listOf(input, part, setting.parts));
    const run = await this.attempt(() => this.run({}));
    if (run === undefined) return sites;
    const texts = { tensors: run.tensors, model: setting, text: { source: text, target: text } };
    const tables = sites.filter((site) => foreignAxes(texts, site, ['pattern']) === undefined);
    return tables.length > 0 || sites.length === 0 ? tables : undefined;
  }

  /** The mask's form where it masks; what it is filled with where nothing depends on it. Problem maskBroken. */
  async mask(input: GraphInput, part: number): Promise<InputFill> {
    const own = await this.tablesOf(input, part);
    // The run itself refuses such a model, for what its columns are.
    if (own === undefined && input.fill) return input.fill;
    const effects: MaskEffect[] = [];
    const made: TrialRun[] = [];
    for (const form of formsOf(input)) {
      const run = async (read: number) => {
        const marks = [...constant(read, form.read), ...constant(this.length(part) - read, form.hidden)];
        made.push(await this.run({ instead: new Map([[input.name, marks]]) }));
        return made.at(-1) as TrialRun;
      };
      const effect = await this.effect(run, own ?? []);
      if (effect === 'masks' || effect === 'masks some') return fillOf(form);
      effects.push(effect);
    }
    if (effects.every((effect) => effect === 'nothing')) return { evidence: 'tried', read: 1, hidden: 0, value: '1; changes nothing (tried)' };
    refuseSpeechless(made, this.input.setting.parts);
    return refuse('maskBroken', { input: input.name });
  }

  /** Whether a text that is said to be one token shorter hides its last token. Problem maskBroken. */
  async textLength(input: GraphInput, part: number): Promise<InputFill> {
    const run = (length: number) => this.run({ instead: new Map([[input.name, [length]]]) });
    const own = await this.tablesOf(input, part);
    if (own === undefined && input.fill) return input.fill;
    const effect = await this.effect(run, own ?? []);
    if (effect === 'other') return refuse('maskBroken', { input: input.name });
    return { evidence: 'tried', value: `the number of tokens${effect === 'nothing' ? '; changes nothing' : ''} (tried)` };
  }

  /** Whether the order of the tokens is known by this input alone; undefined where the model knows it otherwise as well. */
  async isPositions(input: GraphInput, part: number): Promise<boolean | undefined> {
    const { count, options } = this.input;
    const same = sameTokens(count, options);
    const own = this.sites.filter((site) => site.part === part && site.site.kind === 'self');
    const first = input.fill?.first ?? 0;
    const run = (values: readonly number[]) => this.run({ source: same, target: same, instead: new Map([[input.name, values]]) });
    const blind = isOrderBlind(await run(constant(this.length(part), first)), own, count);
    const told = isOrderBlind(await run(counting(this.length(part), first)), own, count);
    return blind === true && told === false ? true : blind === true ? false : undefined;
  }

  /** Whether only differences of positions count: every start gives the same weights. */
  async isRelative(input: GraphInput, part: number): Promise<boolean> {
    const { count } = this.input;
    const own = this.sites.filter((site) => site.part === part && site.site.kind === 'self');
    const run = (first: number) => this.run({ instead: new Map([[input.name, counting(this.length(part), first)]]) });
    return !weightsDiffer(await run(0), await run(3), own, count);
  }
}

/** The input with what runs show of it. */
async function tried(trial: Trial, input: GraphInput, part: number): Promise<GraphInput> {
  if (maskRoles.includes(input.role)) return input.isCounted ? input : { ...input, fill: await trial.mask(input, part) };
  if (input.role === 'textLength') return { ...input, fill: await trial.textLength(input, part) };
  if (input.role !== 'positionIds' || !input.fill) return input;
  const { fill } = input;
  const isPositions = await trial.isPositions(input, part);
  if (input.lookup === undefined) {
    const isRelative = isPositions !== false && (await trial.isRelative(input, part));
    return isRelative ? { ...input, fill: { ...fill, evidence: 'tried', value: `${fill.value} (tried: only differences count)` } } : input;
  }
  if (isPositions === true) return { ...input, why: `${input.why}; without it the model knows no order (tried)` };
  if (isPositions === undefined && saidBy(input.name) === 'positions') return { ...input, fill: { ...fill, evidence: 'assumed' } };
  const why = isPositions === false ? 'numbers in order do not tell the model the order of its tokens' : 'the model knows the order of its tokens without it';
  return { ...input, role: 'unknown', why: `${input.why}, and ${why}: it holds no positions` };
}

/** Inputs of one file, tried one after the other; later trials use what earlier ones found. */
export async function tryInputs(input: InputTrial, tell: (part: number, inputs: readonly GraphInput[]) => void): Promise<void> {
  const trial = new Trial(input);
  for (const [part, { facts }] of input.setting.parts.entries()) {
    const inputs = [...facts.inputs];
    for (const [i, one] of facts.inputs.entries()) {
      if (input.setting.given && Object.hasOwn(input.setting.given, one.name)) continue;
      inputs[i] = await tried(trial, one, part);
      tell(part, [...inputs]);
    }
  }
}
