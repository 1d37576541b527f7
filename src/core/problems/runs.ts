// What happens, or is found, where a model runs.

import type { ProblemEntry } from './entry';

export const runs = {
  usage: { exitStatus: 2, message: '{detail}', hint: 'The option --help lists the commands and their options.' },
  runtimeRefused: {
    exitStatus: 4,
    message: 'The ONNX runtime could not run {file}: {reason}.',
    hint: 'Check the file with onnx.checker, or export it again with a current exporter.',
  },
  operatorUnknown: {
    exitStatus: 3,
    message: '{file} uses the operator {operator}, which the ONNX runtime here does not have.',
    hint: 'Export the model with standard operators, or in another precision.',
  },
  outOfMemory: {
    exitStatus: 4,
    message: 'The model does not fit into the memory of the runtime: {reason}.',
    hint: 'Use a quantised variant, a shorter text or fewer activations (--activations).',
    plainHint: 'Use a quantised variant, or a shorter text.',
    editorHint: 'Use a quantised variant, or inspect a shorter text.',
  },
  captureTooLarge: {
    exitStatus: 4,
    message: 'The capture would take about {size}.',
    hint: 'Choose less with --activations (for example pattern) or --layers.',
    plainHint: 'Use a shorter text.',
    editorHint: 'Select a shorter text, or raise the setting transformerInspector.engine.memoryLimitMB.',
  },
  modelRandom: {
    exitStatus: 3,
    message: '{file} gives other numbers at each run for the same text: it was exported in training mode, with dropout left on.',
    hint: 'Export it again in evaluation mode (in PyTorch: model.eval() before the export).',
  },
  modelNotNumbers: {
    exitStatus: 3,
    message: 'What {file} computes for an ordinary text is not a number (NaN).',
    hint: 'A weight in the file is damaged, or its precision is too low: export it again, or use another variant.',
  },
  siteNotNumbers: {
    exitStatus: 3,
    message: 'What the model computes at {site} for this text is not a number (NaN or infinity).',
    hint: 'A weight in the file is damaged, or its precision is too low: export it again, or use another variant.',
  },
  siteRounded: {
    exitStatus: 3,
    message: 'The numbers of {site} cannot be held to each other: the file rounds the residual stream to 8 bits on the way, and they are off by {deviation}.',
    hint: 'Use the float32 file, or ask for the attention alone: --activations pattern,q,k,v,z.',
    plainHint: 'Use the float32 file, or one of which only the weights are quantised.',
    editorHint: 'Use the float32 file, or one of which only the weights are quantised.',
  },
  noAttention: {
    exitStatus: 3,
    message: 'There is no attention to show: no softmax attention was found in {file} ({reason}).',
    hint: 'Choose a model that has one: a softmax over scores whose result weights a second tensor (Softmax → MatMul), or a fused attention operator.',
  },
  identityFailed: {
    exitStatus: 3,
    message: 'The numbers of {site} do not agree with each other: {identity} is off by {deviation}.',
    hint: 'Nothing is shown from this site, because the graph was probably read wrongly; please report the model.',
  },
  activationAbsent: {
    exitStatus: 3,
    message: '{activation} cannot be had from this model: {reason}.',
    hint: 'Run `describe` to see what can be captured.',
    editorHint: 'Look at another head or layer, or choose another model.',
  },
  spliceImpossible: {
    exitStatus: 3,
    message: '{tensor} cannot be replaced on its way: {reason}.',
    hint: 'Choose another place to intervene.',
  },
  nothingToCompare: {
    exitStatus: 2,
    message: 'Both sides would be the same file on the same engine ({engine}): {reason}.',
    hint: 'Name another engine with --engine2, or another file with --model2.',
    plainHint: 'Name another engine, or another file.',
    editorHint: 'Choose another engine, or another file.',
  },
  nothingShared: {
    exitStatus: 4,
    message: '{first} and {second} compute no tensor of the same name: nothing was compared.',
    hint: 'Compare files that were made from one export, with its names.',
  },
  noSuchLayer: { exitStatus: 2, message: 'There is no layer {layer}.', hint: 'The model has layers 0 to {last}.' },
  noSuchToken: { exitStatus: 2, message: 'There is no token {token}.', hint: 'The text has tokens 0 to {last}, special ones included.' },
  nothingToCopy: { exitStatus: 4, message: 'There are no numbers to copy: {reason}.', hint: 'Inspect a text, or open another head.' },
  nothingPointed: { exitStatus: 4, message: 'No cell was pointed at.', hint: 'Use the context menu of a cell of the map or the table.' },
  pictureChanged: {
    exitStatus: 4,
    message: 'Another text or model has taken the place of the picture that was pointed at.',
    hint: 'Choose the command again.',
  },
  copyTooLarge: {
    exitStatus: 4,
    message: 'The table has {count} numbers, more than are copied at once ({limit}).',
    hint: 'Copy single rows, or save a capture.',
  },
  captureFileTooLarge: {
    exitStatus: 4,
    message: 'What the model computed takes more than the {limit} that are saved in one file.',
    hint: 'Inspect a shorter text, or choose activations and layers with `capture` on the command line.',
  },
  captureNotSaved: {
    exitStatus: 2,
    message: 'A capture cannot be saved as {path}.',
    hint: 'Choose a name that ends in .safetensors or in .npz, on the disk of the machine that runs the extension.',
  },
  pictureHidden: { exitStatus: 4, message: 'The panel shows no map.', hint: 'Bring the panel to the front, with a head that is shown, and save again.' },
  noWebHost: {
    exitStatus: 3,
    message: 'Transformer Inspector does not run in VS Code for the web yet.',
    hint: 'Open the folder in VS Code on your machine, or over SSH, WSL, a container or a codespace.',
  },
  workerStopped: { exitStatus: 4, message: 'The run was stopped.', hint: 'Start it again.', editorHint: 'Inspect again to start it anew.' },
  engineEnded: {
    exitStatus: 4,
    message: 'The engine stopped working: {reason}.',
    hint: 'Run the command again.',
    editorHint: 'Inspect again; the log has the details (command "Transformer Inspector: Show Log").',
  },
} as const satisfies Record<string, ProblemEntry>;
