import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { root } from '../../../scripts/run.mjs';
import { thirdPartyNotices } from '../../../scripts/thirdPartyNotices.mjs';

const scratch = mkdtempSync(path.join(tmpdir(), 'notices-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const text = (of: string) => `Copyright ${of} `.repeat(20).trim();
const crates = { 'tokenizer-wasm/pkg/crates.txt': 'a 1.0.0 · MIT · home\n', 'tokenizer-wasm/pkg/licences.txt': `---- a 1.0.0 (MIT)\n\n${text('crate a')}\n` };
const base = { ...crates, 'node_modules/pack/package.json': '{"version":"2.0.0","license":"MIT"}' };
let count = 0;

/** The notices in a folder of these files, of a product made of `uses`; the message where they are refused. */
function outcome(files: Readonly<Record<string, string>>, uses: readonly string[]): string {
  const folder = path.join(scratch, String(count++));
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  try {
    return thirdPartyNotices(uses, folder);
  } catch (error) {
    return (error as Error).message;
  }
}

const code = 'node_modules/pack/index.js';
const wasm = 'node_modules/pack/dist/pack.wasm';
const own = { 'node_modules/pack/LICENSE': text('pack') };
const rows: readonly (readonly [string, Readonly<Record<string, string>>, readonly string[], RegExp])[] = [
  ['has the text of a package', { ...base, ...own }, [code], /^---- pack 2\.0\.0 \(MIT\)\n\nCopyright pack/],
  ['has it also where packages lie elsewhere', { ...base, ...own }, [`../other/${code}`], /Copyright pack/],
  ['has the text that is kept for a package without', { ...base, 'notices/pack-2.0.0/LICENSE.txt': text('kept') }, [code], /Copyright kept/],
  ['refuses a package without', base, [code], /^pack 2\.0\.0 has no licence text: put it into notices\/pack-2\.0\.0\/\.$/],
  ['refuses a text of another version', { ...base, 'notices/pack-1.9.0/LICENSE.txt': text('kept') }, [code], /has no licence text/],
  ['refuses a file that only points elsewhere', { ...base, 'node_modules/pack/LICENSE': 'See the web.' }, [code], /has no licence text/],
  ['refuses WebAssembly without what is linked into it', { ...base, ...own }, [code, wasm], /has no text of what is linked into it/],
  ['has what is linked', { ...base, ...own, 'notices/pack-2.0.0/ThirdPartyNotices.txt': text('linked') }, [wasm], /Copyright pack[\s\S]*Copyright linked/],
  ['has the texts of crates', { ...base, ...own }, [code], /---- a 1\.0\.0 \(MIT\)\n\nCopyright crate a/],
  ['refuses a crate without', { ...base, 'tokenizer-wasm/pkg/licences.txt': '---- a 1.0.0 (MIT)\n' }, [], /^a 1\.0\.0 in tokenizer\.wasm has no licence text/],
  ['refuses a crate of another version', { ...base, 'tokenizer-wasm/pkg/crates.txt': 'a 1.0.1 · MIT · home\n' }, [], /^a 1\.0\.1 in tokenizer\.wasm/],
];
it.each(rows)('%s', (_, files, uses, expected) => expect(outcome(files, uses)).toMatch(expected));

it('the product has the texts of all that is in it', () => {
  const uses = ['lit', '@lit/reactive-element', '@vscode-elements/elements', '@vscode/codicons'].map((name) => `node_modules/${name}/index.js`);
  const notices = thirdPartyNotices([...uses, 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm'], root);
  for (const part of ['lit', 'onnxruntime-web', 'tokenizers 0.22.2', 'Rust standard library']) expect(notices).toContain(`---- ${part}`);
  for (const part of ['protocolbuffers/protobuf', 'abseil-cpp', 'google/re2', 'Eigen', 'google/flatbuffers', 'musl', 'LLVM']) expect(notices).toContain(part);
});
