"""From trained weights to the files of a model folder's `onnx/`. Rounds weights to fp16 first: references and figures are those of the rounded weights."""
import tempfile
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from .onnxfile import finish, halve_weights, lift_constants, merge_decoders, quantise, share_transposed
from .translator import Translator

OPSET = 17
LIMIT = 6_000_000
POSITIONS = "embed_positions"  # the waves stay float32


class FileTooLarge(Exception):
    """An exported file is over the limit; nothing is replaced."""


def round_weights(model: nn.Module) -> nn.Module:
    """Round every weight to fp16 in place."""
    with torch.no_grad():
        for p in model.parameters():
            p.copy_(p.half().float())
    return model.eval()


def trace(module: nn.Module, args: tuple, inputs: list[str], outputs: list[str], axes: dict[str, dict[int, str]]) -> onnx.ModelProto:
    """Export by tracing; `axes` names the free dimensions."""
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        path = f"{folder}/m.onnx"
        torch.onnx.export(module.eval(), args, path, dynamo=False, opset_version=OPSET, input_names=inputs, output_names=outputs, dynamic_axes=axes, do_constant_folding=True)
        return share_transposed(lift_constants(onnx.load(path)))


def write_float(model: onnx.ModelProto, path: Path) -> None:
    """The main variant: weights as fp16 with a Cast."""
    half = onnx.ModelProto()
    half.CopyFrom(model)
    finish(halve_weights(half, (POSITIONS,)), path)
    limit_size(path)


def quantised(model: onnx.ModelProto) -> onnx.ModelProto:
    """The int8 variant of an exported graph."""
    with tempfile.TemporaryDirectory() as folder:
        plain, small = Path(folder) / "a.onnx", Path(folder) / "b.onnx"
        onnx.save(untie(model), str(plain))
        return halve_weights(quantise(plain, small), (POSITIONS,))


def untie(model: onnx.ModelProto) -> onnx.ModelProto:
    """Fold Transpose nodes of weights back into weights, so that quantisation sees matrix products with constants."""
    new = onnx.ModelProto()
    new.CopyFrom(model)
    tensors = {t.name: t for t in new.graph.initializer}
    for node in list(new.graph.node):
        if node.op_type == "Transpose" and node.input[0] in tensors:
            array = onnx.numpy_helper.to_array(tensors[node.input[0]]).transpose(list(node.attribute[0].ints)).copy()
            new.graph.initializer.append(onnx.numpy_helper.from_array(array, node.output[0]))
            new.graph.node.remove(node)
    return new


def limit_size(path: Path) -> None:
    """Raise FileTooLarge over 6 MB."""
    if path.stat().st_size > LIMIT:
        raise FileTooLarge(f"{path.name} has {path.stat().st_size:,} bytes; the limit is {LIMIT:,}.")


def write_int8(model: onnx.ModelProto, path: Path) -> None:
    finish(model, path)
    limit_size(path)


def export_encoder(bert: nn.Module, folder: Path, int8: bool = True) -> None:
    """model.onnx (and model_quantized.onnx): input_ids, attention_mask, token_type_ids -> logits of the masked-token head."""
    ids = torch.randint(5, 50, (2, 9))
    names = ["input_ids", "attention_mask", "token_type_ids"]
    axes = {n: {0: "batch_size", 1: "sequence_length"} for n in [*names, "logits"]}
    graph = trace(bert, (ids, torch.ones_like(ids), torch.zeros_like(ids)), names, ["logits"], axes)
    write_float(graph, folder / "model.onnx")
    if int8:
        write_int8(quantised(graph), folder / "model_quantized.onnx")


class CausalLogits(nn.Module):
    """A causal model without a cache: ids and mask in, logits out."""

    def __init__(self, model: nn.Module):
        super().__init__()
        self.model, self.lm_head = model.model, model.lm_head

    def forward(self, input_ids: Tensor, attention_mask: Tensor, position_ids: Tensor) -> Tensor:
        return self.lm_head(self.model(input_ids=input_ids, attention_mask=attention_mask, position_ids=position_ids, use_cache=False).last_hidden_state)


def export_decoder(llama: nn.Module, folder: Path) -> None:
    """model.onnx: input_ids, attention_mask, position_ids -> logits."""
    ids = torch.randint(5, 50, (2, 9))
    names = ["input_ids", "attention_mask", "position_ids"]
    axes = {n: {0: "batch_size", 1: "sequence_length"} for n in [*names, "logits"]}
    position = torch.arange(9)[None].repeat(2, 1)
    write_float(trace(CausalLogits(llama), (ids, torch.ones_like(ids), position), names, ["logits"], axes), folder / "model.onnx")


class FirstStep(nn.Module):
    """The decoder without a cache, as a graph: present keys and values as a flat list."""

    def __init__(self, model: Translator):
        super().__init__()
        self.decoder = model.decoder

    def forward(self, encoder_attention_mask: Tensor, input_ids: Tensor, encoder_hidden_states: Tensor) -> list[Tensor]:
        logits, present = self.decoder(input_ids, encoder_attention_mask, encoder_hidden_states)
        return [logits, *(t for layer in present for t in layer)]


