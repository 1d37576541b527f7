// What a file is that is no ONNX model, by its first bytes: for the sentence that refuses it. Decides nothing.

const headLength = 64;

/** Where the letters stand, the letters, the reason in words. */
const formats: readonly (readonly [number, string, string])[] = [
  [0, 'PK\x03\x04', 'it is a ZIP archive, as PyTorch also writes them'],
  [0, '\x1f\x8b', 'it is a gzip archive'],
  [0, 'GGUF', 'it is a GGUF model'],
  [8, '{"', 'it is a safetensors file'],
  [0, '\x80\x02', 'it is a Python pickle, as PyTorch writes them'],
  [0, '\x80\x04', 'it is a Python pickle, as PyTorch writes them'],
  [4, 'ORTM', 'it is in the format of ONNX Runtime (.ort), not in ONNX itself'],
  [4, 'TFL3', 'it is a TensorFlow Lite model'],
  [0, '\x89HDF', 'it is an HDF5 file, as Keras writes them'],
  [0, '\0'.repeat(16), 'it begins with zeros, as a download does that broke off'],
];

/** Texts may begin with white space, and in letters of either size. */
const texts: readonly (readonly [RegExp, string])[] = [
  [/^\s*<(!doctype|html|\?xml)/i, 'it is a web page; perhaps the download asked for a login'],
  [/^\s*[[{]/, 'it is a JSON text'],
];

/** A reason in words; undefined where the first bytes tell nothing. */
export function otherFormat(bytes: Uint8Array): string | undefined {
  const head = Array.from(bytes.subarray(0, headLength), (byte) => String.fromCharCode(byte)).join('');
  const [, , reason] = formats.find(([at, letters]) => head.startsWith(letters, at)) ?? [];
  return reason ?? texts.find(([pattern]) => pattern.test(head))?.[1];
}
