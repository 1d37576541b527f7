// A generated transformer of one or two layers with seeded weights, written out as an exporter would write eager attention.
// The variations are those that a capture must not get wrong: causal, shared keys, pre-norm, an added bias.

import { onnxBytes, type TestNode, type TestTensor } from './onnxBytes';

export interface TinyOptions {
  readonly layers?: number;
  readonly heads?: number;
  readonly isCausal?: boolean;
  readonly hasBias?: boolean;
  readonly vocabulary?: number;
  readonly positions?: number;
  /** The number of tokens that the graph takes, where it takes no other. */
  readonly length?: number;
  readonly width?: number;
  /** Width of the feed-forward part, in widths of the stream. */
  readonly inner?: number;
  /** Largest weight of the matrices, about √3 / √width to keep the stream's size. */
  readonly scale?: number;
  readonly seed?: number;
  /** A picture is added to every row: no text can be run without one. */
  readonly hasImage?: boolean;
  /** Takes rows of an embedding table, `inputs_embeds`, in the place of ids. */
  readonly takesRows?: boolean;
  /** Further outputs that are no numbers: a text, and a sequence. */
  readonly hasLabels?: boolean;
  /** What stands after these tensors: nodes from the tensor as it would be (`from`) to what the others read in its place (`to`). */
  readonly after?: Readonly<Record<string, After>>;
}

export type After = (from: string, to: string) => { readonly nodes: readonly TestNode[]; readonly tensors?: readonly TestTensor[] };

function randomNumbers(seed: number): (count: number, scale: number) => Float32Array {
  let state = seed;
  return (count, scale) =>
    Float32Array.from({ length: count }, () => {
      state = (state * 1664525 + 1013904223) % 2 ** 32;
      return (state / 2 ** 31 - 1) * scale;
    });
}

/** The file that makes the rows of a transformer with `takesRows`: input_ids → [batch, sequence, width]. */
export function embeddingTable({ vocabulary = 16, width = 8, scale = 0.8, seed = 1 }: TinyOptions = {}): Uint8Array {
  return onnxBytes({
    nodes: [{ op: 'Gather', inputs: ['table', 'input_ids'], outputs: ['inputs_embeds'] }],
    tensors: [{ name: 'table', dims: [vocabulary, width], data: randomNumbers(seed)(vocabulary * width, scale) }],
    inputs: [{ name: 'input_ids', elementType: 7, dims: ['batch', 'sequence'] }],
    outputs: [{ name: 'inputs_embeds', elementType: 1, dims: ['batch', 'sequence', width] }],
  });
}

