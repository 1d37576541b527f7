// What the ONNX runtime complains of, in words for a person: what does not fit, and at which operation. Its own sentences name its source
// code and its variables; what none of the patterns knows is kept, without those.

interface Complaint {
  readonly pattern: RegExp;
  readonly words: (match: RegExpExecArray) => string;
}

const complaints: readonly Complaint[] = [
  {
    pattern: /input_shape_size == requested_shape_size|cannot be reshaped to the requested shape|dimension of the input.*Reshape/i,
    words: () => 'a size that is written into the graph does not fit a text of this length',
  },
  { pattern: /indices element out of data bounds, idx=(-?\d+)/, words: ([, index]) => `it picks row ${index} of a table that has fewer` },
  {
    pattern: /Invalid rank for input: (\S+) Got: (\d+) Expected: (\d+)/,
    words: ([, input, , expected]) => `its input "${input}" has ${expected} axes`,
  },
  {
    pattern: /Got invalid dimensions for input: (\S+) for the following indices/,
    words: ([, input]) => `its input "${input}" takes another size`,
  },
  { pattern: /axis == 1 \|\| axis == largest|broadcast/i, words: () => 'sizes inside the graph do not fit each other for this text' },
  { pattern: /attn_mask/, words: () => 'the runtime here takes no attention mask of this shape' },
  { pattern: /\bwas false\b/, words: () => 'what enters an operation does not have the shape that it takes' },
  { pattern: /Missing Input: (\S+)/i, words: ([, input]) => `its input "${input}" was not given` },
  { pattern: /Unexpected input data type/i, words: () => 'an input takes another kind of numbers' },
];

const longest = 200;

/** Where the runtime stopped: `operation Gather (/embeddings/Gather)`. */
function placeIn(message: string): string {
  const [, op, name] = /while running (\w+) node\. Name:\s*'([^']*)'/.exec(message) ?? [];
  return op === undefined ? '' : ` (operation ${op}${name ? ` ${name.slice(0, 80)}` : ''})`;
}

/** The first line of a message of the runtime, without the places of its own source that it puts in front. */
function plainLine(message: string): string {
  return (message.split('\n')[0] ?? '')
    .replace(/^.*?ERROR_MESSAGE: |^.*?Error: /i, '')
    .replace(/^Non-zero status code returned while running \w+ node\. Name:\s*'[^']*' Status Message: /, '')
    .replace(/^(\S*\/)?[\w.]+\.(cc|h|cpp):\d+ ([^'"()]*\([^()]*\)( const)? (?=\S)|[A-Z][a-z]+[A-Z]\w+ (?=[A-Z]))?/, '')
    .replace(/^This is an invalid model\. (Error: )?/, '')
    .slice(0, longest)
    .replace(/[.\s]+$/, '');
}

export function runtimeReason(message: string): string {
  for (const { pattern, words } of complaints) {
    const match = pattern.exec(message);
    if (match) return `${words(match)}${placeIn(message)}`;
  }
  return `${plainLine(message)}${placeIn(message)}`;
}
