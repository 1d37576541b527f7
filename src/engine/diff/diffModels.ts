// Runs one text through two loaded models (one file on two runtimes, or a file and its twin) and compares every tensor that both compute. A few
// tensors at a time, as their sizes show: no run records more than a share of the memory limit.

import type { ModelDiff, TensorDeviation, TensorPlace } from '../../core/modelDiff';
import { refuse } from '../../core/problem';
import { throwIfAborted } from '../../protocol/abort';
import type { Watching } from '../../protocol/engineApi';
import { toleranceOf } from '../checks/tolerance';
import { type LoadedModelState, precisionOf } from '../model/loadedModel';
import { comparedOutputs } from '../pass/comparedOutputs';
import { partsFor, runPass } from '../pass/runPass';
import type { ModelPart } from '../session/modelPart';
import type { RawTensor } from '../tensors/rawTensor';
import type { ModelText } from '../text/modelText';
import { sharedTensors } from './sharedTensors';
import { type Difference, tensorDifference, worseDifference } from './tensorDifference';

interface Place extends TensorPlace {
  readonly part: number;
}

/** By place, as two files may use one name: one tensor for each step of a file that is run once per token. */
type Recorded = ReadonlyMap<Place, readonly RawTensor[]>;

const bytesAtOnce = 64 * 2 ** 20;
const tensorsAtFirst = 24;

async function record(model: LoadedModelState, text: ModelText, places: readonly Place[]): Promise<Recorded> {
  const recorded = new Map<Place, RawTensor[]>(places.map((place) => [place, []]));
  const parts = partsFor(model.parts, text.target);
  const input = { source: text.source, target: text.target, padId: model.padId, given: model.given };
  await runPass(parts, input, async (index, feeds, outputs) => {
    const part = parts[index] as ModelPart;
    const own = places.filter((place) => place.part === index);
    const results = await part.run(feeds, { tensors: new Set(own.map(({ tensor }) => tensor)), outputs: [...new Set([...outputs, ...comparedOutputs(part)])] });
    for (const place of own) {
      const found = results.get(place.tensor);
      if (found) recorded.get(place)?.push(found);
    }
    return results;
  });
  return recorded;
}

/** By step. */
const differencesOf = (first: readonly RawTensor[], second: readonly RawTensor[]): Difference[] =>
  first.map((tensor, step) => tensorDifference(tensor, second[step]));

const bytesOf = (recorded: Recorded) => [...recorded.values()].flat().reduce((sum, { data }) => sum + data.byteLength, 0);

const shown = ({ tensor, node, file }: Place): TensorPlace => ({ tensor, node, file });

interface FirstOff extends Place {
  readonly step: number;
}

/** Files run one after the other; a file that is run once per token carries what is off in one step into the next. */
const isEarlier = (a: FirstOff, b: FirstOff | undefined) => b === undefined || a.part < b.part || (a.part === b.part && a.step < b.step);

/** Both models are given the text as the first one's tokenizer cuts it. Problems: nothingShared, those of running. */
export async function compareTensors(
  first: LoadedModelState,
  second: LoadedModelState,
  text: ModelText,
  { signal, progress }: Watching,
): Promise<Omit<ModelDiff, 'sides'>> {
  const tolerance = toleranceOf('outputs', precisionOf(first));
  const [own, other] = [first, second].map(({ parts }) => partsFor(parts, text.target)) as [readonly ModelPart[], readonly ModelPart[]];
  const places = own.flatMap(({ content }, part) => {
    const twin = other[part];
    return twin ? sharedTensors(content.model, twin.content.model).map((place): Place => ({ ...place, file: content.file.path, part })) : [];
  });
  const deviations: TensorDeviation[] = [];
  let off: FirstOff | undefined;
  let count = tensorsAtFirst;
  for (let from = 0; from < places.length; ) {
    throwIfAborted(signal);
    progress?.({ stage: 'comparing', done: from, of: places.length });
    const chunk = places.slice(from, from + count);
    const recorded = await record(first, text, chunk);
    const others = await record(second, text, chunk);
    for (const place of chunk) {
      const steps = differencesOf(recorded.get(place) ?? [], others.get(place) ?? []);
      // What the graph declares and a runtime does not give (optional outputs) is compared with nothing.
      if (steps.length === 0) continue;
      deviations.push({ ...shown(place), ...steps.reduce(worseDifference) });
      const step = steps.findIndex(({ relative }) => relative > tolerance);
      if (step >= 0 && isEarlier({ ...place, step }, off)) off = { ...place, step };
    }
    from += chunk.length;
    count = Math.max(1, Math.floor(bytesAtOnce / Math.max(1, bytesOf(recorded) / chunk.length)));
  }
  // Where nothing was compared nothing agrees.
  if (deviations.length === 0) refuse('nothingShared', { first: first.source.name, second: second.source.name });
  return { first: off ? shown(off) : null, deviations, tolerance };
}
