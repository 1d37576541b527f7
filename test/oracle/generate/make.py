"""python make.py [--only a,b]: makes every entry of ../data/made anew, seeded. Each is verified against PyTorch before it is written."""
import argparse
import io
import logging
import warnings

import numpy as np
import onnx
import onnxruntime as ort
import torch
import torch.nn as nn

import attentions as A
import kit
from blocks import Model, RMSNorm

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def export(model, feeds, names, how, opset, fixed=False):
    """ONNX bytes of the model. how: 'ts' (TorchScript) or 'dynamo'."""
    buffer = io.BytesIO()
    axes = {n: {0: "batch_size", 1: "sequence_length"} for n in names + ["logits"]}
    with torch.no_grad():
        if how == "ts":
            torch.onnx.export(model, feeds, buffer, dynamo=False, opset_version=opset, input_names=names, output_names=["logits"], dynamic_axes=None if fixed else axes, do_constant_folding=True)
            return buffer.getvalue()
        S = torch.export.Dim("sequence_length", min=2, max=kit.MAX)
        program = torch.onnx.export(model, feeds, dynamo=True, opset_version=opset, input_names=names, output_names=["logits"], dynamic_shapes=None if fixed else tuple({1: S} for _ in names), verbose=False)
    return without_traces(program.model_proto).SerializeToString()


def without_traces(proto):
    for n in proto.graph.node:  # Stack traces of the exporter: several times the size of the graph.
        del n.metadata_props[:]
    for v in [*proto.graph.value_info, *proto.graph.initializer]:
        del v.metadata_props[:]
    return proto


def run_onnx(data, feeds):
    session = ort.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(None, {k: v.numpy() if isinstance(v, torch.Tensor) else v for k, v in feeds.items()})


def make(name, attention, seed, exporter="ts", opset=17, masked=False, why="", tokenizer="gpt2-eager", tower="decoder", fixed=0, meta=None, finish=None, body=None, texts=kit.TEXTS, **options):
    """One entry around `attention`. finish(onnx bytes, model) may change both (half precision, 4 bits, fused operators).
    body(vocabulary, tower=, ...) makes the whole model where it is not the common one."""
    path = kit.tokenizer_of(tokenizer)
    tok = kit.load_tokenizer(path)
    model = kit.peaked(body(tok.get_vocab_size(), tower=tower, **options) if body else Model(attention, tok.get_vocab_size(), tower=tower, **options), seed)
    cases = [kit.case_of(tok, i, t) for i, t in texts]
    names = ["input_ids", "attention_mask"] if masked else ["input_ids"]
    feeds = []
    for c in cases:
        ids = torch.tensor([c["input_ids"]])
        feeds.append((ids, torch.ones_like(ids)) if masked else (ids,))
    sharp = [w for b in model.blocks for w in b.attention.sharp]
    if sharp:
        kit.sharpen(model, feeds, sharp)
    sample = feeds[0]
    if fixed:
        sample = tuple(nn.functional.pad(t, (0, fixed - t.shape[1])) for t in sample)
    data = export(model, sample, names, exporter, opset, fixed > 0)
    if finish:
        data = finish(data, model)
    references, worst = [], 0.0
    for f in feeds:
        out, r = kit.record(model, f)
        given = tuple(nn.functional.pad(t, (0, fixed - t.shape[1])) for t in f) if fixed else f
        got = run_onnx(data, dict(zip(names, given)))[0][:, : f[0].shape[1]]
        worst = max(worst, float(np.abs(got - out.numpy()).max() / max(1.0, np.abs(out.numpy()).max() / 10)))
        references.append(r)
    verified = {"onnx_vs_torch": worst} | kit.verify(references[0], sink="sink" in name)
    limit = (meta or {}).get("onnx_tolerance", 1e-4)
    assert worst < limit, (name, verified)
    ent = kit.mean_entropy(model, feeds)
    assert 0.2 < ent < 0.65, (name, ent)
    n_kv = references[0][f"{tower}.0.self.k"].shape[0]
    facts = dict(family=name, exporter=f"{exporter}:{opset}", opset=opset, why=why, layers={tower: len(model.blocks)}, heads=kit.HEADS, kv_heads=n_kv, d_head=kit.E, d_model=kit.D, entropy=round(ent, 3), verified=verified)
    if fixed:
        facts["padded_to"] = fixed
    kit.write_entry(name, facts | (meta or {}), cases, references, path, dict(model_type=name, num_attention_heads=kit.HEADS, hidden_size=kit.D, num_hidden_layers=len(model.blocks), max_position_embeddings=kit.MAX, vocab_size=tok.get_vocab_size()), data)


