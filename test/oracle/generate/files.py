"""The same textbook models as other files: half precision, 4 bits, operators of com.microsoft and of opset 23, the runtime's own optimiser."""
import os
import tempfile

import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn as nn
from onnx import TensorProto as T
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

import attentions as A
from blocks import RMSNorm
from kit import D, E, HEADS


def half(data, model):
    """Weights rounded to half precision on both sides; the reference stays float32 arithmetic."""
    from onnxruntime.transformers.float16 import convert_float_to_float16

    with torch.no_grad():
        for p in model.parameters():
            p.copy_(p.half().float())
    return convert_float_to_float16(onnx.load_from_string(data), keep_io_types=True).SerializeToString()


def four_bits(data, model):
    """MatMulNBits, block 32; the reference takes the file's dequantised weights."""
    from onnxruntime.quantization.matmul_nbits_quantizer import MatMulNBitsQuantizer

    before = onnx.load_from_string(data)
    quantiser = MatMulNBitsQuantizer(before, block_size=32, is_symmetric=True)
    quantiser.process()
    after = quantiser.model.model
    constants = {t.name: numpy_helper.to_array(t) for t in after.graph.initializer}
    linears = [m for m in model.modules() if isinstance(m, nn.Linear)]
    nodes = [n for n in after.graph.node if n.op_type == "MatMulNBits"]
    assert len(nodes) == len(linears), (len(nodes), len(linears))
    for n in nodes:
        K, N = (next(a.i for a in n.attribute if a.name == x) for x in "KN")
        q = constants[n.input[1]].reshape(N, -1)
        w = np.stack([q & 15, q >> 4], -1).reshape(N, -1)[:, :K].astype(np.float32) - 8
        w = w * np.repeat(constants[n.input[2]].reshape(N, -1), 32, 1)[:, :K]
        nearest = min((m for m in linears if m.weight.shape == w.shape), key=lambda m: float((m.weight.detach() - torch.from_numpy(w)).abs().sum()))
        with torch.no_grad():
            nearest.weight.copy_(torch.from_numpy(w))
    return after.SerializeToString()


class Several(CalibrationDataReader):
    """Calibrating runs on random tokens."""

    def __init__(self, vocabulary):
        generator = np.random.default_rng(0)
        self.feeds = iter([dict(input_ids=generator.integers(1, vocabulary, (1, 16))) for _ in range(24)])

    def get_next(self):
        return next(self.feeds, None)


def statically(data, model):
    """QuantizeLinear and DequantizeLinear around every product, those of the attention too."""
    folder = tempfile.mkdtemp()
    before, after = os.path.join(folder, "before.onnx"), os.path.join(folder, "after.onnx")
    onnx.save(onnx.load_from_string(data), before)
    quantize_static(before, after, Several(model.token_emb.num_embeddings), quant_format=QuantFormat.QDQ, op_types_to_quantize=["MatMul", "Gemm"], per_channel=True)
    with open(after, "rb") as f:
        return f.read()


def optimised(level):
    """What onnxruntime itself writes when it is asked for its optimised graph."""

    def finish(data, model):
        options = ort.SessionOptions()
        options.graph_optimization_level = level
        options.optimized_model_filepath = os.path.join(tempfile.mkdtemp(), "model.onnx")
        ort.InferenceSession(data, options, providers=["CPUExecutionProvider"])
        with open(options.optimized_model_filepath, "rb") as f:
            return f.read()

    return finish


