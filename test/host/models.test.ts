import { strict as assert } from 'node:assert';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { flat } from '../support/flatState';
import { tinyTransformer } from '../support/tinyTransformer';
import { wordTokenizer } from '../support/wordTokenizer';
import { activated, inspect, panelsOpen, projectPath, server, showText, temporaryFile } from './inspector';

const zoo = (name: string) => projectPath(`test/oracle/data/zoo/${name}`);

describe('Choosing a model', () => {
  it('runs the text on the model of a folder', async () => {
    await showText(server, 0, 29);
    await inspect();
    const api = await activated();
    assert.equal(await api.useModel(zoo('planted-encoder')), null);
    const { run, modelLabel, problem } = flat(api.state());
    assert.deepEqual([modelLabel, problem, run?.text], ['planted-encoder', null, 'Server, can I have the check?']);
  });

  it('that wants a value brings the panel with its words, and no picture of the model before', async () => {
    await showText(server, 0, 29);
    await inspect();
    const model = await temporaryFile('model.onnx', tinyTransformer({ hasImage: true }));
    await writeFile(path.join(path.dirname(model), 'tokenizer.json'), wordTokenizer());
    const api = await activated();
    assert.equal((await api.useModel(model))?.code, 'inputUnknown');
    const { run, view, model: used, problem, modelLabel } = flat(api.state());
    assert.deepEqual([run, view, problem?.code, modelLabel], [null, null, 'inputUnknown', 'model.onnx']);
    assert.ok(used?.inputs.some(({ name, value }) => name === 'pixel_values' && value === null));
    await panelsOpen(1);
    assert.equal(await api.useModel('bundled:encoder'), null);
    assert.equal(flat(api.state()).run?.text, 'Server, can I have the check?');
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
      const { run, model, problem } = flat(api.state());
      assert.deepEqual([run?.runId, model?.sha256, problem], [before.run?.runId, before.model?.sha256, null]);
    });
  }
});
