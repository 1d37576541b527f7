import { expect, it } from 'vitest';
import { unknownOperator } from '../../../src/engine/session/runtimeProblems';
import { runtimeReason } from '../../../src/engine/session/runtimeWords';

const messages: readonly (readonly [string, string])[] = [
  [
    "Can't create a session. ERROR_CODE: 10, ERROR_MESSAGE: /build/onnxruntime/core/graph/model.cc:203 onnxruntime::Model::Model(ModelProto &&, const PathString &, const logging::Logger &, const ModelOptions &) Unsupported model IR version: 99, max supported IR version: 13\nmore",
    'Unsupported model IR version: 99, max supported IR version: 13',
  ],
  [
    'ERROR_MESSAGE: graph.cc:1555 void onnxruntime::Graph::InitializeStateFromModelFileGraphProto() This is an invalid model. Graph output (nosuch) does not exist in the graph.',
    'Graph output (nosuch) does not exist in the graph',
  ],
  [
    "ERROR_MESSAGE: tensorprotoutils.cc:1544 ValidateEmbeddedTensorProtoDataSizeAndShape Initializer 'w': data field count (0) does not match",
    "Initializer 'w': data field count (0) does not match",
  ],
  [
    'ERROR_MESSAGE: Node(/m/Gather) with schema(::Gather:13) has input size 3 not in range [min=2, max=2].',
    'Node(/m/Gather) with schema(::Gather:13) has input size 3 not in range [min=2, max=2]',
  ],
  [
    "ERROR_MESSAGE: Non-zero status code returned while running Reshape node. Name:'/m/Reshape' Status Message: helper.h:42 onnxruntime::ReshapeHelper::ReshapeHelper() input_shape_size == requested_shape_size was false. The input tensor cannot be reshaped to the requested shape. Input shape:{5,32}, requested shape:{9,8}",
    'a size that is written into the graph does not fit a text of this length (operation Reshape /m/Reshape)',
  ],
  [
    "Non-zero status code returned while running Gather node. Name:'/m/Gather' Status Message: indices element out of data bounds, idx=26 must be within the inclusive range [-26,25]",
    'it picks row 26 of a table that has fewer (operation Gather /m/Gather)',
  ],
  [
    "Non-zero status code returned while running Attention node. Name:'node_sdpa' Status Message: attn_mask == nullptr || attn_mask->Shape()[0] == Q->Shape()[2] was false. inconsistent q_sequence_length",
    'the runtime here takes no attention mask of this shape (operation Attention node_sdpa)',
  ],
  ['Invalid rank for input: input1 Got: 2 Expected: 3 Please fix either the inputs/outputs or the model.', 'its input "input1" has 3 axes'],
  [
    "Non-zero status code returned while running GroupQueryAttention node. Name:'/a' Status Message: seqlens_k[0] = -1 is out of range",
    'seqlens_k[0] = -1 is out of range (operation GroupQueryAttention /a)',
  ],
  ["input 'txt' is missing in 'feeds'.", "input 'txt' is missing in 'feeds'"],
];
it.each(messages)('%s', (message, reason) => expect(runtimeReason(message)).toBe(reason));

const operators: readonly (readonly [string, string | undefined])[] = [
  ['Fatal error: my.domain:MyOp(-1) is not a registered function/op', 'my.domain:MyOp'],
  ['No Op registered for Foo with domain_version of 17', 'Foo'],
  ["Could not find an implementation for GatherBlockQuantized(1) node with name 'g'", 'GatherBlockQuantized'],
  ['Got invalid dimensions for input', undefined],
];
it.each(operators)('%s', (message, operator) => expect(unknownOperator(message)).toBe(operator));