/** input_ids [batch, sequence] → logits [batch, sequence, vocabulary]. */
export function tinyTransformer(options: TinyOptions = {}): Uint8Array {
  const {
    layers = 2,
    heads = 2,
    isCausal = false,
    hasBias = false,
    vocabulary = 16,
    positions = 24,
    length = 'sequence',
    width = 8,
    inner: factor = 2,
    scale = 0.8,
    seed = 1,
    hasLabels = false,
    hasImage = false,
    takesRows = false,
    after = {},
  } = options;
  const random = randomNumbers(seed);
  const nodes: TestNode[] = [];
  const tensors: TestTensor[] = [];
  const size = width / heads;
  const add = (op: string, inputs: readonly string[], output: string, attributes?: TestNode['attributes']) => {
    const rest = after[output];
    const own = rest ? `${output}/before` : output;
    nodes.push({ op, inputs, outputs: [own], ...(attributes && { attributes }) });
    const more = rest?.(own, output);
    nodes.push(...(more?.nodes ?? []));
    tensors.push(...(more?.tensors ?? []));
    return output;
  };
  const constant = (name: string, dims: readonly number[], data: Float32Array | BigInt64Array) => {
    tensors.push({ name, dims, data });
    return name;
  };
  const floats = (name: string, dims: readonly number[], largest = scale) =>
    constant(
      name,
      dims,
      random(
        dims.reduce((a, b) => a * b, 1),
        largest,
      ),
    );
  const whole = (name: string, values: readonly number[], dims = [values.length]) => constant(name, dims, BigInt64Array.from(values, BigInt));
  const linear = (input: string, name: string, rows: number, columns: number) =>
    add('Add', [add('MatMul', [input, floats(`${name}.weight`, [rows, columns])], `${name}.product`), floats(`${name}.bias`, [columns], 0.3)], `${name}.out`);

  whole('split', [0, 0, heads, size]);
  whole('join', [0, 0, width]);
  // Drawn in any case, so that the numbers after it are the same.
  const table = floats('embedding', [vocabulary, width]);
  const rows = takesRows ? 'inputs_embeds' : add('Gather', [table, 'input_ids'], 'embedded');
  add('Shape', [takesRows ? 'inputs_embeds' : 'input_ids'], 'shape');
  add('Gather', ['shape', whole('one', [1], [])], 'length', { axis: 0 });
  add('Range', [whole('zero', [0], []), 'length', 'one'], 'positions');
  let stream = add('Add', [rows, add('Gather', [floats('position.embedding', [positions, width]), 'positions'], 'placed')], 'stream.0');
  if (hasImage) stream = add('Add', [stream, add('ReduceMean', ['pixel_values'], 'picture', { keepdims: 0 })], 'stream.seen');
  if (isCausal) {
    add('Unsqueeze', ['positions', whole('axis0', [0])], 'keyRow');
    add('Unsqueeze', ['positions', 'one.list'], 'queryColumn');
    whole('one.list', [1]);
    add('LessOrEqual', ['keyRow', 'queryColumn'], 'allowed');
    add('Where', ['allowed', constant('open', [], Float32Array.of(0)), constant('closed', [], Float32Array.of(-3.4028234663852886e38))], 'mask');
  }
  for (let layer = 0; layer < layers; layer++) {
    const name = `layer.${layer}`;
    const normed = add('LayerNormalization', [stream, floats(`${name}.scale`, [width]), floats(`${name}.shift`, [width])], `${name}.normed`, { axis: -1 });
    const part = (letter: string, order: readonly number[]) =>
      add('Transpose', [add('Reshape', [linear(normed, `${name}.${letter}`, width, width), 'split'], `${name}.${letter}.split`)], `${name}.${letter}.heads`, {
        perm: order,
      });
    const [q, k, v] = [part('q', [0, 2, 1, 3]), part('k', [0, 2, 3, 1]), part('v', [0, 2, 1, 3])];
    let scores = add('Div', [add('MatMul', [q, k], `${name}.raw`), constant(`${name}.root`, [], Float32Array.of(Math.sqrt(size)))], `${name}.scaled`);
    if (hasBias) scores = add('Add', [scores, floats(`${name}.relative`, [1, heads, 1, 1])], `${name}.biased`);
    if (isCausal) scores = add('Add', [scores, 'mask'], `${name}.masked`);
    const pattern = add('Softmax', [scores], `${name}.pattern`, { axis: -1 });
    const joined = add(
      'Reshape',
      [add('Transpose', [add('MatMul', [pattern, v], `${name}.z`)], `${name}.z.back`, { perm: [0, 2, 1, 3] }), 'join'],
      `${name}.merged`,
    );
    const middle = add('Add', [stream, linear(joined, `${name}.o`, width, width)], `${name}.middle`);
    const inner = add(
      'Relu',
      [
        linear(
          add('LayerNormalization', [middle, floats(`${name}.scale2`, [width]), floats(`${name}.shift2`, [width])], `${name}.normed2`, { axis: -1 }),
          `${name}.up`,
          width,
          factor * width,
        ),
      ],
      `${name}.inner`,
    );
    stream = add('Add', [middle, linear(inner, `${name}.down`, factor * width, width)], `stream.${layer + 1}`);
  }
  add('MatMul', [stream, floats('head', [width, vocabulary])], 'logits');
  if (hasLabels) add('Cast', [add('ArgMax', ['logits'], 'best', { axis: -1 })], 'label', { to: 8 });
  if (hasLabels) add('SplitToSequence', ['logits'], 'parts', { axis: 1 });
  return onnxBytes({
    nodes,
    tensors,
    inputs: [
      takesRows ? { name: 'inputs_embeds', elementType: 1, dims: ['batch', length, width] } : { name: 'input_ids', elementType: 7, dims: ['batch', length] },
      ...(hasImage ? [{ name: 'pixel_values', elementType: 1, dims: ['pictures', 3, 8, 8] }] : []),
    ],
    outputs: [
      ...(hasLabels ? [{ name: 'label', elementType: 8, dims: ['batch', length, 1] }] : []),
      { name: 'logits', elementType: 1, dims: ['batch', length, vocabulary] },
      ...(hasLabels ? [{ name: 'parts', elementType: 1, dims: ['batch', 1, vocabulary], isSequence: true }] : []),
    ],
  });
}
