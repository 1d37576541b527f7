// From a selected text to everything a first picture needs, warm, in the worker alone: inspect, thumbnails, one head at full size.

import { bench, describe } from 'vitest';
import { headQuestion } from '../src/core/question';
import { ask } from '../src/protocol/ask';
import { inspected, signal } from '../test/support/memoryEngine';
import { tinyTransformer } from '../test/support/tinyTransformer';
import { wordTokenizer } from '../test/support/wordTokenizer';
import { benchModel } from './support/benchModel';

const options = { iterations: 20, time: 0, warmupIterations: 3, warmupTime: 0 };
const models = {
  'a small encoder, 12 tokens': {
    bytes: tinyTransformer({ layers: 4, heads: 4, width: 128, inner: 4, scale: 0.15 }),
    text: 'Server, can I have the check? Looks like.',
  },
  '6 layers, 12 heads, 128 tokens': { bytes: benchModel.bytes, text: benchModel.text },
};

for (const [name, { bytes, text }] of Object.entries(models)) {
  const { engine, loaded } = await inspected({ files: { 'model.onnx': bytes, 'tokenizer.json': wordTokenizer() } }, { text });
  describe(`selection → slices, ${name}`, () => {
    bench(
      'inspect, thumbnails, one pattern',
      async () => {
        const outcome = await engine.inspect({ modelId: loaded.modelId, text, truncate: true }, signal());
        if (!outcome.ok) throw new Error(outcome.problem.message);
        const { runId } = outcome.value;
        const first = await ask(engine, { of: 'firstSight', runId }, signal());
        if (!first.ok) throw new Error(first.problem.message);
        const { site, head } = first.value;
        await ask(engine, { of: 'thumbnails', runId, tower: site.tower, kind: site.kind, maxSide: 32 }, signal());
        await ask(engine, headQuestion({ runId }, site, 'pattern', head), signal());
      },
      options,
    );
  });
}
