import { strict as assert } from 'node:assert';
import * as vscode from 'vscode';
import { activated, inspect, projectPath, server, showText, stateThat, temporaryFile } from './inspector';

async function set(name: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration('transformerInspector').update(name, value, vscode.ConfigurationTarget.Global);
}

describe('Settings', () => {
  afterEach(async () => {
    for (const name of ['specialTokens', 'engine.threads', 'engine.backend', 'engine.nativePath', 'model.default']) await set(name, undefined);
  });

  it('have the defaults that the manifest states', async () => {
    const { threads, memoryLimitInBytes, specialTokens, modelPaths } = (await activated()).settings();
    assert.deepEqual(
      { threads, memoryLimitInBytes, specialTokens, modelPaths },
      { threads: 0, memoryLimitInBytes: 256 * 2 ** 20, specialTokens: 'dim', modelPaths: [] },
    );
  });

  it('special tokens are followed at once', async () => {
    await activated();
    await set('specialTokens', 'show');
    assert.equal((await stateThat((state) => state.specialTokens === 'show')).specialTokens, 'show');
  });

  it('threads start a new engine that comes back to the picture', async () => {
    await showText(server, 0, 29);
    const before = await inspect();
    await set('engine.threads', 1);
    const after = await stateThat((state) => state.run?.runId !== before.run?.runId && state.phase.name === 'ready');
    assert.deepEqual([after.problem, after.run?.text, after.view], [null, before.run?.text, before.view]);
  });

  it('the native runtime takes over where it works, and what does not is told', async () => {
    await showText(server, 0, 29);
    const before = await inspect();
    assert.equal(before.run?.engine.name, 'wasm');
    await set('engine.nativePath', await temporaryFile('nothing.txt', ''));
    await set('engine.backend', 'native');
    const refused = await stateThat((state) => state.run?.engine.whyNotNative !== undefined && state.phase.name === 'ready');
    assert.match(refused.run?.engine.whyNotNative ?? '', /nothing\.txt holds no onnxruntime-node$/);
    await set('engine.nativePath', undefined);
    const after = await stateThat((state) => state.run?.engine.name === 'native' && state.phase.name === 'ready');
    assert.deepEqual([after.problem, after.run?.text, after.view], [null, before.run?.text, before.view]);
  });

  it('a default model is taken at once', async () => {
    await showText(server, 0, 29);
    await inspect();
    await set('model.default', projectPath('test/oracle/data/zoo/planted-encoder'));
    await stateThat((state) => state.modelLabel === 'planted-encoder' && state.phase.name === 'ready');
  });
});
