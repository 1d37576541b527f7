// One run with everything copied out against one plain run of the same runtime: the ratio is to be at most 1.15.

import { bench, describe } from 'vitest';
import { wasmRuntime } from '../src/engine/session/wasmRuntime';
import { analyse } from '../src/onnx/analyse';
import { readModel } from '../src/onnx/file/readModel';
import { instrument } from '../src/onnx/instrument/instrument';
import { benchModel } from './support/benchModel';

const wanted = ['q', 'k', 'v', 'scores', 'pattern', 'z', 'attn_out'] as const;
const { bytes, ids } = benchModel;
const feeds = { input_ids: { type: 'int64', dims: [1, ids.length], data: BigInt64Array.from(ids, BigInt) } };

const model = readModel(bytes, { fileName: 'bench' });
const facts = analyse(model);
const tensors = [...new Set(facts.sites.flatMap((site) => wanted.flatMap((activation) => (site.captures[activation] ?? []).map((ref) => ref.tensor))))];
const plan = instrument({ model, added: facts.added }, { captures: tensors, splices: [] });
const plain = await wasmRuntime.createSession(bytes, [], 'plain');
const instrumented = await wasmRuntime.createSession(
  plan.bytes,
  plan.mounted.map(({ path }) => ({ path, data: bytes })),
  'instrumented',
);
const outputs = tensors.map((tensor) => plan.outputs.get(tensor) ?? tensor);
const options = { iterations: 20, time: 0, warmupIterations: 3, warmupTime: 0 };

describe(`one run of 6 layers, 12 heads, 128 tokens (${tensors.length} tensors)`, () => {
  bench('plain', async () => void (await plain.run(feeds, ['logits'])), options);
  bench(
    'with q, k, v, scores, pattern, z and attn_out of all layers copied out',
    async () => void (await instrumented.run(feeds, ['logits', ...outputs])),
    options,
  );
});
