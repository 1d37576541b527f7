"""Families of the transformers library that the zoo does not have, tiny and random, recorded by hooks in their own eager forward."""
import contextlib
import importlib

import numpy as np
import torch
import torch.nn as nn

import kit
from kit import D, E, HEADS
from make import export, run_onnx

SMALL = dict(hidden_size=D, intermediate_size=2 * D, num_hidden_layers=2, num_attention_heads=HEADS, max_position_embeddings=64, attn_implementation="eager")
KV2 = dict(num_key_value_heads=2, head_dim=E)


class Wrapped(nn.Module):
    """forward(input_ids, attention_mask) → logits or hidden states, nothing cached."""

    def __init__(self, inner, key, causal):
        super().__init__()
        self.inner, self.key, self.options = inner, key, dict(use_cache=False) if causal else {}

    def forward(self, input_ids, attention_mask):
        out = getattr(self.inner(input_ids=input_ids, attention_mask=attention_mask, **self.options), self.key)
        return kit.keep(self.key, out)


def heads_of(x, size=E):
    """[b, s, h·e] or [b, s, h, e] → [b, h, s, e]"""
    return x.reshape(x.shape[0], x.shape[1], -1, size).transpose(1, 2)


def first(site, name, tensor):
    """Keeps what a module gave at its first call: DeBERTa also projects its relative embeddings by the same matrices."""
    if kit.kept is not None and f"{site}.{name}" not in kit.kept:
        kit.keep(site, name, tensor)


@contextlib.contextmanager
def spies(module, attentions, tower, has_rotary=True):
    """While recording: softmax inputs and outputs in order of layers, and what comes out of the rotary function."""
    softmax, rotary = nn.functional.softmax, getattr(module, "apply_rotary_pos_emb", None) if has_rotary else None
    count = dict(softmax=0, rotary=0)

    def seen_softmax(x, *args, **kw):
        y = softmax(x, *args, **kw)
        if x.ndim == 4 and count["softmax"] < len(attentions):
            site = f"{tower}.{count['softmax']}.self"
            sinks = getattr(attentions[count["softmax"]], "sinks", None)
            kit.keep(site, "scores", x if sinks is None else x[..., :-1])
            kit.keep(site, "pattern", y if sinks is None else y[..., :-1])
            count["softmax"] += 1
        return y

    def seen_rotary(*args, **kw):
        q, k = rotary(*args, **kw)
        kit.keep(tower, count["rotary"], "self.rot_q", q)
        kit.keep(tower, count["rotary"], "self.rot_k", k)
        count["rotary"] += 1
        return q, k

    nn.functional.softmax = seen_softmax
    if rotary:
        module.apply_rotary_pos_emb = seen_rotary
    try:
        yield
    finally:
        nn.functional.softmax = softmax
        if rotary:
            module.apply_rotary_pos_emb = rotary


def hook(layers, attention_of, parts, tower):
    for i, layer in enumerate(layers):
        a, site = attention_of(layer), f"{tower}.{i}.self"
        layer.register_forward_pre_hook(lambda m, args, kw, i=i: kit.keep(tower, i, "resid_pre", args[0] if args else kw["hidden_states"]) is None or None, with_kwargs=True)
        layer.register_forward_hook(lambda m, args, out, i=i: kit.keep(tower, i, "resid_post", out[0] if isinstance(out, tuple) else out) is None or None)
        for name, path in parts.get("q k v", {}).items():
            a.get_submodule(path).register_forward_hook(lambda m, args, out, n=name, s=site: first(s, n, heads_of(out)))
        shape = (lambda x: x) if parts.get("heads first") else heads_of
        for name, path in parts.get("norms", {}).items():
            a.get_submodule(path).register_forward_hook(lambda m, args, out, n=name, s=site: (kit.keep(s, n, shape(out)), kit.keep(s, f"{n}@before_norm", shape(args[0]))) and None)
        if "qkv" in parts:
            path, sizes = parts["qkv"]
            a.get_submodule(path).register_forward_hook(lambda m, args, out, s=site: [kit.keep(s, n, heads_of(t)) for n, t in zip("qkv", out.split(sizes, -1))] and None)
        w = a.get_submodule(parts["out"]) if parts["out"] in dict(a.named_modules()) else layer.get_submodule(parts["out"])

        def out_hook(m, args, out, s=site):
            z = heads_of(args[0])
            kit.keep(s, "z", z)
            kit.keep(s, "result", torch.stack([z[:, h] @ m.weight[:, h * E : (h + 1) * E].t() for h in range(HEADS)], 1))
            kit.keep(s, "attn_out", out)

        w.register_forward_hook(lambda m, args, out, f=out_hook: f(m, args, out))


