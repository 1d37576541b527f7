import { describe, expect, it } from 'vitest';
import { problem } from '../../../../src/core/problem';
import { inEditor } from '../../../../src/host/inspection/editorProblem';

describe('a problem as the editor tells it', () => {
  it.each([
    ['of a model', problem('textTooLong', { count: 9, limit: 8 }), 'm: The text has 9 tokens; this model takes 8.'],
    ['that names its file', problem('notOnnx', { file: 'm', reason: 'it is a text' }), 'm is not an ONNX model: it is a text.'],
    ['that names its folder', problem('noOnnxFile', { path: '/models/m' }), 'The folder /models/m holds no ONNX file.'],
    ['that names another one', problem('notOnnx', { file: 'mm', reason: 'it is a text' }), 'm: mm is not an ONNX model: it is a text.'],
    ['of the text', problem('textEmpty'), 'There is nothing to inspect: the text is empty or only white space.'],
    ['of the user', problem('workerStopped'), 'The run was stopped.'],
  ] as const)('%s', (_, one, message) => expect(inEditor(one, 'm').message).toBe(message));
});
