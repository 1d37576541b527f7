// Which ONNX runtime ran a text, in words.

import type { EngineName, EngineUsed } from '../../core/engineName';

const names: Record<EngineName, string> = { wasm: 'WebAssembly', native: 'native' };
const packages: Record<EngineName, string> = { wasm: 'onnxruntime-web', native: 'onnxruntime-node' };

/** As the badge names it. */
export const engineName = ({ name }: EngineUsed): string => names[name];

/** `Run by the native runtime (onnxruntime-node 1.30.0).`; of WebAssembly in its place also why. */
export function engineSentence({ name, version, whyNotNative }: EngineUsed): string {
  const runtime = name === 'wasm' ? 'WebAssembly' : 'the native runtime';
  const why = whyNotNative === undefined ? '' : `, not by the native runtime: ${whyNotNative}`;
  return `Run by ${runtime} (${packages[name]} ${version})${why}.`;
}
