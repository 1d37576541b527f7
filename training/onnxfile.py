"""Edits of ONNX files: weights as fp16, one copy of a tied table, int8, the merged decoder, extra outputs. Knows no model."""
import copy
import logging
from pathlib import Path

import numpy as np
import onnx
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

SMALL = 512  # tensors with fewer numbers stay float32


def finish(model: ModelProto, path: Path) -> None:
    """Check and write; the producer's name and traces of its stack are left out."""
    model.producer_name, model.producer_version, model.doc_string = "transformer-inspector-training", "1", ""
    for node in model.graph.node:
        node.doc_string = ""
    onnx.checker.check_model(model)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(model, str(path))


def lift_constants(model: ModelProto) -> ModelProto:
    """Large Constant nodes become initializers, so that the steps below see every weight."""
    graph = model.graph
    for node in list(graph.node):
        if node.op_type == "Constant" and node.attribute[0].name == "value" and int(np.prod(node.attribute[0].t.dims)) >= SMALL:
            tensor = copy.deepcopy(node.attribute[0].t)
            tensor.name = node.output[0]
            graph.initializer.append(tensor)
            graph.node.remove(node)
    return model


def share_transposed(model: ModelProto) -> ModelProto:
    """Where one weight is the transpose of another (a tied output table), keep one and a Transpose node."""
    graph = model.graph
    arrays = {t.name: numpy_helper.to_array(t) for t in graph.initializer if len(t.dims) == 2 and min(t.dims) > 1 and int(np.prod(t.dims)) >= SMALL}
    for name, array in list(arrays.items()):
        for other, wide in arrays.items():
            if other != name and wide.shape == array.shape[::-1] and wide.shape[0] > wide.shape[1] and np.array_equal(wide, array.T):
                graph.initializer.remove(next(t for t in graph.initializer if t.name == name))
                graph.node.insert(0, helper.make_node("Transpose", [other], [name], name=f"{name}_transposed", perm=[1, 0]))
                del arrays[name]
                break
    return model


def halve_weights(model: ModelProto, keep: tuple[str, ...] = ()) -> ModelProto:
    """Store float32 initializers as float16 with a Cast of the old name; names that hold a part in `keep` stay. Weights must be rounded already."""
    graph = model.graph
    for tensor in list(graph.initializer):
        if tensor.data_type != TensorProto.FLOAT or int(np.prod(tensor.dims)) < SMALL or any(k in tensor.name for k in keep):
            continue
        array = numpy_helper.to_array(tensor)
        half = array.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), array):
            continue
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(numpy_helper.from_array(half, f"{name}_fp16"))
        graph.node.insert(0, helper.make_node("Cast", [f"{name}_fp16"], [name], name=f"{name}_cast", to=TensorProto.FLOAT))
    return model


