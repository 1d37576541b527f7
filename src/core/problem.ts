// Every expected failure of the product, in one table: code → sentence, way out, exit status of the command line.
// Nothing else words an error for a user.

export interface Problem {
  readonly code: ProblemCode;
  /** One clear sentence. */
  readonly message: string;
  /** A way out. */
  readonly hint: string;
  /** The way out in the editor, where it is another one than on the command line. */
  readonly editorHint?: string;
  readonly exitStatus: ExitStatus;
}

/** 2 wrong usage, 3 not supported or an identity failed, 4 bad input. */
export type ExitStatus = 2 | 3 | 4;

interface Entry {
  readonly exitStatus: ExitStatus;
  /** `{name}` is replaced by the parameter of that name. */
  readonly message: string;
  readonly hint: string;
  readonly editorHint?: string;
}

const table = {
  usage: { exitStatus: 2, message: '{detail}', hint: 'The option --help lists the commands and their options.' },
  modelNotFound: {
    exitStatus: 4,
    message: 'No model was found at {path}.',
    hint: 'Give a folder with an ONNX file, an .onnx file, or bundled:NAME ({bundled}).',
    editorHint: 'Choose a folder with an ONNX file, an .onnx file, or a model that comes with the extension.',
  },
  noOnnxFile: {
    exitStatus: 4,
    message: 'The folder {path} holds no ONNX file.',
    hint: 'Export the model first, or choose a folder that has model.onnx at its root or in onnx/.',
  },
  noSuchVariant: { exitStatus: 4, message: 'The folder has no variant "{variant}".', hint: 'It has: {available}.' },
  noSuchOnnxFile: { exitStatus: 4, message: 'The folder has no ONNX file "{file}".', hint: 'It has: {available}.' },
  whichOnnxFile: {
    exitStatus: 4,
    message: 'The folder {path} has several ONNX files, and their names do not tell which one is the model.',
    hint: 'Choose one with --onnx-file: {available}.',
    editorHint: 'Open the file itself instead of the folder: {available}.',
  },
  notPlainFile: { exitStatus: 4, message: '{path} is no plain file.', hint: 'Give a file that is neither a folder nor a device.' },
  notOnnx: { exitStatus: 4, message: '{file} is not an ONNX model: {reason}.', hint: 'Choose a file written by an ONNX exporter.' },
  lfsPointer: { exitStatus: 4, message: '{file} is only a Git LFS pointer, not the file itself.', hint: 'Fetch it with `git lfs pull`.' },
  onnxTruncated: { exitStatus: 4, message: '{file} is damaged: {reason}.', hint: 'Copy or download the file again.' },
  onnxTooLarge: { exitStatus: 4, message: '{file} is beyond what can be read safely: {reason}.', hint: 'Use a smaller or a quantised export.' },
  externalDataOutside: {
    exitStatus: 4,
    message: '{file} keeps weights at "{location}", outside the model\'s folder; such files are not opened.',
    hint: 'Put the data file beside the model and export again.',
  },
  externalDataMissing: {
    exitStatus: 4,
    message: '{file} keeps weights in "{location}", which is missing or too short.',
    hint: "Copy that file to {location} in the model's folder; it has at least {size} bytes.",
  },
  runtimeRefused: {
    exitStatus: 4,
    message: 'The ONNX runtime could not run {file}: {reason}.',
    hint: 'Check the file with onnx.checker, or export it again with a current exporter.',
  },
  operatorUnknown: {
    exitStatus: 3,
    message: '{file} uses the operator {operator}, which the ONNX runtime here does not have.',
    hint: 'Export the model with standard operators, or in another precision.',
  },
  outOfMemory: {
    exitStatus: 4,
    message: 'The model does not fit into the memory of the runtime: {reason}.',
    hint: 'Use a quantised variant, a shorter text or fewer activations.',
    editorHint: 'Use a quantised variant, or inspect a shorter text.',
  },
  tokenizerMissing: {
    exitStatus: 4,
    message: 'No tokenizer.json was found beside the model in {path}.',
    hint: 'Put the tokenizer.json of the model into its folder.',
  },
  tokenizerOtherForm: {
    exitStatus: 4,
    message: 'The folder {path} has no tokenizer.json, only {found}, which cannot be read here.',
    hint: "Make one with Python's transformers: AutoTokenizer.from_pretrained(FOLDER, use_fast=True).save_pretrained(FOLDER).",
  },
  tokenizerBroken: {
    exitStatus: 4,
    message: 'The tokenizer.json cannot be used: {reason}.',
    hint: 'Save it again with the `tokenizers` library (tokenizer.save("tokenizer.json")).',
  },
  tokenizerMismatch: {
    exitStatus: 4,
    message: 'The tokenizer does not belong to this model: token {token} has id {id}, the model knows {count}.',
    hint: 'Put the tokenizer.json of this model into its folder.',
  },
  textEmpty: {
    exitStatus: 4,
    message: 'There is nothing to inspect: the text is empty or only white space.',
    hint: 'Give a text with a word in it.',
    editorHint: 'Select some words, or put the caret into a sentence.',
  },
  textTooLong: {
    exitStatus: 4,
    message: 'The text has {count} tokens; this model takes {limit}.',
    hint: 'Use a shorter text, or --truncate to use its first part.',
    editorHint: 'Select a shorter text.',
  },
  textTooShort: {
    exitStatus: 4,
    message: 'This model takes exactly {limit} tokens and no attention mask; the text has {count}, and padding would take part in its attention.',
    hint: 'Use a longer text, or export the model with a free length or with an attention mask.',
  },
  textTooLarge: { exitStatus: 4, message: 'The text has {count} characters; at most {limit} can be tokenized at once.', hint: 'Use a part of it.' },
  captureTooLarge: {
    exitStatus: 4,
    message: 'The capture would take about {size}.',
    hint: 'Choose less with --activations (for example pattern) or --layers.',
    editorHint: 'Select a shorter text, or raise the setting transformerInspector.engine.memoryLimitMB.',
  },
  targetMissing: {
    exitStatus: 4,
    message: 'This model has a decoder that needs a text of its own.',
    hint: 'Give the decoder text with --target.',
    editorHint: 'So far such a model runs on the command line only: capture --target.',
  },
  pairUnused: {
    exitStatus: 2,
    message: 'This model takes no pairs: its tokenizer sets nothing between two texts.',
    hint: 'Leave out --pair.',
    editorHint: 'Inspect one text.',
  },
  targetUnused: { exitStatus: 2, message: 'This model has no decoder that takes a target text.', hint: 'Leave out --target.' },
  encoderMissing: {
    exitStatus: 4,
    message: '{file} is the decoder of an encoder–decoder, and no encoder is beside it.',
    hint: 'Put the encoder_model.onnx of the model into the same folder.',
  },
  embeddingsApart: {
    exitStatus: 3,
    message: '{file} takes rows of an embedding table ({input}) in the place of tokens, and what {other} beside it makes does not fit them.',
    hint: 'Export the model as one file that takes input_ids.',
  },
  batchFixed: {
    exitStatus: 3,
    message: 'The model takes exactly {count} texts at once; here one text is run at a time.',
    hint: 'Export the model with a batch of 1 or of any size.',
  },
  inputUnknown: {
    exitStatus: 3,
    message: 'The model wants an input "{input}" whose role is not certain: {reason}.',
    hint: 'Give its values with --input {input}=VALUE: one number, a JSON list or an .npy file.',
    editorHint: "Give its values in the model's card (beside the model's name), or choose another model.",
  },
  inputMisfit: {
    exitStatus: 4,
    message: 'The values given for the input "{input}" have the shape {given}, and it takes {wanted}.',
    hint: 'Give one number to fill it with, or values in that shape.',
  },
  inputMissing: { exitStatus: 2, message: 'The model has no input "{input}".', hint: 'Its inputs are: {inputs}.' },
  inputUnreadable: {
    exitStatus: 2,
    message: 'The value of --input {input} cannot be read: {reason}.',
    hint: 'Give NAME=VALUE with one number, a JSON list of numbers or an .npy file.',
  },
  maskBroken: {
    exitStatus: 3,
    message: 'The mask "{input}" hides nothing: marked as padding either way, the last token is read as before.',
    hint: 'Give its values with --input {input}=VALUE, or export the model with an attention mask that masks.',
    editorHint: "Give its values in the model's card (beside the model's name), or choose another model.",
  },
  modelRandom: {
    exitStatus: 3,
    message: '{file} gives other numbers at each run for the same text: it was exported in training mode, with dropout left on.',
    hint: 'Export it again in evaluation mode (in PyTorch: model.eval() before the export).',
  },
  modelNotNumbers: {
    exitStatus: 3,
    message: 'What {file} computes for an ordinary text is not a number (NaN).',
    hint: 'A weight in the file is damaged, or its precision is too low: export it again, or use another variant.',
  },
  siteNotNumbers: {
    exitStatus: 3,
    message: 'What the model computes at {site} for this text is not a number (NaN or infinity).',
    hint: 'A weight in the file is damaged, or its precision is too low: export it again, or use another variant.',
  },
  siteRounded: {
    exitStatus: 3,
    message: 'The numbers of {site} cannot be held to each other: the file rounds the residual stream to 8 bits on the way, and they are off by {deviation}.',
    hint: 'Use the float32 file, or ask for the attention alone: --activations pattern,q,k,v,z.',
    editorHint: 'Use the float32 file, or one of which only the weights are quantised.',
  },
  noAttention: {
    exitStatus: 3,
    message: 'There is no attention to show: no softmax attention was found in {file} ({reason}).',
    hint: 'Choose a model that has one: a softmax over scores whose result weights a second tensor (Softmax → MatMul), or a fused attention operator.',
  },
  identityFailed: {
    exitStatus: 3,
    message: 'The numbers of {site} do not agree with each other: {identity} is off by {deviation}.',
    hint: 'Nothing is shown from this site, because the graph was probably read wrongly; please report the model.',
  },
  activationAbsent: {
    exitStatus: 3,
    message: '{activation} cannot be had from this model: {reason}.',
    hint: 'Run `describe` to see what can be captured.',
    editorHint: 'Look at another head or layer, or choose another model.',
  },
  noSuchLayer: { exitStatus: 2, message: 'There is no layer {layer}.', hint: 'The model has layers 0 to {last}.' },
  fileMissing: { exitStatus: 4, message: 'The file {path} cannot be read: {reason}.', hint: 'Check the path and its permissions.' },
  linesBroken: { exitStatus: 4, message: '{path} is no list of texts.', hint: 'Give a JSON array of strings or of [text, pair].' },
  fileNotWritten: { exitStatus: 4, message: 'The file {path} cannot be written: {reason}.', hint: 'Check the folder, its permissions and the free space.' },
  workerStopped: { exitStatus: 4, message: 'The run was stopped.', hint: 'Inspect again to start it anew.' },
  engineEnded: {
    exitStatus: 4,
    message: 'The engine stopped working: {reason}.',
    hint: 'Inspect again; the log has the details (command "Transformer Inspector: Show Log").',
  },
  noEditor: { exitStatus: 4, message: 'There is no text editor to take a text from.', hint: 'Open a text file, select some words and run the command again.' },
} as const satisfies Record<string, Entry>;

