// The safetensors format (github.com/huggingface/safetensors): header bytes for float32 tensors. Writes no file.

export interface TensorEntry {
  readonly name: string;
  readonly dims: readonly number[];
  /** Bytes from the start of the data. */
  readonly start: number;
  readonly end: number;
}

/** Bytes that the header of these names will need at most: shapes and offsets are not known yet. */
export function headerRoom(names: readonly string[], metadata: Readonly<Record<string, string>>): number {
  const text = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(names.map((name) => [name, ''])) });
  const perTensor = 160;
  return Math.ceil((new TextEncoder().encode(text).length + names.length * perTensor) / 8) * 8;
}

/** Length and JSON, filled with spaces up to `room` bytes of JSON; data follows at `8 + room`. Throws a RangeError when it does not fit. */
export function headerBytes(entries: readonly TensorEntry[], metadata: Readonly<Record<string, string>>, room: number): Uint8Array {
  const tensors = entries.map(({ name, dims, start, end }) => [name, { dtype: 'F32', shape: dims, data_offsets: [start, end] }] as const);
  const json = new TextEncoder().encode(JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(tensors) }));
  if (json.length > room) throw new RangeError('The header does not fit into its room.');
  const bytes = new Uint8Array(8 + room).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(room), true);
  bytes.set(json, 8);
  return bytes;
}
