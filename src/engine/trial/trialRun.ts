// One run of a trial: a short text through all files of a model, with some inputs changed. Keeps what was captured, as a run does.

import type { Token } from '../../core/token';
import type { Site } from '../../onnx/facts/site';
import { comparedOutputs } from '../pass/comparedOutputs';
import { type RunInput, runPass } from '../pass/runPass';
import type { ModelPart } from '../session/modelPart';
import type { LetteredTensor } from '../tensors/canonical';
import type { RawTensor } from '../tensors/rawTensor';
import { RunTensors } from '../tensors/runTensors';

export interface TrialSetting {
  readonly parts: readonly ModelPart[];
  readonly padId: number;
  readonly given?: RunInput['given'];
  /** Tensors that are looked at, by file. */
  readonly wanted: readonly ReadonlySet<string>[];
}

export interface TrialRun {
  readonly tensors: RunTensors;
  /** What the files answer, by file and step. */
  readonly outputs: ReadonlyMap<string, RawTensor>;
}

export interface TrialText {
  readonly source: readonly Token[];
  readonly target: readonly Token[];
  /** Numbers for inputs, by name, instead of those that their role gives them. */
  readonly instead?: ReadonlyMap<string, readonly number[]>;
}

export async function trialRun({ parts, padId, given, wanted }: TrialSetting, { source, target, instead }: TrialText): Promise<TrialRun> {
  const tensors = new RunTensors();
  const outputs = new Map<string, RawTensor>();
  await runPass(parts, { source, target, padId, given, instead }, async (index, feeds, carried, step) => {
    const part = parts[index] as ModelPart;
    const results = await part.run(feeds, { tensors: wanted[index] as ReadonlySet<string>, outputs: [...new Set([...carried, ...comparedOutputs(part)])] });
    tensors.put(index, results, step);
    for (const name of comparedOutputs(part)) outputs.set(`${index} ${step} ${name}`, results.get(name) as RawTensor);
    return results;
  });
  return { tensors, outputs };
}

/** The weights of a site [head, query, key] as a trial captured them, with their padding; undefined where its axes do not fit. */
export function weightsOf({ tensors }: TrialRun, part: number, site: Site): LetteredTensor | undefined {
  return tensors.read(part, site.captures.pattern, 'hqk');
}
