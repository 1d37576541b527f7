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
/** Makes the rows of a model that takes rows. */
const tableStem = 'embed_tokens';
/** Beside a model of texts: its table, and what sees and hears. */
const helperStems = [tableStem, 'vision_model', 'vision_encoder', 'audio_model', 'audio_encoder'];
const textStems = ['text_model', 'text_encoder', 'language_model', tableStem];
/** Each may be read as a whole. */
const mostAlternatives = 6;
const knownStems = [...new Set([...singleStems, ...encoderStems, ...decoderStems.map(([stem]) => stem), ...helperStems])].sort((a, b) => b.length - a.length);

/** Which variant is taken when none is asked for and there is no unquantised file. */
const variantOrder = ['', 'fp32', 'fp16', 'quantized', 'int8', 'uint8', 'q8', 'q4f16', 'q4', 'bnb4'];

/** `onnx/decoder_model_merged_quantized.onnx` → stem `decoder_model_merged`, variant `quantized`. */
export function nameOf(path: string): NamedFile {
  const base = path.slice(path.lastIndexOf('/') + 1).replace(/\.onnx$/i, '');
  const small = base.toLowerCase();
  const stem = knownStems.find((known) => small === known || small.startsWith(`${known}_`));
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

const pairOf = (encoder: NamedFile, role: ModelFileRole, decoder: NamedFile): readonly ChosenFile[] => [
  { role: 'encoder', path: encoder.path },
  { role, path: decoder.path },
];

/** The first file with one of these stems, in the order of the stems. */
const firstWith = (files: readonly NamedFile[], stems: readonly string[]) =>
  stems.map((stem) => files.find((file) => file.stem === stem)).find((file) => file !== undefined);

/** Encoder and decoder of one variant; where it has only one of them, the other in its default variant. */
function encoderAndDecoder(own: readonly NamedFile[], all: readonly NamedFile[]): readonly ChosenFile[] | undefined {
  const byDefault = variantsOf(all).flatMap((variant) => all.filter((file) => file.variant === variant));
  const stems = decoderStems.map(([stem]) => stem);
  const [ownEncoder, ownDecoder] = [firstWith(own, encoderStems), firstWith(own, stems)];
  if (!ownEncoder && !ownDecoder) return undefined;
  const [encoder, decoder] = [ownEncoder ?? firstWith(byDefault, encoderStems), ownDecoder ?? firstWith(byDefault, stems)];
  const role = decoderStems.find(([stem]) => stem === decoder?.stem)?.[1];
  return encoder && decoder && role && pairOf(encoder, role, decoder);
}

/** Two files of other names that differ in one word: `NAME-encoder.onnx` and `NAME-decoder.onnx`. */
function pairByWord(files: readonly NamedFile[]): readonly ChosenFile[] | undefined {
  const [one, other] = [...files].sort((a, b) => (/encoder/i.test(a.stem) ? 0 : 1) - (/encoder/i.test(b.stem) ? 0 : 1));
  if (!one || !other || files.length !== 2 || !/encoder/i.test(one.stem)) return undefined;
  return other.stem.toLowerCase() === one.stem.toLowerCase().replace('encoder', 'decoder') ? pairOf(one, 'decoder', other) : undefined;
}

/**
 * Which files make up the model in one variant: encoder and decoder, or the preferred single file;
 * undefined when the names do not tell.
 */
export function filesOfModel(all: readonly NamedFile[], variant: string): readonly ChosenFile[] | undefined {
  const isHelper = (file: NamedFile) => helperStems.includes(file.stem);
  const own = all.filter((file) => file.variant === variant && (!isHelper(file) || all.every(isHelper)));
  const pair = encoderAndDecoder(own, all) ?? pairByWord(own);
  const single = firstWith(own, singleStems) ?? (own.length === 1 ? own[0] : undefined);
  return pair ?? (single && [{ role: 'model', path: single.path }]);
}

/**
 * Files beside a model's only one that may take the text where that one wants an image or a sound as well, or that make the rows which
 * it takes in the place of tokens: the names of text models first, those of its variant before others. What they are made for is for the
 * files themselves to tell. `isNamed`: the user chose the file, and none may take its place.
 */
export function alternativesTo(chosen: readonly ChosenFile[], all: readonly NamedFile[], { isNamed = false } = {}): readonly string[] {
  const [only, ...others] = chosen;
  const own = all.find((file) => file.path === only?.path);
  if (!own || others.length > 0) return [];
  const variants = [own.variant, ...variantsOf(all)];
  const byVariant = variants.flatMap((variant) => all.filter((file) => file.variant === variant && file.path !== own.path));
  const rest = byVariant.filter((file, i) => file.stem !== own.stem && byVariant.findIndex((other) => other.stem === file.stem) === i);
  const rank = (file: NamedFile) => (textStems.includes(file.stem) ? textStems.indexOf(file.stem) : textStems.length);
  return rest
    .filter((file) => !isNamed || file.stem === tableStem)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, mostAlternatives)
    .map((file) => file.path);
}

/** The same with one file given by the user: the decoder's partner is found beside it. */
export function filesWith(chosen: NamedFile, files: readonly NamedFile[]): readonly ChosenFile[] {
  const role = decoderStems.find(([stem]) => stem === chosen.stem)?.[1];
  const partners = files.filter((file) => encoderStems.includes(file.stem));
  const encoder = partners.find((file) => file.variant === chosen.variant) ?? partners[0];
  if (role && encoder) return pairOf(encoder, role, chosen);
  return [{ role: 'model', path: chosen.path }];
}
