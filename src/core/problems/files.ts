// Files of a model: which they are, and why they cannot be read.

import type { ProblemEntry } from './entry';

export const files = {
  modelNotFound: {
    exitStatus: 4,
    message: 'No model was found at {path}.',
    hint: 'Give a folder with an ONNX file, an .onnx file, or bundled:NAME ({bundled}).',
    editorHint: 'Choose a folder with an ONNX file, an .onnx file, or a model that comes with the extension.',
  },
  noOnnxFile: {
    exitStatus: 4,
    message: 'The folder {path} holds no ONNX file.',
    hint: 'Export the model first, or choose a folder that has model.onnx at its root or in onnx/.',
  },
  bundledDamaged: {
    exitStatus: 4,
    message: '{file} is not as it came with the extension.',
    hint: 'Install the extension again; a model of your own is opened from its own folder.',
  },
  noSuchVariant: { exitStatus: 4, message: 'The folder has no variant "{variant}".', hint: 'It has: {available}.' },
  noSuchOnnxFile: { exitStatus: 4, message: 'The folder has no ONNX file "{file}".', hint: 'It has: {available}.' },
  whichOnnxFile: {
    exitStatus: 4,
    message: 'The folder {path} has several ONNX files, and their names do not tell which one is the model.',
    hint: 'Choose one with --onnx-file: {available}.',
    plainHint: 'Give the file itself instead of the folder: {available}.',
    editorHint: 'Open the file itself instead of the folder: {available}.',
  },
  notPlainFile: { exitStatus: 4, message: '{path} is no plain file.', hint: 'Give a file that is neither a folder nor a device.' },
  notOnnx: { exitStatus: 4, message: '{file} is not an ONNX model: {reason}.', hint: 'Choose a file written by an ONNX exporter.' },
  lfsPointer: { exitStatus: 4, message: '{file} is only a Git LFS pointer, not the file itself.', hint: 'Fetch it with `git lfs pull`.' },
  onnxTruncated: { exitStatus: 4, message: '{file} is damaged: {reason}.', hint: 'Copy or download the file again.' },
  onnxTooLarge: { exitStatus: 4, message: '{file} is beyond what can be read safely: {reason}.', hint: 'Use a smaller or a quantised export.' },
  externalDataOutside: {
    exitStatus: 4,
    message: '{file} keeps weights at "{location}", outside the model\'s folder; such files are not opened.',
    hint: 'Put the data file beside the model and export again.',
  },
  externalDataMissing: {
    exitStatus: 4,
    message: '{file} keeps weights in "{location}", which is missing or too short.',
    hint: "Copy that file to {location} in the model's folder; it has at least {size} bytes.",
  },
  fileMissing: { exitStatus: 4, message: 'The file {path} cannot be read: {reason}.', hint: 'Check the path and its permissions.' },
  linesBroken: { exitStatus: 4, message: '{path} is no list of texts.', hint: 'Give a JSON array of strings or of [text, pair].' },
  fileNotWritten: { exitStatus: 4, message: 'The file {path} cannot be written: {reason}.', hint: 'Check the folder, its permissions and the free space.' },
} as const satisfies Record<string, ProblemEntry>;
