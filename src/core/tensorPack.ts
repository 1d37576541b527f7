// What travels between worker, host and webview: JSON headers and one ArrayBuffer, values in little-endian order.
// VS Code's wire turns NaN and −Inf of JSON into null; numbers that may be infinite therefore go into the buffer.

export type PackType = 'f32' | 'i32' | 'u8';
const bytesOf: Record<PackType, number> = { f32: 4, i32: 4, u8: 1 };

export interface PackHeader {
  readonly name: string;
  readonly type: PackType;
  readonly dims: readonly number[];
  /** 8-byte aligned. */
  readonly byteOffset: number;
  readonly byteLength: number;
}

export interface TensorPack {
  readonly headers: readonly PackHeader[];
  readonly buffer: ArrayBuffer;
}

export interface PackEntry {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Int32Array | Uint8Array;
}

function typeOf(data: PackEntry['data']): PackType {
  if (data instanceof Float32Array) return 'f32';
  return data instanceof Int32Array ? 'i32' : 'u8';
}

/** Copies the entries into one fresh buffer, so that nothing but these slices travels. */
export function pack(entries: readonly PackEntry[]): TensorPack {
  let byteOffset = 0;
  const headers = entries.map((entry): PackHeader => {
    const header = { name: entry.name, type: typeOf(entry.data), dims: entry.dims, byteOffset, byteLength: entry.data.byteLength };
    byteOffset += Math.ceil(entry.data.byteLength / 8) * 8;
    return header;
  });
  const buffer = new ArrayBuffer(byteOffset);
  entries.forEach((entry, i) => {
    const source = new Uint8Array(entry.data.buffer, entry.data.byteOffset, entry.data.byteLength);
    new Uint8Array(buffer).set(source, headers[i]?.byteOffset ?? 0);
  });
  return { headers, buffer };
}

/** A view of one entry, no copy; undefined when the pack has no entry of that name and type. */
function view(source: TensorPack, name: string, type: PackType): { header: PackHeader; count: number } | undefined {
  const header = source.headers.find((candidate) => candidate.name === name && candidate.type === type);
  return header && { header, count: header.byteLength / bytesOf[type] };
}

/** Float32 entry `name` as a view; undefined when it is not in the pack. */
export function floatsOf(source: TensorPack, name: string): Float32Array | undefined {
  const found = view(source, name, 'f32');
  return found && new Float32Array(source.buffer, found.header.byteOffset, found.count);
}

/** Int32 entry `name` as a view; undefined when it is not in the pack. */
export function intsOf(source: TensorPack, name: string): Int32Array | undefined {
  const found = view(source, name, 'i32');
  return found && new Int32Array(source.buffer, found.header.byteOffset, found.count);
}

/** Byte entry `name` as a view; undefined when it is not in the pack. */
export function bytesIn(source: TensorPack, name: string): Uint8Array | undefined {
  const found = view(source, name, 'u8');
  return found && new Uint8Array(source.buffer, found.header.byteOffset, found.count);
}