class LaterStep(nn.Module):
    """The decoder with a cache."""

    def __init__(self, model: Translator):
        super().__init__()
        self.decoder = model.decoder

    def forward(self, encoder_attention_mask: Tensor, input_ids: Tensor, *past: Tensor) -> list[Tensor]:
        pairs = [(past[i], past[i + 1]) for i in range(0, len(past), 2)]
        logits, present = self.decoder(input_ids, encoder_attention_mask, None, pairs)
        return [logits, *(t for layer in present for t in layer)]


class EncoderGraph(nn.Module):
    """The encoder, in a scope of its name."""

    def __init__(self, model: Translator):
        super().__init__()
        self.encoder = model.encoder

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        return self.encoder(input_ids, attention_mask)


def cache_names(layers: int, prefix: str) -> list[str]:
    """present.0.decoder.key, ... in the order in which the graphs hold them."""
    return [f"{prefix}.{i}.{side}.{kind}" for i in range(layers) for side in ("decoder", "encoder") for kind in ("key", "value")]


def decoder_graphs(model: Translator) -> tuple[onnx.ModelProto, onnx.ModelProto]:
    """(without past, with past)"""
    c = model.config
    present, past = cache_names(c.decoder_layers, "present"), cache_names(c.decoder_layers, "past_key_values")
    ids, mask, memory = torch.randint(4, 40, (2, 5)), torch.ones(2, 7, dtype=torch.long), torch.randn(2, 7, c.d_model)
    axes = {"input_ids": {0: "batch_size", 1: "decoder_sequence_length"}, "encoder_attention_mask": {0: "batch_size", 1: "encoder_sequence_length"}, "encoder_hidden_states": {0: "batch_size", 1: "encoder_sequence_length"}, "logits": {0: "batch_size", 1: "decoder_sequence_length"}}
    for names, length in ((past, "past_decoder_sequence_length"), (present, "past_decoder_sequence_length + decoder_sequence_length")):
        axes.update({n: {0: "batch_size", 2: length if ".decoder." in n else "encoder_sequence_length"} for n in names})
    first = trace(FirstStep(model), (mask, ids, memory), ["encoder_attention_mask", "input_ids", "encoder_hidden_states"], ["logits", *present], axes)
    with torch.no_grad():
        kept = FirstStep(model)(mask, ids, memory)[1:]
    later = trace(LaterStep(model), (mask, ids[:, :1], *kept), ["encoder_attention_mask", "input_ids", *past], ["logits", *present], axes)
    return name_positions(first, model), name_positions(later, model)


def name_positions(graph: onnx.ModelProto, model: Translator) -> onnx.ModelProto:
    """Call the table of waves by its name; tracing gives it a number."""
    table = model.encoder.positions.embed_positions.numpy()
    tensor = next(t for t in graph.graph.initializer if list(t.dims) == list(table.shape) and np.array_equal(onnx.numpy_helper.to_array(t), table))
    for node in graph.graph.node:
        node.input[:] = [POSITIONS if n == tensor.name else n for n in node.input]
    tensor.name = POSITIONS
    return graph


def export_translator(model: Translator, folder: Path, int8: bool = True) -> None:
    """encoder_model.onnx and decoder_model_merged.onnx, and their int8 variants."""
    ids = torch.randint(4, 40, (2, 7))
    names = ["input_ids", "attention_mask"]
    axes = {n: {0: "batch_size", 1: "encoder_sequence_length"} for n in [*names, "last_hidden_state"]}
    encoder = name_positions(trace(EncoderGraph(model), (ids, torch.ones_like(ids)), names, ["last_hidden_state"], axes), model)
    first, later = decoder_graphs(model)
    write_float(encoder, folder / "encoder_model.onnx")
    halves = [halve_weights(copy_of(m), (POSITIONS,)) for m in (first, later)]
    write_int8(merge_decoders(*halves), folder / "decoder_model_merged.onnx")
    if int8:
        write_int8(quantised(encoder), folder / "encoder_model_quantized.onnx")
        write_int8(merge_decoders(quantised(first), quantised(later)), folder / "decoder_model_merged_quantized.onnx")


def copy_of(model: onnx.ModelProto) -> onnx.ModelProto:
    new = onnx.ModelProto()
    new.CopyFrom(model)
    return new


def export_recurrent(model: nn.Module, folder: Path) -> None:
    """encoder.onnx and decoder_step.onnx; the step runs once per target token, first with the encoder's hidden state."""
    ids, c = torch.randint(4, 40, (2, 7)), model.config
    rows = {0: "batch_size", 1: "encoder_sequence_length"}
    encoder = trace(model.encoder, (ids,), ["input_ids"], ["encoder_outputs", "hidden"], {"input_ids": rows, "encoder_outputs": rows, "hidden": {1: "batch_size"}})
    args = (ids[:, :1], torch.randn(1, 2, c.hidden_size), torch.randn(2, 7, 2 * c.encoder_hidden_size))
    axes = {"decoder_input_ids": {0: "batch_size"}, "hidden": {1: "batch_size"}, "encoder_outputs": rows, "logits": {0: "batch_size"}, "hidden_out": {1: "batch_size"}}
    step = trace(model.decoder, args, ["decoder_input_ids", "hidden", "encoder_outputs"], ["logits", "hidden_out"], axes)
    write_float(encoder, folder / "encoder.onnx")
    write_float(step, folder / "decoder_step.onnx")
