// What one instrumented form of a file is for: which tensors it gives out, and which ones can be replaced on their way.

/** One input of one node. */
export interface Reader {
  /** Index of the node in the model. */
  readonly node: number;
  readonly slot: number;
}

/**
 * A tensor that is replaced for those who read it: they get `Where(mask, value, tensor)`. With a mask of zeros they read what they read
 * before, bit for bit. The tensor itself stays under its own name.
 */
export interface Splice {
  readonly tensor: string;
  /** 'all': every node, and the file's own output where the tensor is one. */
  readonly readers: 'all' | readonly Reader[];
}

export interface Plan {
  readonly captures: readonly string[];
  readonly splices: readonly Splice[];
}

/** The names that a splice was given, to be fed and read. */
export interface SplicePlace {
  /** What the readers get. */
  readonly replaced: string;
  /** Input: bool, any dimensions that can be broadcast to those of the tensor. */
  readonly mask: string;
  /** Input: numbers of the tensor's own element type, dimensions as for the mask. */
  readonly value: string;
  /** ONNX element type of the tensor. */
  readonly type: number;
}

const readersName = ({ readers }: Splice): string => (readers === 'all' ? 'all' : readers.map(({ node, slot }) => `${node}:${slot}`).join(','));

/** Equal for splices that make the same graph. */
export function splicesName(splices: readonly Splice[]): string {
  return JSON.stringify(splices.map((splice) => [splice.tensor, readersName(splice)]));
}
