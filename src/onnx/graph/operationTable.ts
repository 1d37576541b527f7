// The one table of operations: what each does with its inputs, as far as finding attention needs it. What is not here has one output made
// from all of its inputs, and nothing special to it.

export type Trait =
  /** Only arranges numbers: what goes in comes out, possibly repeated or in part. */
  | 'layout'
  /** The same numbers in the same places. */
  | 'copy'
  /** The same numbers in the same order under another shape. */
  | 'reshaping'
  /** The same numbers several times. */
  | 'repeating'
  /** Half of a rounding to 8 bits: the text goes through with other numbers. */
  | 'rounding'
  | 'sum'
  | 'factor'
  /** Keeps numbers within limits. */
  | 'bound'
  /** One number for all along some axes. */
  | 'reduction'
  /** A norm in one operator. */
  | 'norm'
  /** Adds two tensors and norms the sum, which is an optional output. */
  | 'fusedSum'
  /** A whole attention. */
  | 'attention'
  /** A recurrent layer: what comes out is a state of its own. */
  | 'recurrent'
  /** An activation function of small networks, beside the larger ones of feed-forward parts. */
  | 'smallBend'
  /** An activation function, or part of one that is written out. */
  | 'bend'
  | 'convolution'
  /** A product of 8-bit numbers with their scales beside them: what goes in and comes out means nothing without. */
  | 'roundedProduct'
  /** Tells nothing of the numbers that come in, or only yes or no. */
  | 'silent'
  /** Tells the size of what comes in. */
  | 'measure'
  /** Compares which of two numbers is larger. */
  | 'comparing';

export interface Operation {
  readonly is: readonly Trait[];
  /** Inputs whose numbers flow into the output; the others are shapes, indices, conditions or axes. Left out: all inputs. */
  readonly values?: readonly number[];
  /** A product of two tensors: the places of its operands. */
  readonly operands?: readonly [number, number];
  /** The input that says which numbers of the others are picked. */
  readonly picksBy?: number;
}

const first: readonly number[] = [0];