class Graph:
    """Nodes and weights of a graph written by hand."""

    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def weight(self, array, kind=np.float32):
        name = f"w{len(self.weights)}"
        array = array.detach().numpy() if isinstance(array, torch.Tensor) else np.asarray(array)
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array, dtype=kind), name))
        return name

    def __call__(self, op, *inputs, domain="", outputs=1, **attributes):
        self.count += 1
        names = [f"t{self.count}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, [i or "" for i in inputs], names, name=f"n{self.count}", domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def model(self, inputs, output, vocabulary, opset):
        dims = ["batch_size", "sequence_length"]
        graph = helper.make_graph(self.nodes, "g", [helper.make_tensor_value_info(n, T.INT64, dims) for n in inputs], [helper.make_tensor_value_info(output, T.FLOAT, [*dims, vocabulary])], self.weights)
        graph.node[-1].output[0] = output
        imports = [helper.make_opsetid("", opset), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=imports, ir_version=10 if opset < 23 else 11).SerializeToString()


def embedded(g, model, ids):
    x = g("Gather", g.weight(model.token_emb.weight), ids)
    if not model.positions:
        return x
    length = g("Gather", g("Shape", ids), g.weight(1, np.int64))
    place = g("Range", g.weight(0, np.int64), length, g.weight(1, np.int64))
    # [1, s]: the runtime's Gather-to-Slice rewrite stumbles over a bare Range.
    place = g("Unsqueeze", place, g.weight([0], np.int64))
    return g("Add", x, g("Gather", g.weight(model.position_emb.weight), place))


def linear(g, x, m):
    y = g("MatMul", x, g.weight(m.weight.t()))
    return y if m.bias is None else g("Add", y, g.weight(m.bias))


def multi_head_bert(data, model):
    """com.microsoft MultiHeadAttention with packed bias and key padding mask, SkipLayerNormalization, BiasGelu."""
    g, ms = Graph(), dict(domain="com.microsoft")
    x = embedded(g, model, "input_ids")
    mask = g("Cast", "attention_mask", to=T.INT32)
    for b in model.blocks:
        a = b.attention
        q, k, v = (g("MatMul", x, g.weight(m.weight.t())) for m in (a.query, a.key, a.value))
        bias = g.weight(torch.cat([a.query.bias, a.key.bias, a.value.bias]))
        z = g("MultiHeadAttention", q, k, v, bias, mask, num_heads=HEADS, **ms)
        y = g("MatMul", z, g.weight(a.out.weight.t()))
        x = g("SkipLayerNormalization", y, x, g.weight(b.norm1.weight), g.weight(b.norm1.bias), g.weight(a.out.bias), epsilon=1e-5, **ms)
        h = g("BiasGelu", g("MatMul", x, g.weight(b.feed.up.weight.t())), g.weight(b.feed.up.bias), **ms)
        y = g("MatMul", h, g.weight(b.feed.down.weight.t()))
        x = g("SkipLayerNormalization", y, x, g.weight(b.norm2.weight), g.weight(b.norm2.bias), g.weight(b.feed.down.bias), epsilon=1e-5, **ms)
    g("MatMul", x, g.weight(model.token_emb.weight.t()))
    return g.model(["input_ids", "attention_mask"], "logits", model.token_emb.num_embeddings, 17)


def feed_forward(g, b, x):
    if b.feed.kind == "swiglu":
        gate = linear(g, x, b.feed.gate)
        return linear(g, g("Mul", g("Mul", gate, g("Sigmoid", gate)), linear(g, x, b.feed.up)), b.feed.down)
    return linear(g, g("Gelu", linear(g, x, b.feed.up), domain="com.microsoft"), b.feed.down)


def multi_head_causal(data, model):
    """MultiHeadAttention with unidirectional=1, an additive bias input, biases added before it, its own scale."""
    g = Graph()
    x = embedded(g, model, "input_ids")
    for b in model.blocks:
        a = b.attention
        h = g("LayerNormalization", x, g.weight(b.norm1.weight), g.weight(b.norm1.bias), epsilon=1e-5)
        q, k, v = (linear(g, h, m) for m in (a.query, a.key, a.value))
        z = g("MultiHeadAttention", q, k, v, num_heads=HEADS, unidirectional=1, scale=float(E**-0.5), domain="com.microsoft")
        x = g("Add", x, linear(g, z, a.out))
        h = g("LayerNormalization", x, g.weight(b.norm2.weight), g.weight(b.norm2.bias), epsilon=1e-5)
        x = g("Add", x, feed_forward(g, b, h))
    x = g("LayerNormalization", x, g.weight(model.final.weight), g.weight(model.final.bias), epsilon=1e-5)
    g("MatMul", x, g.weight(model.token_emb.weight.t()))
    return g.model(["input_ids"], "logits", model.token_emb.num_embeddings, 17)


def attention_23(data, model):
    """ai.onnx Attention with 3-D operands, kv heads, is_causal and softcap; RMSNormalization; RotaryEmbedding, all of opset 23."""
    g = Graph()
    x = embedded(g, model, "input_ids")
    table = A.angles(64, E)
    cos, sin = g.weight(table.cos()), g.weight(table.sin())
    length = g("Gather", g("Shape", "input_ids"), g.weight(1, np.int64))
    place = g("Unsqueeze", g("Range", g.weight(0, np.int64), length, g.weight(1, np.int64)), g.weight([0], np.int64))
    norm = lambda y, m: g("RMSNormalization", y, g.weight(m.weight), epsilon=1e-6)
    for b in model.blocks:
        a = b.attention
        h = norm(x, b.norm1)
        q, k, v = linear(g, h, a.query), linear(g, h, a.key), linear(g, h, a.value)
        q = g("RotaryEmbedding", q, cos, sin, place, num_heads=HEADS)
        k = g("RotaryEmbedding", k, cos, sin, place, num_heads=2)
        z = g("Attention", q, k, v, is_causal=1, q_num_heads=HEADS, kv_num_heads=2, softcap=6.0)
        x = g("Add", x, linear(g, z, a.out))
        x = g("Add", x, feed_forward(g, b, norm(x, b.norm2)))
    g("MatMul", norm(x, model.final), g.weight(model.token_emb.weight.t()))
    return g.model(["input_ids"], "logits", model.token_emb.num_embeddings, 23)


class CausalPlain(A.Plain):
    """The textbook form with a causal mask of lowest floats."""

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q, k, v = (m(x).view(B, S, HEADS, E).transpose(1, 2) for m in (self.query, self.key, self.value))
        scores = (q @ k.transpose(2, 3) * E**-0.5).masked_fill(~A.causal(S), torch.finfo(torch.float32).min)
        p = scores.softmax(-1)
        z = p @ v
        self.keep(q=q, k=k, v=v, scores=scores, pattern=p)
        return self.project(z, z.transpose(1, 2).reshape(B, S, D), self.out)


class GroupedSoftCap(A.SharedKey):
    """Two kv heads, rotary in halves, soft-cap 6 before the mask."""

    def __init__(self, site):
        A.Attention.__init__(self, site)
        self.query, self.out = nn.Linear(D, D), nn.Linear(D, D)
        self.key, self.value = nn.Linear(D, 2 * E), nn.Linear(D, 2 * E)
        self.sharp = [self.query.weight, self.query.bias]

    def forward(self, x, mask=None):
        B, S = x.shape[:2]
        q, k, v = (m(x).view(B, S, -1, E).transpose(1, 2) for m in (self.query, self.key, self.value))
        rq, rk = self.rotate(q), self.rotate(k)
        scores = 6.0 * torch.tanh(rq @ rk.repeat_interleave(2, 1).transpose(2, 3) * E**-0.5 / 6.0)
        scores = scores.masked_fill(~A.causal(S), torch.finfo(torch.float32).min)
        p = scores.softmax(-1)
        z = p @ v.repeat_interleave(2, 1)
        self.keep(q=q, k=k, v=v, rot_q=rq, rot_k=rk, scores=scores, pattern=p)
        return self.project(z, z.transpose(1, 2).reshape(B, S, D), self.out)


def entries(make, bert):
    loose = dict(tolerance={"pattern": 5e-3, "default": 3e-2, "logits": 0.1, "scores": 5e-2}, onnx_tolerance=0.1)
    rounded = dict(tolerance={"pattern": 0.1, "default": 0.3, "scores": 0.5, "logits": 1.0}, onnx_tolerance=0.8)
    extended = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    return [
        ("half", lambda n: make(n, A.Plain, 31, finish=half, **bert, meta=loose, why="float16 weights and arithmetic, float32 inputs and outputs")),
        ("half-causal", lambda n: make(n, A.OldGpt2, 32, finish=half, meta=loose, why="float16, causal by w·b − 1e4·(1 − b)")),
        ("four-bits", lambda n: make(n, A.Plain, 33, finish=four_bits, **bert, head="none", why="com.microsoft MatMulNBits, block 32, W_O included")),
        ("static-eight-bits", lambda n: make(n, CausalPlain, 39, finish=statically, meta=rounded, why="QuantizeLinear and DequantizeLinear around every product: q, k, v, pattern and the heads are rounded")),
        ("multi-head-op", lambda n: make(n, A.Plain, 34, finish=multi_head_bert, **bert, meta=dict(exporter="hand-built"), why="com.microsoft MultiHeadAttention with packed bias and key padding mask")),
        ("multi-head-op-causal", lambda n: make(n, CausalPlain, 35, finish=multi_head_causal, meta=dict(exporter="hand-built"), why="MultiHeadAttention, unidirectional, pre-norm")),
        ("attention-op-23", lambda n: make(n, GroupedSoftCap, 36, finish=attention_23, opset=18, norm=RMSNorm, feed="swiglu", positions=False, meta=dict(exporter="hand-built", opset=23), why="ai.onnx Attention, RotaryEmbedding and RMSNormalization of opset 23 with 3-D operands, kv heads, softcap")),
        ("ort-extended", lambda n: make(n, A.Plain, 37, finish=optimised(extended), **bert, why="onnxruntime's own optimised graph: FusedMatMul with alpha, SkipLayerNormalization")),
        ("ort-extended-causal", lambda n: make(n, CausalPlain, 38, finish=optimised(extended), form="scaled", why="the same, causal, learned factors on the branches")),
    ]
