// A file whose one weight lies in a data file of 5 GB that is not there.

import { bytesField, intField, join, textField } from '../../src/onnx/file/encode';

const entry = (key: string, value: string) => bytesField(13, join([textField(1, key), textField(2, value)]));

export function hugeWeight(): Uint8Array {
  const weight = join([intField(1, 1_250_000_000), intField(2, 1), textField(8, 'w'), entry('location', 'data.bin'), intField(14, 1)]);
  const node = join([textField(1, 'w'), textField(2, 'y'), textField(4, 'Softmax')]);
  const graph = join([bytesField(1, node), bytesField(5, weight), bytesField(12, textField(1, 'y'))]);
  return join([intField(1, 8), bytesField(8, intField(2, 17)), bytesField(7, graph)]);
}