BERT = dict(tokenizer="bert-eager-ts14", tower="encoder", masked=True, form="post")


def own():
    yield "heads-apart", lambda n: make(n, A.HeadsApart, 1, why="every head a module of its own with its own softmax, joined by Concat")
    yield "heads-apart-dynamo", lambda n: make(n, A.HeadsApart, 2, exporter="dynamo", opset=18, feed="relu", why="the same through the dynamo exporter")
    yield "einsum-sinks", lambda n: make(n, A.EinsumSinks, 3, norm=RMSNorm, feed="swiglu", why="Einsum, head axis innermost, learned sink logits")
    yield "einsum-sinks-dynamo", lambda n: make(n, A.EinsumSinks, 4, exporter="dynamo", opset=20, norm=RMSNorm, why="the same through the dynamo exporter")
    yield "keras", lambda n: make(n, A.Keras, 5, **BERT, why="Einsum kernels [d, h, e], mask by Sub, softmax spelt out")
    yield "keras-opset12", lambda n: make(n, A.Keras, 6, opset=12, **BERT, why="the same at opset 12")
    yield "rotary-interleaved", lambda n: make(n, A.InterleavedRotary, 7, norm=RMSNorm, feed="swiglu", positions=False, why="GPT-J rotary on part of the head, q/k norm, 2 kv heads")
    yield "rotary-interleaved-dynamo", lambda n: make(n, A.InterleavedRotary, 8, exporter="dynamo", opset=18, norm=RMSNorm, positions=False, why="the same through the dynamo exporter")
    yield "mqa-parallel", lambda n: make(n, A.SharedKey, 9, form="parallel", positions=False, why="one kv head broadcast in the product, attention and feed-forward in parallel")
    yield "transposed", lambda n: make(n, A.Transposed, 10, **BERT, why="keys × queries, softmax over rows")
    yield "cosine", lambda n: make(n, A.Cosine, 11, tokenizer="bert-eager-ts14", tower="encoder", form="post", head="none", why="cosine similarity, learned temperature, bias table")
    yield "five-axes", lambda n: make(n, A.FiveAxes, 12, form="scaled", why="grouped queries as a fifth axis, ALiBi, learned factors on the branches")
    yield "five-axes-dynamo", lambda n: make(n, A.FiveAxes, 13, exporter="dynamo", opset=18, form="sandwich", why="the same through the dynamo exporter, sandwich norms")
    yield "latent", lambda n: make(n, A.Latent, 14, norm=RMSNorm, feed="swiglu", positions=False, meta=dict(d_head=10), why="low-rank q and kv, rotary part shared by heads, value size unlike key size")
    yield "convolved", lambda n: make(n, A.Convolved, 15, **BERT, why="1-wide convolutions as projections")
    yield "old-gpt2", lambda n: make(n, A.OldGpt2, 16, opset=11, why="w·b − 1e4·(1 − b), opset 11, one [d, 3d] matrix by Gemm")
    yield "gated", lambda n: make(n, A.Gated, 17, why="sigmoid gate before W_O, soft-cap, window of 5")
    yield "log-softmax", lambda n: make(n, A.LogSoftmax, 19, why="softmax as Exp of LogSoftmax")
    yield "fixed-shape", lambda n: make(n, A.Plain, 18, fixed=24, **BERT, why="batch 1, 24 tokens, no dynamic axes")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only")
    only = parser.parse_args().only
    import families
    import files
    import layers
    import pairs
    import steps

    entries = [*own(), *files.entries(make, BERT), *layers.entries(make), *families.entries(), *pairs.entries(), *steps.entries()]
    for name, build in entries:
        if not only or name in only.split(","):
            torch.manual_seed(0)
            build(name)


if __name__ == "__main__":
    main()
