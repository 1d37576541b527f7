import { strict as assert } from 'node:assert';
import { activated, inspect, projectPath, server, showText, temporaryFile } from './inspector';

const zoo = (name: string) => projectPath(`test/oracle/data/zoo/${name}`);

describe('Choosing a model', () => {
  it('runs the text on the model of a folder', async () => {
    await showText(server, 0, 29);
    await inspect();
    const api = await activated();
    assert.equal(await api.useModel(zoo('planted-encoder')), null);
    const { run, modelLabel, problem } = api.state();
    assert.deepEqual([modelLabel, problem, run?.text], ['planted-encoder', null, 'Server, can I have the check?']);
  });

  const broken: readonly (readonly [string, string, () => Promise<string>])[] = [
    ['a graph without attention', 'noAttention', async () => zoo('refuse-mlp')],
    ['a folder that is not there', 'modelNotFound', async () => zoo('no-such-model')],
    ['a folder without a model', 'noOnnxFile', async () => projectPath('examples')],
    ['a file that is no ONNX', 'notOnnx', () => temporaryFile('model.onnx', 'These are words.')],
  ];
  for (const [what, code, pathOf] of broken) {
    it(`says why it cannot use ${what}, and keeps the picture`, async () => {
      const api = await activated();
      await showText(server, 0, 29);
      const before = await inspect();
      const failure = await api.useModel(await pathOf());
      assert.equal(failure?.code, code);
      assert.ok(failure.message.length > 10 && failure.hint.length > 10);
      const { run, model, problem } = api.state();
      assert.deepEqual([run?.runId, model?.sha256, problem], [before.run?.runId, before.model?.sha256, null]);
    });
  }
});