export const operations: Readonly<Record<string, Operation>> = {
  Identity: { is: ['layout', 'copy'] },
  Cast: { is: ['layout', 'copy'] },
  Dropout: { is: ['layout', 'copy'], values: first },
  CastLike: { is: ['layout'], values: first },
  Contiguous: { is: ['layout'] },
  Transpose: { is: ['layout'] },
  Reshape: { is: ['layout', 'reshaping'], values: first },
  Unsqueeze: { is: ['layout', 'reshaping'], values: first },
  Squeeze: { is: ['layout', 'reshaping'], values: first },
  Flatten: { is: ['layout', 'reshaping'] },
  Expand: { is: ['layout', 'repeating'], values: first },
  Tile: { is: ['layout', 'repeating'], values: first },
  Split: { is: ['layout'], values: first },
  Slice: { is: ['layout'], values: first },
  Gather: { is: ['layout'], picksBy: 1 },

  GatherElements: { is: [], values: first, picksBy: 1 },
  GatherND: { is: [], picksBy: 1 },
  GatherBlockQuantized: { is: [], picksBy: 1 },
  OneHot: { is: [], values: first, picksBy: 0 },
  Pad: { is: [], values: first },
  Trilu: { is: [], values: first },
  Resize: { is: [], values: first },
  CumSum: { is: [], values: first },
  TopK: { is: [], values: first },
  Where: { is: [], values: [1, 2] },
  ScatterND: { is: [], values: [0, 2] },
  ScatterElements: { is: [], values: [0, 2] },

  QuantizeLinear: { is: ['rounding'] },
  DequantizeLinear: { is: ['rounding'] },

  Add: { is: ['sum'] },
  Sub: { is: ['sum'] },
  Sum: { is: ['sum'] },
  Mul: { is: ['factor'] },
  Div: { is: ['factor'] },
  Clip: { is: ['bound', 'bend'], values: first },
  Max: { is: ['bound', 'bend'] },
  Min: { is: ['bound'] },
  ReduceSum: { is: ['reduction'], values: first },
  ReduceMean: { is: ['reduction'], values: first },
  ReduceMax: { is: ['reduction'], values: first },
  ReduceMin: { is: ['reduction'], values: first },
  ReduceL2: { is: ['reduction'], values: first },
  ReduceSumSquare: { is: ['reduction'], values: first },
  ReduceProd: { is: ['reduction'], values: first },

  LayerNormalization: { is: ['norm'] },
  SimplifiedLayerNormalization: { is: ['norm'] },
  RMSNormalization: { is: ['norm'] },
  SkipLayerNormalization: { is: ['fusedSum'] },
  SkipSimplifiedLayerNormalization: { is: ['fusedSum'] },

  Tanh: { is: ['smallBend', 'bend'] },
  Relu: { is: ['smallBend', 'bend'] },
  Sigmoid: { is: ['smallBend', 'bend'] },
  Erf: { is: ['bend'] },
  Gelu: { is: ['bend'] },
  FastGelu: { is: ['bend'] },
  BiasGelu: { is: ['bend'] },
  QuickGelu: { is: ['bend'] },
  HardSwish: { is: ['bend'] },
  HardSigmoid: { is: ['bend'] },
  Mish: { is: ['bend'] },
  Softplus: { is: ['bend'] },
  LeakyRelu: { is: ['bend'] },
  Elu: { is: ['bend'] },
  Selu: { is: ['bend'] },
  Swish: { is: ['bend'] },
  Silu: { is: ['bend'] },
  PRelu: { is: ['bend'] },
  Pow: { is: ['bend'] },

  MatMul: { is: [], operands: [0, 1] },
  FusedMatMul: { is: [], operands: [0, 1] },
  TransposeMatMul: { is: [], operands: [0, 1] },
  Gemm: { is: [], operands: [0, 1] },
  Einsum: { is: [], operands: [0, 1] },
  MatMulInteger: { is: [], operands: [0, 1] },
  MatMulIntegerToFloat: { is: [], operands: [0, 1] },
  DynamicQuantizeMatMul: { is: [], operands: [0, 1] },
  MatMulNBits: { is: [], operands: [0, 1] },
  MatMulBnb4: { is: [], operands: [0, 1] },
  MatMulFpQ4: { is: [], operands: [0, 1] },
  QLinearMatMul: { is: ['roundedProduct'], operands: [0, 3] },
  QGemm: { is: ['roundedProduct'], operands: [0, 3] },
  Conv: { is: ['convolution'], operands: [0, 1] },
  ConvInteger: { is: ['convolution'], operands: [0, 1] },
  QLinearConv: { is: ['convolution', 'roundedProduct'], operands: [0, 3] },

  Attention: { is: ['attention'] },
  MultiHeadAttention: { is: ['attention'] },
  GroupQueryAttention: { is: ['attention'] },
  QAttention: { is: ['attention'] },
  SparseAttention: { is: ['attention'] },
  DecoderMaskedMultiHeadAttention: { is: ['attention'] },
  DecoderMaskedSelfAttention: { is: ['attention'] },
  PackedAttention: { is: ['attention'] },
  PackedMultiHeadAttention: { is: ['attention'] },
  PagedAttention: { is: ['attention'] },
  LongformerAttention: { is: ['attention'] },
  DecoderAttention: { is: ['attention'] },
  GRU: { is: ['recurrent'] },
  LSTM: { is: ['recurrent'] },
  RNN: { is: ['recurrent'] },

  Shape: { is: ['silent', 'measure'] },
  Size: { is: ['silent', 'measure'] },
  Greater: { is: ['silent', 'comparing'] },
  GreaterOrEqual: { is: ['silent', 'comparing'] },
  Less: { is: ['silent', 'comparing'] },
  LessOrEqual: { is: ['silent', 'comparing'] },
  Equal: { is: ['silent'] },
  Not: { is: ['silent'] },
  And: { is: ['silent'] },
  Or: { is: ['silent'] },
  Xor: { is: ['silent'] },
  IsNaN: { is: ['silent'] },
  IsInf: { is: ['silent'] },
  NonZero: { is: ['silent'] },
  ConstantOfShape: { is: ['silent'] },
  Range: { is: ['silent'] },
  Sign: { is: ['silent'] },
};
