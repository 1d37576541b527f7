import { describe, expect, it } from 'vitest';
import { readModel } from '../../../../src/onnx/file/readModel';
import { Graph } from '../../../../src/onnx/graph/graph';
import { textSources } from '../../../../src/onnx/graph/textSources';
import { inputRoles } from '../../../../src/onnx/roles/inputRoles';
import { type NodeRow, onnxModel } from '../../../support/onnxWriter';

/** Roles of ids and of `extra`, which these nodes read. */
function rolesOf(nodes: readonly NodeRow[], extra: readonly [type: number, ...dims: (number | string)[]], ids: number = 7) {
  const model = readModel(
    onnxModel({
      nodes: [['Cast', 'ids', 'whole', { to: 7 }], ['Gather', 'table whole', 'x'], ['MatMul', 'x w', 'h'], ...nodes],
      floats: { table: [9, 4], w: [4, 4] },
      ints: { places: [0, 1, 2] },
      inputs: { ids: [ids, 'b', 'n'], extra },
      outputs: ['h', 'y'],
    }),
  );
  const graph = new Graph(model);
  graph.markContent(textSources(graph));
  return inputRoles(graph, { found: [], sites: [] }).map(({ role }) => role);
}

const compared: readonly NodeRow[] = [['Less', 'places extra', 'y']];
const multiplied: readonly NodeRow[] = [['Mul', 'h extra', 'y']];

describe('an input of one number for each text', () => {
  it.each([
    ['is the length where places are compared with it', compared, [7, 'b', 1], 'textLength'],
    ['also in one axis', compared, [7, 'b'], 'textLength'],
    ['is no mask, which has one for each token', multiplied, [1, 'b'], 'unknown'],
    ['nor in two axes', multiplied, [1, 'b', 1], 'unknown'],
  ] as const)('%s', (_, nodes, extra, role) => expect(rolesOf(nodes, extra)[1]).toBe(role));
});

it('ids are found where they are declared as floats', () => {
  expect(rolesOf(compared, [7, 'b'], 1)[0]).toBe('tokenIds');
});
