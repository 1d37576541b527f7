// Builds pkg/tokenizer.wasm and records what it is made of. Needs Rust (see README.md); building the extension does not.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { licences } from './licences.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const target = 'wasm32-unknown-unknown';
const cargo = (parameters, stdio = 'inherit') => execFileSync('cargo', parameters, { cwd: here, stdio, encoding: 'utf8', maxBuffer: 2 ** 26 });

// Without this the folders of the machine it was built on would stand in the file, and two machines would differ.
const cargoHome = process.env.CARGO_HOME ?? join(homedir(), '.cargo');
const flags = [`--remap-path-prefix=${cargoHome}=cargo`, `--remap-path-prefix=${here}=tokenizer-wasm/`];

cargo(['build', '--release', '--locked', '--config', `target.${target}.rustflags=${JSON.stringify(flags)}`]);
const wasm = readFileSync(join(here, 'target', target, 'release', 'tokenizer_wasm.wasm'));
const sha256 = createHash('sha256').update(wasm).digest('hex');

mkdirSync(join(here, 'pkg'), { recursive: true });
writeFileSync(join(here, 'pkg', 'tokenizer.wasm'), wasm);
writeFileSync(join(here, 'pkg', 'tokenizer.wasm.sha256'), `${sha256}  tokenizer.wasm\n`);
const crates = linkedCrates();
writeFileSync(join(here, 'pkg', 'crates.txt'), crates.map(lineOf).sort().join(''));
writeFileSync(join(here, 'pkg', 'licences.txt'), licences(crates));
console.log(`pkg/tokenizer.wasm: ${wasm.length} bytes (${gzipSync(wasm).length} gzip), SHA-256 ${sha256}`);

/** Every crate in the file, as `cargo metadata` tells of it. */
function linkedCrates() {
  const { packages } = JSON.parse(cargo(['metadata', '--format-version', '1', '--locked', '--filter-platform', target], 'pipe'));
  const tree = cargo(['tree', '--locked', '--edges', 'normal,no-proc-macro', '--prefix', 'none', '--format', '{p}', '--target', target], 'pipe');
  const used = new Set(tree.split('\n').map((line) => line.split(' ').slice(0, 2).join(' ')));
  return packages.filter(({ name, version }) => name !== 'tokenizer-wasm' && used.has(`${name} v${version}`));
}

/** Version, licence and source of a crate on one line. */
function lineOf({ name, version, license, repository }) {
  return `${name} ${version} · ${license} · ${repository ?? 'crates.io'}\n`;
}
