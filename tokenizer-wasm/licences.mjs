// The licence texts of what is linked into tokenizer.wasm: its crates, and the parts of Rust's standard library.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Crates of the standard library that a build for wasm32-unknown-unknown links; the others serve systems. */
const libraryCrates = ['cfg-if', 'dlmalloc', 'foldhash', 'hashbrown', 'rustc-demangle'];

/** Of a crate that may be had under several licences, the shorter texts are taken. */
function textsOf(folder) {
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|copyright|notice)/i.test(file));
  const brief = files.filter((file) => !/apache/i.test(file) && !/^copyright/i.test(file));
  return files.filter((file) => brief.length === 0 || !/apache/i.test(file)).map((file) => readFileSync(join(folder, file), 'utf8').trim());
}

/** A page of Rust's own notices as text. */
const plain = (html) =>
  html
    .replace(/<[^>]+>/g, '')
    .replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim();

/** What the standard library says of itself, with the texts of MIT and Unicode, and of the crates in it. */
function libraryNotice() {
  const documents = join(execFileSync('rustc', ['--print', 'sysroot'], { encoding: 'utf8' }).trim(), 'share/doc/rust');
  const version = execFileSync('rustc', ['--version'], { encoding: 'utf8' }).split(' ')[1];
  const page = readFileSync(join(documents, 'COPYRIGHT-library.html'), 'utf8');
  const [own, ...crates] = page.slice(page.indexOf('<h2 id="short-version')).split(/(?=<h3>📦 )/u);
  const used = crates.filter((crate) => libraryCrates.some((name) => new RegExp(`^<h3>📦 ${name}-\\d`, 'u').test(crate)));
  const brief = used.map((crate) => plain(crate.replace(/<details>\s*<summary><code>[^<]*(apache|unlicense)[^<]*<\/code>[\s\S]*?<\/details>/gi, '')));
  const texts = ['MIT', 'Unicode-3.0'].map((name) => readFileSync(join(documents, 'licenses', `${name}.txt`), 'utf8').trim());
  return [`---- Rust standard library ${version} (MIT OR Apache-2.0)`, plain(own), ...texts, ...brief].join('\n\n');
}

/** One section for each crate, under a line `---- NAME VERSION (LICENCE)`. @param packages those of `cargo metadata` that are linked */
export function licences(packages) {
  const sections = packages.map((crate) => [`---- ${crate.name} ${crate.version} (${crate.license})`, ...textsOf(dirname(crate.manifest_path))].join('\n\n'));
  return `${[...sections.sort(), libraryNotice()].join('\n\n')}\n`;
}
