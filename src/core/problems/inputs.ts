// What the inputs of a model take.

import type { ProblemEntry } from './entry';

export const inputs = {
  encoderMissing: {
    exitStatus: 4,
    message: '{file} is the decoder of an encoder–decoder, and no encoder is beside it.',
    hint: 'Put the encoder_model.onnx of the model into the same folder.',
  },
  embeddingsApart: {
    exitStatus: 3,
    message: '{file} takes rows of an embedding table ({input}) in the place of tokens, and what {other} beside it makes does not fit them.',
    hint: 'Export the model as one file that takes input_ids.',
  },
  batchFixed: {
    exitStatus: 3,
    message: 'The model takes exactly {count} texts at once; here one text is run at a time.',
    hint: 'Export the model with a batch of 1 or of any size.',
  },
  inputUnknown: {
    exitStatus: 3,
    message: 'The model wants an input "{input}" whose role is not certain: {reason}.',
    hint: 'Give its values with --input {input}=VALUE: one number, a JSON list or an .npy file.',
    plainHint: 'Export the model without this input, or choose another one.',
    editorHint: "Give its values in the model's card (beside the model's name), or choose another model.",
  },
  inputNoSuchNumber: {
    exitStatus: 4,
    message: 'The input "{input}" takes whole numbers of its type, and {value} is none.',
    hint: 'Give it whole numbers within the range of its type.',
  },
  inputMisfit: {
    exitStatus: 4,
    message: 'The values given for the input "{input}" have the shape {given}, and it takes {wanted}.',
    hint: 'Give one number to fill it with, or values in that shape.',
  },
  inputMissing: { exitStatus: 2, message: 'The model has no input "{input}".', hint: 'Its inputs are: {inputs}.' },
  inputUnreadable: {
    exitStatus: 2,
    message: 'The value given for the input "{input}" cannot be read: {reason}.',
    hint: 'Give NAME=VALUE with one number, a JSON list of numbers or an .npy file.',
  },
  maskBroken: {
    exitStatus: 3,
    message: 'The mask "{input}" hides nothing: marked as padding either way, the last token is read as before.',
    hint: 'Give its values with --input {input}=VALUE, or export the model with an attention mask that masks.',
    plainHint: 'Export the model with an attention mask that masks.',
    editorHint: "Give its values in the model's card (beside the model's name), or choose another model.",
  },
} as const satisfies Record<string, ProblemEntry>;
