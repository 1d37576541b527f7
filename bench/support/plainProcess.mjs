// What a process costs that does nothing but load a file into the runtime and run it: `node plainProcess.mjs MODEL COUNT [FLAG OF V8]`.

import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import * as ort from 'onnxruntime-web';

const [, , path = '', count = '130', flag] = process.argv;
if (flag !== undefined) setFlagsFromString(flag);
ort.env.wasm.numThreads = availableParallelism();
const session = await ort.InferenceSession.create(readFileSync(path), { executionProviders: ['wasm'], logSeverityLevel: 4 });
const ids = BigInt64Array.from({ length: Number(count) }, (_, i) => BigInt(3 + (i % 12)));
await session.run({ input_ids: new ort.Tensor('int64', ids, [1, ids.length]) });
process.exit(0);
