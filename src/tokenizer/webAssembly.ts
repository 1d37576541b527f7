// The little of WebAssembly that this layer uses, typed here so that no DOM library is needed, and the exports of
// tokenizer-wasm/. It loads nothing: the bytes of the module are an argument.

declare const compiled: unique symbol;

/** A compiled tokenizer-wasm module (a `WebAssembly.Module`); it can be shared by any number of tokenizers. */
export interface TokenizerModule {
  readonly [compiled]: true;
}

/** The functions of tokenizer-wasm/src/lib.rs; pointers and lengths are in bytes. */
export interface WasmExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  allocate(length: number): number;
  release(pointer: number, length: number): void;
  output_pointer(): number;
  output_length(): number;
  load(pointer: number, length: number): number;
  encode(text: number, textLength: number, pair: number, pairLength: number, hasPair: number): number;
  decode(ids: number, length: number, skipSpecial: number): number;
  token_to_id(pointer: number, length: number): number;
  id_to_token(id: number): number;
  vocabulary_size(): number;
  facts(): number;
}

interface WebAssemblyLike {
  readonly Module: new (bytes: Uint8Array) => TokenizerModule;
  readonly Instance: new (module: TokenizerModule, imports: object) => { readonly exports: WasmExports };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyLike };

/** Compiles tokenizer-wasm/pkg/tokenizer.wasm (some milliseconds). Throws the engine's CompileError for other bytes. */
export function compileTokenizerModule(bytes: Uint8Array): TokenizerModule {
  return new WebAssembly.Module(bytes);
}

/** A fresh instance with its own memory, which is freed with it. The clock is for the module's deadlines. */
export function instantiate(module: TokenizerModule): WasmExports {
  return new WebAssembly.Instance(module, { env: { now: () => Date.now() } }).exports;
}
