// What the commands are and which options they take: one table for parsing, for help and for refusals.

export interface OptionRow {
  readonly name: string;
  /** Name of its value in help; undefined for a switch. */
  readonly value?: string;
  /** The value may be left out (it is then ''). */
  readonly isValueOptional?: boolean;
  readonly isRequired?: boolean;
  /** May be given more than once. */
  readonly isRepeatable?: boolean;
  readonly help: string;
}

export interface CommandRow {
  readonly name: string;
  readonly help: string;
  readonly options: readonly OptionRow[];
}

const model: OptionRow = { name: 'model', value: 'MODEL', isRequired: true, help: 'a folder, an .onnx file, or bundled:NAME' };
const whichFile: readonly OptionRow[] = [
  { name: 'variant', value: 'NAME', help: 'which file of a folder: quantized, fp16, int8, q4 … (default: the unquantised one)' },
  { name: 'onnx-file', value: 'NAME', help: 'the ONNX file of a folder, by name' },
];
const input: OptionRow = {
  name: 'input',
  value: 'NAME=VALUE',
  isRepeatable: true,
  help: 'what an input of the model is fed: one number, a JSON list, or an .npy file (may come more than once)',
};

const engine: readonly OptionRow[] = [
  {
    name: 'engine',
    value: 'WHICH',
    help: 'wasm (default), native (onnxruntime-node of the same version, where it is installed), auto (native where it is found)',
  },
  { name: 'native-path', value: 'FOLDER', help: 'the onnxruntime-node to take (default: beside this command, or installed globally)' },
];

const texts: readonly OptionRow[] = [
  { name: 'text', value: 'TEXT', isRequired: true, help: 'the text (of the encoder where there are two)' },
  { name: 'pair', value: 'TEXT', help: 'a second text for models that take pairs' },
  { name: 'target', value: 'TEXT', help: "the decoder's text of an encoder–decoder (teacher forcing)" },
];
const truncate: OptionRow = { name: 'truncate', help: 'use the first part of a text that is too long' };
const json: OptionRow = { name: 'json', value: 'OUT', isValueOptional: true, help: 'as JSON, to OUT or to the standard output' };

export const commands: readonly CommandRow[] = [
  {
    name: 'describe',
    help: 'what a model is: towers, layers, heads, how each attention was recognised, what can be captured',
    options: [model, ...whichFile, input, ...engine, json],
  },
  {
    name: 'tokenize',
    help: 'ids, tokens and character ranges (UTF-16) of many texts',
    options: [
      { name: 'tokenizer', value: 'TOKENIZER.json', isRequired: true, help: 'the tokenizer.json of a model' },
      { name: 'lines', value: 'IN.json', isRequired: true, help: 'array of strings or of [text, pair]; - reads the standard input' },
      { name: 'out', value: 'OUT.json', isRequired: true, help: 'array of {ids, tokens, offsets, special}' },
    ],
  },
  {
    name: 'capture',
    help: 'runs a text and writes what the model computed, checked, as a file of tensors',
    options: [
      model,
      ...texts,
      { name: 'activations', value: 'a,b', help: 'only these: q, k, v, scores, pattern, z, result, attn_out … (default: all)' },
      { name: 'layers', value: '0,2', help: 'only these layers' },
      ...whichFile,
      input,
      {
        name: 'bos-eos',
        value: 'WHICH',
        help: 'tokens around the text beyond those of tokenizer.json: auto (as the configuration asks; default), none, bos, eos, both',
      },
      truncate,
      ...engine,
      { name: 'no-output-check', help: 'do not compare with the unmodified model (check 7)' },
      { name: 'out', value: 'X.safetensors', isRequired: true, help: 'where to write; X.npz writes a file of NumPy' },
    ],
  },
  {
    name: 'diff',
    help: 'one text on two engines, or through two files: how far each tensor is apart, and the first that leaves the tolerance',
    options: [
      model,
      ...texts,
      ...engine,
      { name: 'engine2', value: 'WHICH', help: 'the engine of the second side (default: that of the first)' },
      { name: 'model2', value: 'MODEL', help: 'the model of the second side, an optimised twin for example (default: that of the first)' },
      ...whichFile,
      input,
      truncate,
      json,
    ],
  },
  {
    name: 'heads',
    help: 'what each head brings to a word of a text beyond what it brings to the others, and the three that bring most',
    options: [
      model,
      ...texts,
      { name: 'focus', value: 'INDEX', help: 'the token that is looked at (default: the word that the panel would show first)' },
      ...whichFile,
      input,
      truncate,
      ...engine,
      json,
    ],
  },
  {
    name: 'steps',
    help: 'every number of one query token of one head: q·k, scale, bias, mask, score, weight, value, and the sum that ends in z',
    options: [
      model,
      ...texts,
      { name: 'layer', value: 'L', isRequired: true, help: 'the layer, counted from 0' },
      { name: 'head', value: 'H', isRequired: true, help: 'the head, counted from 0' },
      { name: 'query', value: 'I', isRequired: true, help: 'the query token, counted from 0, special ones included' },
      { name: 'tower', value: 'WHICH', help: 'encoder or decoder, where the model has both' },
      { name: 'kind', value: 'WHICH', help: 'self or cross, where the layer has both' },
      { name: 'vectors', help: 'with --json: also q, and k and v of every key' },
      ...whichFile,
      input,
      truncate,
      ...engine,
      json,
    ],
  },
];

function usageOf(row: OptionRow): string {
  if (!row.value) return `--${row.name}`;
  return row.isValueOptional ? `--${row.name} [${row.value}]` : `--${row.name} ${row.value}`;
}

function helpOf(command: CommandRow): string {
  const width = Math.max(...command.options.map((row) => usageOf(row).length)) + 2;
  const lines = command.options.map((row) => `      ${usageOf(row).padEnd(width)}${row.help}${row.isRequired ? ' (required)' : ''}`);
  return [`  ${command.name}: ${command.help}`, ...lines].join('\n');
}

/** The text of --help: of one command where its name is given, else of all. */
export function helpText(name?: string): string {
  const own = commands.filter((command) => command.name === name);
  return [
    'transformer-inspector COMMAND [options]',
    '',
    ...(own.length > 0 ? own : commands).map(helpOf),
    '',
    '  --help, --version',
    '',
    'Exit status: 0 done; 2 wrong usage; 3 the model is not supported or an identity failed; 4 bad input; 1 internal error.',
    '',
  ].join('\n');
}
