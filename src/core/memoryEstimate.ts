// How much memory a model takes once it is loaded, roughly, from the size of its files.

/** Code, tables and working memory of the runtime itself. */
const runtimeBytes = 64 * 2 ** 20;

/** The files' bytes are held, and the runtime has its own copy of the weights. */
export function memoryEstimateOf(sizeInBytes: number): number {
  return runtimeBytes + sizeInBytes * 2;
}

/** From here on a model is large: what it takes is said before and while it is loaded. */
export const largeFromBytes = 250_000_000;
