// A folder with a generated model, for specs that are ES modules: the generator is TypeScript that Node does not load as one.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type * as tiny from './tinyTransformer';
import type * as words from './wordTokenizer';

/** The path of a new folder with model.onnx and tokenizer.json; it is the caller's to remove. */
export async function tinyModelFolder(options: tiny.TinyOptions): Promise<string> {
  const contents = "export * from './tinyTransformer'; export * from './wordTokenizer';";
  const stdin = { contents, resolveDir: import.meta.dirname };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, format: 'esm', platform: 'node' });
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
  const { tinyTransformer, wordTokenizer } = (await import(`data:text/javascript;base64,${code}`)) as typeof tiny & typeof words;
  const folder = mkdtempSync(path.join(tmpdir(), 'tiny-model-'));
  writeFileSync(path.join(folder, 'model.onnx'), tinyTransformer(options));
  writeFileSync(path.join(folder, 'tokenizer.json'), wordTokenizer());
  return folder;
}
