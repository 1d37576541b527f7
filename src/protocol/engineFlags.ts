// How V8 compiles the ONNX runtime's WebAssembly in a process of the engine.

/**
 * V8 compiles a function once quickly, and again optimised once it has run for this budget (about the bytes executed; default 1,800,000).
 * The optimising threads compete with the run for the cores, and at the default they begin with the first run of a small model and recompile
 * most of the runtime, also what runs once per model. With this budget only the arithmetic of long runs is optimised. Measured in
 * docs/adr/0011-engine-process.md.
 */
export const tieringBudget = 1_000_000_000;

/** For a process that runs the engine and nothing else: the flags hold for the whole of it. */
export const engineFlags: readonly string[] = [`--wasm-tiering-budget=${tieringBudget}`];