export type ProblemCode = keyof typeof table;

/**
 * Fills a row of the table. Unknown placeholders stay visible, so that a test finds them. No part of it reads as a Markdown
 * link: names come from files of strangers, and a notification of the editor would run the command of such a link.
 */
export function problem(code: ProblemCode, parameters: Readonly<Record<string, string | number>> = {}): Problem {
  const given = (name: string) => (Object.hasOwn(parameters, name) ? printable(String(parameters[name])) : undefined);
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => given(name) ?? whole).replaceAll('](', '] (');
  const row: Entry = table[code];
  const editorHint = row.editorHint === undefined ? {} : { editorHint: fill(row.editorHint) };
  return { code, message: fill(row.message), hint: fill(row.hint), ...editorHint, exitStatus: row.exitStatus };
}

const longestParameter = 600;
/** Control characters, also those that turn the direction of writing, and line separators. */
const control = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+/gu;

/** One line that a terminal takes as text only: names come from files of strangers, which may hold its commands. */
export function printable(text: string): string {
  const line = text.replace(control, ' ');
  return line.length <= longestParameter ? line : `${line.slice(0, longestParameter)} …`;
}

/** Carries a Problem up to the nearest border, where it becomes a value again. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
    this.name = 'ProblemError';
  }
}

/** Stops with an expected failure. */
export function refuse(code: ProblemCode, parameters: Readonly<Record<string, string | number>> = {}): never {
  throw new ProblemError(problem(code, parameters));
}

/** A value or the reason why there is none: what crosses every border. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/** Turns a thrown ProblemError into a value; every other error passes through. */
export async function outcomeOf<T>(work: () => Promise<T> | T): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof ProblemError) return { ok: false, problem: error.problem };
    throw error;
  }
}

export const problemCodes = Object.keys(table) as ProblemCode[];
