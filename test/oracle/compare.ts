// Compares a capture with the PyTorch reference of an entry. It never forgives a site that the model does not have.
// Rules: masked cells must be masked in both; an '@alt' twin is a second convention that also counts; decoder captures may be
// one position longer (a closing </s>); captures of padded positions are cropped.

import type { Tensor } from '../../src/core/tensor';

export type Tensors = ReadonlyMap<string, Tensor>;

export interface Judgement {
  readonly key: string;
  readonly activation: string;
  readonly status: 'ok' | 'miss' | 'bad' | 'skip';
  /** Largest |capture − reference|; null where nothing was captured. */
  readonly deviation: number | null;
  readonly tolerance: number;
  readonly note: string;
}

/** What of an entry's cases.json decides how its captures are judged. */
export interface Rules {
  readonly expect: 'full' | 'pattern' | 'refuse';
  /** Largest absolute deviation by activation, and `default`. */
  readonly tolerance: Readonly<Record<string, number>>;
  readonly required?: readonly string[];
  readonly optional?: readonly string[];
  readonly padded_to?: number;
  readonly isEncoderDecoder: boolean;
}

/** References below this are cells that were never computed. */
const uncomputed = -1e30;
/** Any score below this counts as masked. */
const masked = -1e3;

/** `encoder.0.self.q@before_norm` → `q`. */
export function activationOf(key: string): string {
  const plain = key.split('@')[0] as string;
  return plain.slice(plain.lastIndexOf('.') + 1);
}

function sameDims(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((dim, i) => dim === b[i]);
}

/** The leading corner of `tensor` that has the dimensions `dims`; a leading axis of 1 is dropped. Unchanged when it is not at most `extra` larger. */
export function crop(tensor: Tensor, dims: readonly number[], extra: number): Tensor {
  if (sameDims(tensor.dims, dims)) return tensor;
  const source = tensor.dims.length === dims.length + 1 && tensor.dims[0] === 1 ? tensor.dims.slice(1) : tensor.dims;
  const fits = source.length === dims.length && source.every((dim, i) => dim >= (dims[i] as number) && dim - (dims[i] as number) <= extra);
  if (!fits) return tensor;
  const data = new Float32Array(dims.reduce((product, dim) => product * dim, 1));
  for (let i = 0; i < data.length; i++) data[i] = tensor.data[sourceIndex(i, dims, source)] as number;
  return { dims, data };
}

function sourceIndex(index: number, dims: readonly number[], source: readonly number[]): number {
  let rest = index;
  let stride = 1;
  let result = 0;
  for (let axis = dims.length - 1; axis >= 0; axis--) {
    const dim = dims[axis] as number;
    result += (rest % dim) * stride;
    rest = Math.floor(rest / dim);
    stride *= source[axis] as number;
  }
  return result;
}

interface Difference {
  readonly deviation: number;
  readonly note: string;
}

function scoresDifference(captured: Float32Array, reference: Float32Array): Difference {
  let deviation = 0;
  let disagree = 0;
  for (let i = 0; i < reference.length; i++) {
    const [a, b] = [captured[i] as number, reference[i] as number];
    const isMasked = Number.isNaN(a) || a <= masked;
    if (isMasked !== b <= masked) disagree++;
    else if (!isMasked && a > uncomputed && b > uncomputed) deviation = Math.max(deviation, Math.abs(a - b));
  }
  return disagree > 0 ? { deviation: Number.POSITIVE_INFINITY, note: `${disagree} cells masked in one and not in the other` } : { deviation, note: '' };
}

function plainDifference(captured: Float32Array, reference: Float32Array): Difference {
  let deviation = 0;
  for (let i = 0; i < reference.length; i++) {
    const distance = Math.abs((captured[i] as number) - (reference[i] as number));
    if (Number.isNaN(distance)) return { deviation: Number.POSITIVE_INFINITY, note: 'NaN' };
    deviation = Math.max(deviation, distance);
  }
  return { deviation, note: '' };
}

function difference(activation: string, captured: Tensor, reference: Tensor): Difference {
  if (!sameDims(captured.dims, reference.dims)) return { deviation: Number.POSITIVE_INFINITY, note: `shape [${captured.dims}] instead of [${reference.dims}]` };
  return activation === 'scores' ? scoresDifference(captured.data, reference.data) : plainDifference(captured.data, reference.data);
}

function judge(key: string, captured: Tensors, references: Tensors, rules: Rules): Judgement {
  const activation = activationOf(key);
  const tolerance = rules.tolerance[activation] ?? (rules.tolerance.default as number);
  const isListedOptional = rules.optional?.includes(activation) ?? false;
  const needed = rules.expect === 'full' || (rules.required ?? ['pattern']).includes(activation);
  const tensor = captured.get(key);
  if (!tensor) return { key, activation, status: isListedOptional || !needed ? 'skip' : 'miss', deviation: null, tolerance, note: '' };
  const padded = rules.padded_to ?? 0;
  const mayCrop = padded > 0 || (rules.isEncoderDecoder && (key.startsWith('decoder.') || key === 'logits'));
  const twins = [key, ...[...references.keys()].filter((name) => name.startsWith(`${key}@`))];
  const best = twins
    .map((twin) => {
      const reference = references.get(twin) as Tensor;
      return { twin, ...difference(activation, mayCrop ? crop(tensor, reference.dims, Math.max(1, padded)) : tensor, reference) };
    })
    .reduce((least, candidate) => (candidate.deviation < least.deviation ? candidate : least));
  const status = best.deviation <= tolerance ? 'ok' : isListedOptional ? 'skip' : 'bad';
  return { key, activation, status, deviation: best.deviation, tolerance, note: best.note || (best.twin === key ? '' : `matches ${best.twin.split('@')[1]}`) };
}

/** One judgement per tensor of the reference, and one `bad` per pattern of a site that the reference does not have. */
export function compare(captured: Tensors, references: Tensors, rules: Rules): Judgement[] {
  const names = [...references.keys()].filter((name) => !name.includes('@')).sort();
  const known = new Set([...references.keys()].filter((name) => name.endsWith('.pattern')));
  const invented = [...captured.keys()].filter((name) => name.endsWith('.pattern') && !known.has(name));
  return [
    ...names.map((key) => judge(key, captured, references, rules)),
    ...invented.map((key): Judgement => ({ key, activation: 'pattern', status: 'bad', deviation: null, tolerance: 0, note: 'no such attention in the model' })),
  ];
}
