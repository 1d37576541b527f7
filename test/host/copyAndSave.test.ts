import { strict as assert } from 'node:assert';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { flat } from '../support/flatState';
import { activated, inspect, panelsOpen, server, showText } from './inspector';

const run = (name: string, target?: object) => vscode.commands.executeCommand(`transformerInspector.${name}`, target);

/** Answers VS Code's own dialogs while `work` goes on; gives the error messages that were shown. */
async function answering(answers: { readonly file?: string }, work: () => Thenable<unknown>): Promise<string[]> {
  const errors: string[] = [];
  const own = {
    showSaveDialog: async () => answers.file && vscode.Uri.file(answers.file),
    showWarningMessage: async (message: string) => void errors.push(message),
  };
  const before = Object.fromEntries(Object.keys(own).map((name) => [name, vscode.window[name as keyof typeof own]]));
  Object.assign(vscode.window, own);
  try {
    await work();
  } finally {
    Object.assign(vscode.window, before);
  }
  return errors;
}

describe('Copying and saving', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'inspector-save-'));
    await showText(server, server.indexOf('Looks'), server.length - 1);
    await inspect();
    await panelsOpen(1);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('copies the table, a row and a cell, as the run has them', async () => {
    const { run: shown } = flat((await activated()).state());
    const count = shown?.tokens.source?.length ?? 0;
    await run('copyTable');
    const lines = (await vscode.env.clipboard.readText())
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    assert.deepEqual(
      lines.map((cells) => cells.length),
      Array(count + 1).fill(count + 1),
    );
    for (const [, ...numbers] of lines.slice(1)) assert.ok(Math.abs(numbers.reduce((sum, text) => sum + Number(text), 0) - 1) < 1e-5);
    await run('copyRow', { runId: shown?.runId, query: 2, webviewSection: 'row' });
    assert.deepEqual(
      (await vscode.env.clipboard.readText())
        .trimEnd()
        .split('\n')
        .map((line) => line.split('\t')),
      [lines[0], lines[3]],
    );
    await run('copyCell', { runId: shown?.runId, query: 2, key: 1 });
    assert.equal(await vscode.env.clipboard.readText(), lines[3]?.[2]);
    const errors = await answering({}, () => run('copyRow', { runId: (shown?.runId ?? 0) + 1, query: 2 }));
    assert.match(errors.join(), /^Another text or model has taken the place/);
  });

  it('saves the picture as the page draws it', async () => {
    const file = path.join(folder, 'map.svg');
    assert.deepEqual(await answering({ file }, () => run('savePicture')), []);
    const svg = await readFile(file, 'utf8');
    assert.match(svg, /^<svg .*<title>L\dH\d · attention weights.*Looks like I just crashed the server.*<\/svg>\n$/s);
    const png = path.join(folder, 'map.png');
    assert.deepEqual(await answering({ file: png }, () => run('savePicture')), []);
    assert.equal((await readFile(png)).subarray(1, 4).toString(), 'PNG');
    const errors = await answering({ file: path.join(folder, 'map.png', 'a.svg') }, () => run('savePicture'));
    assert.match(errors.join(), /^The file .*a\.svg cannot be written: /);
  });

  it('saves a capture, with the picture as it was', async () => {
    const file = path.join(folder, 'run.safetensors');
    const before = (await activated()).state();
    assert.deepEqual(await answering({ file }, () => run('saveCapture')), []);
    const bytes = await readFile(file);
    const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as Record<string, Record<string, unknown>>;
    const { run: shown, model } = flat(before);
    const count = shown?.tokens.source?.length;
    assert.equal(header.__metadata__?.text, shown?.text);
    assert.equal(header.__metadata__?.model_sha256, model?.sha256);
    assert.equal(header.__metadata__?.badge, 'verified');
    assert.deepEqual(header['encoder.0.self.pattern']?.shape, [shown?.sites[0]?.headCount, count, count]);
    const names = Object.keys(header).filter((name) => name !== '__metadata__');
    assert.ok(names.includes('encoder.0.resid_pre') && names.length > 8 * (shown?.sites.length ?? 0));
    assert.deepEqual((await activated()).state(), before);
    const refused = await answering({ file: path.join(folder, 'run.bin') }, () => run('saveCapture'));
    assert.match(refused.join(), /^A capture cannot be saved as .*run\.bin\./);
    await run('copyTableMarkdown');
    assert.match(await vscode.env.clipboard.readText(), /^\| {2}\| \\\[CLS\\\] \|/);
  });
});
