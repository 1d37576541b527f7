// Scanning and instrumenting a file of 500 MB: at most 1 s, and at most 64 MB above the file's own bytes (in the title of the table).

import { bench, describe } from 'vitest';
import { analyse } from '../src/onnx/analyse';
import { readModel } from '../src/onnx/file/readModel';
import { instrument } from '../src/onnx/instrument/instrument';
import { tinyTransformer } from '../test/support/tinyTransformer';

const bytes = tinyTransformer({ layers: 10, heads: 16, width: 1024, inner: 4, positions: 64, vocabulary: 1000, scale: 0.02 });

/** What the engine does with a file before its first run. Returns the size of the instrumented file. */
function scanAndInstrument(): number {
  const model = readModel(bytes, { fileName: 'large' });
  const facts = analyse(model);
  const tensors = facts.sites.flatMap((site) => (site.captures.pattern ?? []).map((ref) => ref.tensor));
  return instrument({ model, added: facts.added }, { captures: tensors, splices: [] }).bytes.length;
}

const before = process.memoryUsage();
const size = scanAndInstrument();
const after = process.memoryUsage();
const megabytes = (count: number) => (count / 2 ** 20).toFixed(1);
const above = `${megabytes(after.heapUsed - before.heapUsed)} MB of heap and ${megabytes(after.arrayBuffers - before.arrayBuffers)} MB of buffers above it`;

describe(`a file of ${megabytes(bytes.length)} MB, instrumented ${megabytes(size)} MB, ${above}`, () => {
  bench('scan, analyse and instrument', () => void scanAndInstrument(), { iterations: 5, time: 0, warmupIterations: 1, warmupTime: 0 });
});
