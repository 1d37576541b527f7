// The ONNX runtimes that a text can be run by, and which of them ran it.

export const engineNames = ['wasm', 'native'] as const;
/** wasm: onnxruntime-web, the reference, which comes with the product; native: onnxruntime-node of the same version, where it is installed. */
export type EngineName = (typeof engineNames)[number];

export const engineChoices = [...engineNames, 'auto'] as const;
/** auto: native where it is found. */
export type EngineChoice = (typeof engineChoices)[number];

export interface EngineWish {
  readonly choice: EngineChoice;
  /** Folder of the onnxruntime-node to take; empty or absent: the one beside the product, or installed globally. */
  readonly nativePath?: string;
  /** Why the native runtime is not to be tried: it broke off with this model before. */
  readonly whyNotNative?: string;
}

export interface EngineUsed {
  readonly name: EngineName;
  readonly version: string;
  /** One sentence where the native runtime was wished and WebAssembly took its place. */
  readonly whyNotNative?: string;
}

/** Whether the native runtime is to be tried. */
export const wantsNative = (wish: EngineWish | undefined): boolean => wish !== undefined && wish.choice !== 'wasm' && wish.whyNotNative === undefined;
