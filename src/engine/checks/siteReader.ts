// Reads a site's captured tensors in the form the checks want, and what a check finds in them.

import { unbounded } from '../../core/check';
import type { Activation } from '../../core/names';
import type { CaptureRef } from '../../onnx/facts/captures';
import type { Scalar, Site } from '../../onnx/facts/site';
import type { LetteredTensor } from '../tensors/canonical';
import { withoutCopies } from '../tensors/less';
import { fillerOf, type RunTensors } from '../tensors/runTensors';
import type { DeviationSize } from './deviation';
import { withoutRows } from './maskedRows';

/** How far two ways to the same numbers differ, or why they could not be compared. */
export type Measured = DeviationSize | string;

/** Of tensors whose shapes do not fit each other. */
export const unboundedSize: DeviationSize = { absolute: unbounded, relative: unbounded, cells: 1 };

/** Whether three tensors of heads can belong together: axes of one letter equally long, and every head reading one of the `shared` ones. */
export function sizesFit(a: LetteredTensor, b: LetteredTensor, shared: LetteredTensor): boolean {
  const sizes = (letter: string) => [a, b, shared].flatMap(({ letters, dims }) => (letters.includes(letter) ? [dims[letters.indexOf(letter)]] : []));
  const [heads, sharedHeads] = [a.dims[0] as number, shared.dims[0] as number];
  return heads === b.dims[0] && heads % sharedHeads === 0 && ['q', 'k', 'e'].every((letter) => new Set(sizes(letter)).size === 1);
}

export class SiteReader {
  constructor(
    readonly input: { readonly site: Site; readonly part: number; readonly tensors: RunTensors },
    /** Query rows that are left out of everything it reads. */
    private readonly skipped: ReadonlySet<number> = new Set(),
  ) {}

  /** The activation with these letters; keys and values without copies. Undefined: not captured. */
  activation(name: Activation, letters: string): LetteredTensor | undefined {
    const { site, part, tensors } = this.input;
    const tensor = tensors.read(part, site.captures[name], letters, fillerOf(name));
    return tensor && withoutRows(tensor, this.skipped);
  }

  /** The weights as they mix the values: rounded where the model rounds them. */
  patternAsMixed(): LetteredTensor | undefined {
    const { site, part, tensors } = this.input;
    const tensor = site.patternAsMixed && tensors.read(part, site.patternAsMixed, 'hqk');
    return tensor ? withoutRows(tensor, this.skipped) : this.activation('pattern', 'hqk');
  }

  /** Keys or values, one per kv head; a reason where their copies differ. */
  shared(name: Activation): LetteredTensor | string | undefined {
    const tensor = this.activation(name, 'hke');
    if (!tensor || !this.input.site.kvRepeated) return tensor;
    return withoutCopies(tensor, this.input.site.kvHeads) ?? 'the copies of shared keys and values differ';
  }

  form(ref: CaptureRef | undefined): LetteredTensor | undefined {
    const tensor = ref && this.input.tensors.form(this.input.part, ref);
    return tensor && withoutRows(tensor, this.skipped);
  }

  scalar(scalar: Scalar): number | undefined {
    return 'value' in scalar ? scalar.value : this.input.tensors.scalar(this.input.part, scalar.tensor);
  }
}
