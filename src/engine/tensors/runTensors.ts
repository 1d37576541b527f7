// The tensors of one run: as the runtime gave them, brought into the product's form when first read.
// Steps of a decoder are joined. Knows nothing of what the tensors mean.

import type { Activation } from '../../core/names';
import type { CaptureRef, TensorRef } from '../../onnx/facts/captures';
import { axesOf, canonical, concatenated, type LetteredTensor, withLetters } from './canonical';
import { joinSteps } from './joinSteps';
import { floatsOfRaw, type RawTensor } from './rawTensor';

/** Tokens of a block and query tokens of a site are the same axis here. */
const withQueries = (axes: string) => axes.replace(/t/g, 'q');

/** What stands for a key that a step could not read yet. */
export const fillerOf = (activation: Activation): number => (activation === 'scores' ? Number.NEGATIVE_INFINITY : 0);

export class RunTensors {
  private readonly raws = new Map<string, RawTensor[]>();
  private readonly forms = new Map<string, LetteredTensor>();
  sizeInBytes = 0;

  /** Adds what one file run gave; `step` counts runs of a file that is run token by token. */
  put(part: number, outputs: ReadonlyMap<string, RawTensor>, step: number): void {
    for (const [name, tensor] of outputs) {
      const key = `${part} ${name}`;
      const steps = this.raws.get(key) ?? [];
      // What is there stays: the same run gives the same numbers again.
      if (steps[step]) continue;
      steps[step] = tensor;
      this.raws.set(key, steps);
      this.sizeInBytes += tensor.data.byteLength;
    }
  }

  has(part: number, ref: CaptureRef): boolean {
    return ref.every(({ tensor }) => this.raws.has(`${part} ${tensor}`));
  }

  /** As the runtime gave it, of the first step; undefined when it was not captured. */
  raw(part: number, tensor: string): RawTensor | undefined {
    return this.raws.get(`${part} ${tensor}`)?.[0];
  }

  /** The one number of a tensor of one element; undefined when it was not captured. */
  scalar(part: number, tensor: string): number | undefined {
    const raw = this.raws.get(`${part} ${tensor}`)?.[0];
    return raw && raw.data.length > 0 ? floatsOfRaw(raw)[0] : undefined;
  }

  /** Lengths of the query and key axes, of all steps together; a length that the axes do not tell is undefined. */
  lengths(part: number, ref: CaptureRef): { readonly q?: number; readonly k?: number } {
    const [first] = ref as [TensorRef];
    const [raw, ...others] = this.raws.get(`${part} ${first.tensor}`) ?? [];
    const whole = others.length > 0 ? this.form(part, [first]) : undefined;
    const axes = raw && axesOf({ tensor: first.tensor, axes: withQueries(first.axes) }, raw.dims);
    const sizeOf = (letter: string) => (others.length > 0 ? whole?.dims[whole.letters.indexOf(letter)] : axes?.find((axis) => axis.letter === letter)?.size);
    return { q: sizeOf('q'), k: sizeOf('k') };
  }

  /**
   * In the product's form with whatever letters it has; undefined when it was not captured or its axes do not fit. `filler` stands where a
   * step had no key yet.
   */
  form(part: number, ref: CaptureRef, filler = 0): LetteredTensor | undefined {
    const key = `${part} ${filler} ${ref.map(({ tensor, axes }) => `${tensor}:${axes}`).join(' ')}`;
    const known = this.forms.get(key);
    if (known) return known;
    const parts = ref.map((one) => this.partForm(part, one, filler));
    const whole = parts.every((one) => one !== undefined) ? concatenated(parts, 'h') : undefined;
    const form = whole && parts[0]?.reach ? { ...whole, reach: parts[0].reach } : whole;
    if (!form) return undefined;
    this.forms.set(key, form);
    if (!this.isRaw(part, ref, form)) this.sizeInBytes += form.data.byteLength;
    return form;
  }

  /** The same with exactly these letters. */
  read(part: number, ref: CaptureRef | undefined, letters: string, filler = 0): LetteredTensor | undefined {
    const form = ref && this.form(part, ref, filler);
    return form && withLetters(form, letters);
  }

  /** Whether the form is no copy, but the memory that the runtime gave. */
  private isRaw(part: number, ref: CaptureRef, form: LetteredTensor): boolean {
    return ref.some(({ tensor }) => this.raws.get(`${part} ${tensor}`)?.some((raw) => raw.data === form.data));
  }

  private partForm(part: number, ref: TensorRef, filler: number): LetteredTensor | undefined {
    const raws = this.raws.get(`${part} ${ref.tensor}`);
    if (!raws) return undefined;
    const axes = { tensor: ref.tensor, axes: withQueries(ref.axes) };
    const forms = raws.map((raw) => canonical(axes, raw));
    if (forms.some((form) => form === undefined)) return undefined;
    return joinSteps(forms as LetteredTensor[], filler);
  }
}
