// Calls into one instance of tokenizer-wasm: bytes in, status, bytes out. It knows nothing of tokens.
// A trap (a panic of the Rust side, memory or stack exhausted) is thrown as a Trap with its reason.

import { instantiate, type TokenizerModule, type WasmExports } from './webAssembly';

const DONE = 0;
/** Of the 4 GiB that 32-bit addresses reach. */
const NEARLY_ALL_MEMORY = 3 * 2 ** 30;

/** The instance is lost: nothing may be called on it any more. */
export class Trap extends Error {}

/** The Rust side returned an error; the instance is fine. The message is its reason. */
export class Failure extends Error {}

export class WasmInstance {
  readonly #exports: WasmExports;

  constructor(module: TokenizerModule) {
    this.#exports = instantiate(module);
  }

  /** The output of a function that takes `inputs`; each is copied in and released after the call. Throws Trap or Failure. */
  output(inputs: readonly Uint8Array[], work: (exports: WasmExports, pointers: readonly number[]) => number): Uint8Array {
    if (this.number(inputs, work) === DONE) return this.#copyOutput();
    throw new Failure(new TextDecoder().decode(this.#copyOutput()));
  }

  /** The number that a function returns. Throws Trap. */
  number(inputs: readonly Uint8Array[], work: (exports: WasmExports, pointers: readonly number[]) => number): number {
    try {
      const pointers = inputs.map((bytes) => this.#copyIn(bytes));
      const result = work(this.#exports, pointers);
      for (const [index, bytes] of inputs.entries()) this.#exports.release(pointers[index] ?? 0, bytes.length);
      return result;
    } catch (error) {
      throw new Trap(`the tokenizers library stopped (${this.#panicMessage() || this.#trapMessage(error)})`);
    }
  }

  #copyIn(bytes: Uint8Array): number {
    const pointer = this.#exports.allocate(bytes.length);
    new Uint8Array(this.#exports.memory.buffer).set(bytes, pointer);
    return pointer;
  }

  #copyOutput(): Uint8Array {
    const start = this.#exports.output_pointer();
    return new Uint8Array(this.#exports.memory.buffer).slice(start, start + this.#exports.output_length());
  }

  /** What the panic hook left in the output; empty when the trap was no panic (allocating an input empties the output). */
  #panicMessage(): string {
    try {
      return new TextDecoder().decode(this.#copyOutput()).replace(/\s+/g, ' ');
    } catch {
      return '';
    }
  }

  /** WebAssembly has no trap of its own for exhausted memory; its size tells. */
  #trapMessage(error: unknown): string {
    if (this.#exports.memory.buffer.byteLength > NEARLY_ALL_MEMORY) return 'it needs more memory than there is';
    return error instanceof Error ? error.message : String(error);
  }
}