SEPARATE = {"q k v": dict(q="q_proj", k="k_proj", v="v_proj"), "out": "o_proj"}
NORMED = {"q k v": dict(v="v_proj"), "norms": dict(q="q_norm", k="k_norm"), "out": "o_proj"}
LM = dict(tower="decoder", key="logits", layers="model.layers", attention="self_attn", tokenizer="llama")


def adjust(r, tower, attentions):
    """Conventions: rot_q without the scale that ESM puts on q first; with sinks also the scores before the row's maximum was taken off."""
    for i, a in enumerate(attentions):
        site = f"{tower}.{i}.self"
        if type(a).__name__ == "EsmAttention":
            r[f"{site}.rot_q"] = r[f"{site}.rot_q"] * E**0.5
        if hasattr(a, "sinks"):
            q, k = r[f"{site}.rot_q"], r[f"{site}.rot_k"]
            raw = q @ np.repeat(k, len(q) // len(k), 0).transpose(0, 2, 1) * E**-0.5
            r[f"{site}.scores@before_shift"] = np.where(r[f"{site}.scores"] < -1e3, np.float32(kit.MASKED), raw)


def family(name, package, model, config, parts, sharp, seed, exporter="ts", opset=17, why="", tower="decoder", key="logits", layers="model.layers", attention="self_attn", tokenizer="llama", options=None, rotary=True, export_with=None, low=-3.0, optional=None):
    source = importlib.import_module(f"transformers.models.{package}.modeling_{package}")
    kinds = importlib.import_module(f"transformers.models.{package}.configuration_{package}")
    tok_path = kit.tokenizer_of(tokenizer)
    tok = kit.load_tokenizer(tok_path)
    values = SMALL | dict(vocab_size=tok.get_vocab_size(), pad_token_id=0) | (options or {})
    inner = getattr(source, model)(getattr(kinds, config)(**values))
    net = kit.peaked(Wrapped(inner, key, tower == "decoder"), seed)
    stack = inner.get_submodule(layers)
    attentions = [l.get_submodule(attention) for l in stack]
    cases = [kit.case_of(tok, i, t) for i, t in kit.TEXTS]
    feeds = [(torch.tensor([c["input_ids"]]), torch.ones(1, len(c["input_ids"]), dtype=torch.long)) for c in cases]
    hook(stack, lambda l: l.get_submodule(attention), parts, tower)
    plain = kit.record

    def spied(m, f):
        with spies(source, attentions, tower, rotary):
            return plain(m, f)

    kit.record = spied

    try:
        kit.sharpen(net, feeds, [w for a in attentions for w in sharp(a)], low=low)
        if export_with:
            inner.set_attn_implementation(export_with)
        data = export(net, feeds[0], ["input_ids", "attention_mask"], exporter, opset)
        if export_with:
            inner.set_attn_implementation("eager")
        references, worst = [], 0.0
        for f in feeds:
            out, r = kit.record(net, f)
            adjust(r, tower, attentions)
            got = run_onnx(data, dict(zip(["input_ids", "attention_mask"], f)))[0]
            worst = max(worst, float(np.abs(got - out.numpy()).max() / max(1.0, np.abs(out.numpy()).max() / 10)))
            references.append(r)
        entropy = kit.mean_entropy(net, feeds)
    finally:
        kit.record = plain
    verified = {"onnx_vs_torch": worst} | kit.verify(references[0], sink=hasattr(attentions[0], "sinks"))
    assert worst < 1e-4, (name, verified)
    assert 0.2 < entropy < 0.65, (name, entropy)
    kv = references[0][f"{tower}.0.self.k"].shape[0]
    meta = dict(family=package, exporter=f"{exporter}:{opset}", opset=opset, why=why, layers={tower: len(stack)}, heads=HEADS, kv_heads=kv, d_head=E, d_model=D, entropy=round(entropy, 3), verified=verified) | (dict(optional=optional) if optional else {})
    kept = {k: values[k] for k in ("hidden_size", "num_hidden_layers", "num_attention_heads", "max_position_embeddings", "vocab_size")}
    kit.write_entry(name, meta, cases, references, tok_path, dict(model_type=package) | kept, data)


def patterns_only(name, package, model, config, options, query, seed, why, layers, opset=17, tokenizer="bert-eager-ts14"):
    """A family whose queries, keys and values are no modules: patterns and scores of its softmaxes, and its last states."""
    source = importlib.import_module(f"transformers.models.{package}.modeling_{package}")
    kinds = importlib.import_module(f"transformers.models.{package}.configuration_{package}")
    tok_path = kit.tokenizer_of(tokenizer)
    tok = kit.load_tokenizer(tok_path)
    inner = getattr(source, model)(getattr(kinds, config)(vocab_size=tok.get_vocab_size(), **options))
    net = kit.peaked(Wrapped(inner, "last_hidden_state", False), seed)
    cases = [kit.case_of(tok, i, t) for i, t in kit.TEXTS]
    feeds = [(torch.tensor([c["input_ids"]]), torch.ones(1, len(c["input_ids"]), dtype=torch.long)) for c in cases]
    plain = kit.record

    def spied(m, f):
        with spies(source, [None] * layers, "encoder", False):
            return plain(m, f)

    kit.record = spied
    try:
        kit.sharpen(net, feeds, [p.data for n, p in inner.named_parameters() if n.endswith(query)])
        data = export(net, feeds[0], ["input_ids", "attention_mask"], "ts", opset)
        references, worst = [], 0.0
        for f in feeds:
            out, r = kit.record(net, f)
            got = run_onnx(data, dict(zip(["input_ids", "attention_mask"], f)))[0]
            worst = max(worst, float(np.abs(got - out.numpy()).max()))
            references.append(r)
        entropy = kit.mean_entropy(net, feeds)
    finally:
        kit.record = plain
    verified = {"onnx_vs_torch": worst} | kit.verify(references[0])
    assert worst < 1e-4, (name, verified)
    assert 0.2 < entropy < 0.65, (name, entropy)
    meta = dict(family=package, exporter=f"ts:{opset}", opset=opset, why=why, layers=dict(encoder=layers), heads=HEADS, kv_heads=HEADS, d_head=E, d_model=D, entropy=round(entropy, 3), verified=verified, expect="pattern", required=["pattern", "scores", "last_hidden_state"])
    kit.write_entry(name, meta, cases, references, tok_path, dict(model_type=package, vocab_size=tok.get_vocab_size()), data)


def entries():
    yield "xlnet", lambda n: patterns_only(n, "xlnet", "XLNetModel", "XLNetConfig", dict(d_model=D, n_layer=2, n_head=HEADS, d_inner=2 * D, dropout=0.0), "rel_attn.q", 69, "tokens first, batch second, everything by Einsum; relative positions", 2)
    yield from modules()


def modules():
    q = lambda a: [a.q_proj.weight.data]
    qn = lambda a: [a.q_norm.weight.data]
    rows = [
        ("qwen3", dict(package="qwen3", model="Qwen3ForCausalLM", config="Qwen3Config", parts=NORMED, sharp=qn, seed=51, exporter="dynamo", opset=18, options=KV2, why="norm on q and k per head, dynamo exporter")),
        ("gemma3", dict(package="gemma3", model="Gemma3ForCausalLM", config="Gemma3TextConfig", parts=NORMED | {"heads first": True}, sharp=lambda a: [a.q_proj.weight.data, a.q_norm.weight.data], seed=52, options=KV2 | dict(query_pre_attn_scalar=E, sliding_window=6, layer_types=["sliding_attention", "full_attention"]), why="q/k norm, four norms per block, window of 6 in layer 0")),
        ("phi3", dict(package="phi3", model="Phi3ForCausalLM", config="Phi3Config", parts={"qkv": ("qkv_proj", [D, 2 * E, 2 * E]), "out": "o_proj"}, sharp=lambda a: [a.qkv_proj.weight.data[:D]], seed=53, options=dict(num_key_value_heads=2), why="q, k and v in one matrix, kv heads fewer")),
        ("olmo2", dict(package="olmo2", model="Olmo2ForCausalLM", config="Olmo2Config", parts=NORMED, sharp=qn, seed=54, exporter="dynamo", opset=18, options=dict(attn_implementation="eager"), why="q/k norm over all heads at once, norms after attention and feed-forward only")),
        ("modernbert", dict(package="modernbert", model="ModernBertModel", config="ModernBertConfig", parts={"qkv": ("Wqkv", [D, D, D]), "out": "Wo"}, sharp=lambda a: [a.Wqkv.weight.data[:D]], seed=55, tower="encoder", key="last_hidden_state", layers="layers", attention="attn", tokenizer="bert-eager-ts14", options=dict(local_attention=8, global_attn_every_n_layers=2), why="fused Wqkv, rotary, local windows in every second layer")),
        ("deberta-v2", dict(package="deberta_v2", model="DebertaV2Model", config="DebertaV2Config", parts={"q k v": dict(q="self.query_proj", k="self.key_proj", v="self.value_proj"), "out": "output.dense"}, sharp=lambda a: [a.get_submodule("self").query_proj.weight.data, a.get_submodule("self").query_proj.bias.data], seed=56, tower="encoder", key="last_hidden_state", layers="encoder.layer", attention="attention", tokenizer="bert-eager-ts14", options=dict(relative_attention=True, pos_att_type=["c2p", "p2c"], share_att_key=True, position_buckets=8, max_relative_positions=16, position_biased_input=False, norm_rel_ebd="layer_norm", type_vocab_size=0), why="disentangled attention: content to position and position to content")),
        ("deberta-v2-conv", dict(package="deberta_v2", model="DebertaV2Model", config="DebertaV2Config", parts={"q k v": dict(q="self.query_proj", k="self.key_proj", v="self.value_proj"), "out": "output.dense"}, sharp=lambda a: [a.get_submodule("self").query_proj.weight.data, a.get_submodule("self").query_proj.bias.data], seed=68, tower="encoder", key="last_hidden_state", layers="encoder.layer", attention="attention", tokenizer="bert-eager-ts14", options=dict(relative_attention=True, pos_att_type=["c2p", "p2c"], share_att_key=False, conv_kernel_size=3, conv_act="gelu", position_buckets=8, max_relative_positions=16, position_biased_input=False, norm_rel_ebd="layer_norm", type_vocab_size=0), optional=["resid_post"], why="a convolution over the embeddings is added to the stream after the first layer")),
        ("esm", dict(package="esm", model="EsmModel", config="EsmConfig", parts={"q k v": dict(k="self.key", v="self.value", q="self.query"), "out": "output.dense"}, sharp=lambda a: [a.get_submodule("self").query.weight.data], seed=57, tower="encoder", key="last_hidden_state", layers="encoder.layer", attention="attention", tokenizer="bert-eager-ts14", options=dict(position_embedding_type="rotary", token_dropout=False, add_pooling_layer=False), why="query scaled before rotary")),
        ("gpt-oss", dict(package="gpt_oss", model="GptOssForCausalLM", config="GptOssConfig", parts=SEPARATE, sharp=q, seed=58, options=KV2 | dict(experts_implementation="eager", num_local_experts=1, num_experts_per_tok=1, sliding_window=6, layer_types=["sliding_attention", "full_attention"], rope_parameters=dict(rope_type="default", rope_theta=10000.0)), why="learned sinks, windows, mixture of experts")),
        ("gptj", dict(package="gptj", model="GPTJForCausalLM", config="GPTJConfig", parts={"q k v": SEPARATE["q k v"], "out": "out_proj"}, sharp=q, seed=59, layers="transformer.h", attention="attn", rotary=False, options=dict(rotary_dim=4, n_positions=64), why="rotary of every second dimension on half the head, parallel block")),
        ("falcon", dict(package="falcon", model="FalconForCausalLM", config="FalconConfig", parts={"qkv": ("query_key_value", [D, E, E]), "out": "dense"}, sharp=lambda a: [a.query_key_value.weight.data[:D]], seed=60, layers="transformer.h", attention="self_attention", options=dict(multi_query=True, new_decoder_architecture=False, parallel_attn=True), why="one kv head, fused matrix, parallel block")),
        ("phi", dict(package="phi", model="PhiForCausalLM", config="PhiConfig", parts={"q k v": SEPARATE["q k v"], "out": "dense"}, sharp=q, seed=61, exporter="dynamo", opset=18, rotary=False, options=dict(partial_rotary_factor=0.5), export_with="sdpa", why="partial rotary, parallel block, sdpa through the dynamo exporter")),
        ("mpt", dict(package="mpt", model="MptForCausalLM", config="MptConfig", parts={"qkv": ("Wqkv", [D, D, D]), "out": "out_proj"}, sharp=lambda a: [a.Wqkv.weight.data[:D]], seed=62, layers="transformer.blocks", attention="attn", options=dict(d_model=D, n_heads=HEADS, n_layers=2, max_seq_len=64), why="ALiBi, fused matrix, mask by Where")),
        ("cohere", dict(package="cohere", model="CohereForCausalLM", config="CohereConfig", parts=SEPARATE, sharp=q, seed=63, exporter="dynamo", opset=18, options=dict(num_key_value_heads=2, eos_token_id=1), why="interleaved rotary, parallel block, kv heads fewer")),
        ("granite", dict(package="granite", model="GraniteForCausalLM", config="GraniteConfig", parts=SEPARATE, sharp=q, seed=68, options=dict(num_key_value_heads=2, embedding_multiplier=3.0, logits_scaling=2.0, residual_multiplier=0.5, attention_multiplier=0.3), why="what attention and feed-forward part add is scaled by a number, scores too")),
        ("roformer", dict(package="roformer", model="RoFormerModel", config="RoFormerConfig", parts={"q k v": dict(q="self.query", k="self.key", v="self.value"), "out": "output.dense"}, sharp=lambda a: [a.get_submodule("self").query.weight.data], seed=64, tower="encoder", key="last_hidden_state", layers="encoder.layer", attention="attention", tokenizer="bert-eager-ts14", options=dict(embedding_size=D, type_vocab_size=2), why="rotary with sinusoidal tables on an encoder")),
        ("mobilebert", dict(package="mobilebert", model="MobileBertModel", config="MobileBertConfig", parts={"q k v": dict(q="self.query", k="self.key", v="self.value"), "out": "output.dense"}, sharp=lambda a: [a.get_submodule("self").query.weight.data], seed=65, low=-10.0, optional=["resid_pre", "resid_post"], tower="encoder", key="last_hidden_state", layers="encoder.layer", attention="attention", tokenizer="bert-eager-ts14", options=dict(embedding_size=D, intra_bottleneck_size=D, true_hidden_size=D, use_bottleneck=True, key_query_shared_bottleneck=False, use_bottleneck_attention=False, num_feedforward_networks=2), why="bottlenecks: the residual is a sibling, affine norms")),
        ("electra-23", dict(package="electra", model="ElectraModel", config="ElectraConfig", parts={"q k v": dict(q="self.query", k="self.key", v="self.value"), "out": "output.dense"}, sharp=lambda a: [a.get_submodule("self").query.weight.data], seed=66, tower="encoder", key="last_hidden_state", layers="encoder.layer", attention="attention", tokenizer="bert-eager-ts14", exporter="dynamo", opset=23, export_with="sdpa", options=dict(embedding_size=16), why="sdpa at opset 23, embeddings narrower than the stream")),
        ("llama-23", dict(package="llama", model="LlamaForCausalLM", config="LlamaConfig", parts=SEPARATE, sharp=q, seed=67, exporter="dynamo", opset=23, export_with="sdpa", options=KV2, why="decoder at opset 23: Attention with kv heads, RMSNormalization")),
    ]
    return [(n, lambda name, kw=kw: family(name, **kw)) for n, kw in rows]