def quantise(source: Path, target: Path) -> ModelProto:
    """Dynamic int8 of every matrix product with a weight, per column, 7 bits (CPUs with saturating kernels agree); tables by `quantise_tables`."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    logging.getLogger().setLevel(logging.ERROR)  # it advises a preparation that graphs of this kind do not need
    quantize_dynamic(str(source), str(target), per_channel=True, reduce_range=True, weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul"], extra_options={"MatMulConstBOnly": True})
    return quantise_tables(onnx.load(str(target)))


def quantise_tables(model: ModelProto) -> ModelProto:
    """Embedding tables that are read with Gather: int8 rows with one scale each behind a DequantizeLinear, shared with a tied output product where its int8 copy is the transpose."""
    graph = model.graph
    tensors = {t.name: t for t in graph.initializer}
    for name in dict.fromkeys(n.input[0] for n in graph.node if n.op_type == "Gather"):
        table = tensors.get(name)
        if table is None or table.data_type != TensorProto.FLOAT or int(np.prod(table.dims)) < 65536:
            continue
        rows, scales = int8_rows(graph, numpy_helper.to_array(table), name)
        graph.initializer.remove(table)
        graph.node.insert(0, helper.make_node("DequantizeLinear", [rows, scales], [name], name=f"{name}_dequantise", axis=0))
    return model


def int8_rows(graph: GraphProto, table: np.ndarray, name: str) -> tuple[str, str]:
    """Names of int8 rows [row, d] and scales [row] of a table, added to the graph."""
    rows = f"{name}_int8"
    tied = next((t for t in graph.initializer if t.data_type == TensorProto.INT8 and list(t.dims) == list(table.shape[::-1])), None)
    if tied is not None:
        graph.initializer.append(numpy_helper.from_array(numpy_helper.to_array(tied).T.copy(), rows))
        graph.initializer.remove(tied)
        graph.node.insert(0, helper.make_node("Transpose", [rows], [tied.name], name=f"{rows}_transposed", perm=[1, 0]))
        return rows, tied.name.replace("_quantized", "_scale")
    scale = np.maximum(np.abs(table).max(1), 1e-12).astype(np.float32) / 127
    graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
    graph.initializer.append(numpy_helper.from_array(np.round(table / scale[:, None]).astype(np.int8), rows))
    return rows, f"{name}_scale"


def merge_decoders(without: ModelProto, with_past: ModelProto) -> ModelProto:
    """One file of two decoders: an If on `use_cache_branch`; then = with past, else = without. Equal weights are stored once."""
    shared: dict[tuple, str] = {}
    weights: list[TensorProto] = []
    branches = [branch(m, p, shared, weights) for m, p in ((with_past, "past"), (without, "first"))]
    outputs = [copy.deepcopy(o) for o in without.graph.output]
    inputs = {i.name: i for m in (without, with_past) for i in m.graph.input}
    switch = helper.make_tensor_value_info("use_cache_branch", TensorProto.BOOL, [1])
    node = helper.make_node("If", ["use_cache_branch"], [o.name for o in outputs], name="optimum::if", then_branch=branches[0], else_branch=branches[1])
    graph = helper.make_graph([node], "merged", [*inputs.values(), switch], outputs, initializer=weights)
    return helper.make_model(graph, opset_imports=without.opset_import, ir_version=without.ir_version)


def branch(model: ModelProto, prefix: str, shared: dict[tuple, str], weights: list[TensorProto]) -> GraphProto:
    """A model's nodes as a subgraph: inputs come from outside, its large weights move to `weights`, its own names get a prefix."""
    graph, names = model.graph, {i.name: i.name for i in model.graph.input}
    for tensor in graph.initializer:
        key = (tensor.data_type, tuple(tensor.dims), numpy_helper.to_array(tensor).tobytes())
        if key not in shared:
            taken = {w.name for w in weights}
            shared[key] = tensor.name if tensor.name not in taken else f"/{prefix}/{tensor.name.lstrip('/')}"
            weights.append(copy.deepcopy(tensor))
            weights[-1].name = shared[key]
        names[tensor.name] = shared[key]
    nodes, outside = [], {o.name for o in graph.output}
    for node in graph.node:
        node = copy.deepcopy(node)
        node.name = f"/{prefix}/{node.name.lstrip('/')}"
        for name in node.output:
            names[name] = f"/{prefix}/{name.lstrip('/')}" if name else ""
        node.input[:] = [names.get(n, n) for n in node.input]
        node.output[:] = [names[n] for n in node.output]
        nodes.append(node)
    outputs = []
    for out in graph.output:
        out = copy.deepcopy(out)
        inner = names[out.name]
        if inner == out.name or inner in names and inner in outside:  # passed through from outside: a branch must compute it
            nodes.append(helper.make_node("Identity", [inner], [f"/{prefix}/{out.name}/kept"], name=f"/{prefix}/{out.name}/keep"))
            inner = f"/{prefix}/{out.name}/kept"
        out.name = inner
        outputs.append(out)
    return helper.make_graph(nodes, prefix, [], outputs)


def branch_model(merged: ModelProto, which: str) -> ModelProto:
    """One branch (`then_branch` or `else_branch`) of a merged decoder as a model of its own: what `evaluate` reads patterns from."""
    graph = merged.graph
    inner = next(a.g for a in graph.node[0].attribute if a.name == which)
    used = {n for node in inner.node for n in node.input}
    nodes = list(inner.node) + [helper.make_node("Identity", [i.name], [o.name]) for i, o in zip(inner.output, graph.output)]
    new = helper.make_graph(nodes, which, [i for i in graph.input if i.name in used], list(graph.output), initializer=[t for t in graph.initializer if t.name in used])
    return helper.make_model(new, opset_imports=merged.opset_import, ir_version=merged.ir_version)


def with_outputs(model: ModelProto, names: list[str]) -> bytes:
    """The model with further tensors as outputs."""
    new = copy.deepcopy(model)
    have = {o.name for o in new.graph.output}
    new.graph.output.extend(helper.make_empty_tensor_value_info(n) for n in names if n not in have)
    return new.SerializeToString()


def nodes_of(model: ModelProto, kind: str, part: str = "") -> list[NodeProto]:
    """Nodes of an operator whose name holds `part`, in graph order."""
    return [n for n in model.graph.node if n.op_type == kind and part in n.name]
