// The one table of file names: which stems exporters use, what they mean, and how variants are written.
// Knows names only, no folders.

import type { ModelFileRole } from '../protocol/modelSource';

export interface NamedFile {
  /** Path relative to the model's folder. */
  readonly path: string;
  readonly stem: string;
  /** '' for the unquantised file, else `fp16`, `quantized`, `q4` … */
  readonly variant: string;
}

const encoderStems = ['encoder_model', 'encoder'];
/** In the order of preference for one pass over a whole text. */
const decoderStems: readonly (readonly [string, ModelFileRole])[] = [
  ['decoder_model', 'decoder'],
  ['decoder_model_merged', 'decoder'],
  ['decoder_step', 'decoderStep'],
  ['decoder', 'decoder'],
  ['decoder_with_past_model', 'decoder'],
];
const singleStems = [
  'model',
  'decoder_model',
  'decoder_model_merged',
  'text_model',
  'text_encoder',
  'language_model',
  'encoder_model',
  'encoder',
  'decoder',
  'decoder_with_past_model',
];
const knownStems = [...new Set([...singleStems, ...encoderStems, ...decoderStems.map(([stem]) => stem)])].sort((a, b) => b.length - a.length);

/** Which variant is taken when none is asked for and there is no unquantised file. */
const variantOrder = ['', 'fp32', 'fp16', 'quantized', 'int8', 'uint8', 'q8', 'q4f16', 'q4', 'bnb4'];

/** `onnx/decoder_model_merged_quantized.onnx` → stem `decoder_model_merged`, variant `quantized`. */
export function nameOf(path: string): NamedFile {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.onnx$/i, '');
  const stem = knownStems.find((known) => base === known || base.startsWith(`${known}_`));
  return stem === undefined ? { path, stem: base, variant: '' } : { path, stem, variant: base.slice(stem.length + 1) };
}

/** The variants among the files, the default one first. */
export function variantsOf(files: readonly NamedFile[]): string[] {
  const rank = (variant: string) => (variantOrder.includes(variant) ? variantOrder.indexOf(variant) : variantOrder.length);
  return [...new Set(files.map((file) => file.variant))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
}

export interface ChosenFile {
  readonly role: ModelFileRole;
  readonly path: string;
}

/**
 * Which of the files of one variant make up the model: encoder and decoder, or the preferred single file;
 * undefined when the names do not tell.
 */
export function filesOfModel(files: readonly NamedFile[]): readonly ChosenFile[] | undefined {
  const find = (stem: string) => files.find((file) => file.stem === stem);
  const encoder = encoderStems.map(find).find((file) => file !== undefined);
  for (const [stem, role] of encoder ? decoderStems : []) {
    const decoder = find(stem);
    if (encoder && decoder)
      return [
        { role: 'encoder', path: encoder.path },
        { role, path: decoder.path },
      ];
  }
  const single = singleStems.map(find).find((file) => file !== undefined) ?? (files.length === 1 ? files[0] : undefined);
  return single && [{ role: 'model', path: single.path }];
}

/** The same with one file given by the user: the decoder's partner is found beside it. */
export function filesWith(chosen: NamedFile, files: readonly NamedFile[]): readonly ChosenFile[] {
  const role = decoderStems.find(([stem]) => stem === chosen.stem)?.[1];
  const partners = files.filter((file) => encoderStems.includes(file.stem));
  const encoder = partners.find((file) => file.variant === chosen.variant) ?? partners[0];
  if (role && encoder)
    return [
      { role: 'encoder', path: encoder.path },
      { role, path: chosen.path },
    ];
  return [{ role: 'model', path: chosen.path }];
}
