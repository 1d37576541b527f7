"""Two towers in one file, own code: torch's nn.Transformer with inputs src and tgt, and a recurrent model with Luong attention over a whole target."""
import io

import numpy as np
import torch
import torch.nn as nn

import kit
from kit import D, E, HEADS, MAX, keep
from make import run_onnx, without_traces

TARGET = "Jane visits Africa in September"
SOURCE = "Jane visite l'Afrique en septembre"


class Stack(nn.Module):
    """nn.TransformerEncoderLayer and nn.TransformerDecoderLayer, norm first, learned positions."""

    def __init__(self, vocabulary):
        super().__init__()
        self.token_emb, self.position_emb = nn.Embedding(vocabulary, D), nn.Embedding(MAX, D)
        options = dict(dim_feedforward=2 * D, dropout=0.0, batch_first=True, norm_first=True)
        self.encoder = nn.ModuleList(nn.TransformerEncoderLayer(D, HEADS, **options) for _ in range(2))
        self.decoder = nn.ModuleList(nn.TransformerDecoderLayer(D, HEADS, activation="gelu", **options) for _ in range(2))
        self.norm, self.final = nn.LayerNorm(D), nn.LayerNorm(D)

    def attentions(self):
        for i, layer in enumerate(self.encoder):
            yield f"encoder.{i}.self", layer.self_attn
        for i, layer in enumerate(self.decoder):
            yield f"decoder.{i}.self", layer.self_attn
            yield f"decoder.{i}.cross", layer.multihead_attn

    def embed(self, ids):
        return self.token_emb(ids) + self.position_emb(torch.arange(ids.shape[1]))

    def forward(self, src, tgt):
        x, y = self.embed(src), self.embed(tgt)
        unseen = torch.triu(torch.full((tgt.shape[1], tgt.shape[1]), float("-inf")), diagonal=1)
        for i, layer in enumerate(self.encoder):
            keep("encoder", i, "resid_pre", x)
            x = keep("encoder", i, "resid_post", layer(x))
        memory = self.norm(x)
        for i, layer in enumerate(self.decoder):
            keep("decoder", i, "resid_pre", y)
            y = keep("decoder", i, "resid_post", layer(y, memory, tgt_mask=unseen))
        return keep("logits", self.final(y) @ self.token_emb.weight.t())


def explain(site, m, query, memory, mask):
    """What nn.MultiheadAttention computes, step by step; its own output is compared with torch's."""
    wq, wk, wv = m.in_proj_weight.split(D)
    bq, bk, bv = m.in_proj_bias.split(D)
    h = lambda x, w, b: (x @ w.t() + b).view(1, -1, HEADS, E).transpose(1, 2)
    q, k, v = h(query, wq, bq), h(memory, wk, bk), h(memory, wv, bv)
    scores = q @ k.transpose(2, 3) * E**-0.5 + (0 if mask is None else mask)
    p = scores.softmax(-1)
    z = p @ v
    w = m.out_proj.weight
    out = z.transpose(1, 2).reshape(1, -1, D) @ w.t() + m.out_proj.bias
    for name, value in dict(q=q, k=k, v=v, scores=scores, pattern=p, z=z, attn_out=out, result=torch.stack([z[:, i] @ w[:, i * E : (i + 1) * E].t() for i in range(HEADS)], 1)).items():
        keep(site, name, value)
    return out


def watch(model):
    for site, m in model.attentions():
        def hook(module, args, kw, out, site=site):
            if kit.kept is not None:
                mine = explain(site, module, args[0], args[1], kw.get("attn_mask"))
                assert (mine - out[0]).abs().max() < 1e-5, site

        m.register_forward_hook(hook, with_kwargs=True)


class Luong(nn.Module):
    """A recurrent encoder and decoder over the whole target at once; scores d·W·h, softmax over the source."""

    def __init__(self, vocabulary):
        super().__init__()
        self.token_emb = nn.Embedding(vocabulary, D)
        self.encoder, self.decoder = nn.GRU(D, D, batch_first=True), nn.GRU(D, D, batch_first=True)
        self.general, self.join, self.head = nn.Linear(D, D, bias=False), nn.Linear(2 * D, D), nn.Linear(D, vocabulary)

    def forward(self, src, tgt):
        h, last = self.encoder(self.token_emb(src))
        d, _ = self.decoder(self.token_emb(tgt), last)
        scores = torch.bmm(d, self.general(h).transpose(1, 2))
        p = torch.softmax(scores, -1)
        context = torch.bmm(p, h)
        keep("decoder.0.cross", "pattern", p[:, None])
        keep("decoder.0.cross", "scores", scores[:, None])
        return keep("logits", self.head(torch.tanh(self.join(torch.cat((context, d), -1)))))


class LuongConcat(Luong):
    """Scores v·tanh(W[d; h]) of both states side by side (Luong et al. 2015, "concat")."""

    def __init__(self, vocabulary):
        super().__init__(vocabulary)
        self.general = nn.Linear(2 * D, D)
        self.score = nn.Linear(D, 1, bias=False)

    def forward(self, src, tgt):
        h, last = self.encoder(self.token_emb(src))
        d, _ = self.decoder(self.token_emb(tgt), last)
        both = torch.cat((d[:, :, None].expand(-1, -1, h.shape[1], -1), h[:, None].expand(-1, d.shape[1], -1, -1)), -1)
        scores = self.score(torch.tanh(self.general(both))).squeeze(-1)
        p = torch.softmax(scores, -1)
        keep("decoder.0.cross", "pattern", p[:, None])
        keep("decoder.0.cross", "scores", scores[:, None])
        context = (p.unsqueeze(-1) * h[:, None]).sum(2)
        return keep("logits", self.head(torch.tanh(self.join(torch.cat((context, d), -1)))))


NAMES = dict(input_names=["src", "tgt"], output_names=["logits"])


def traced(model, feeds):
    buffer = io.BytesIO()
    axes = {"src": {0: "batch_size", 1: "source_length"}, "tgt": {0: "batch_size", 1: "target_length"}, "logits": {0: "batch_size", 1: "target_length"}}
    torch.onnx.export(model, feeds, buffer, dynamo=False, opset_version=17, dynamic_axes=axes, **NAMES)
    return buffer.getvalue()


def dynamo(model, feeds):
    # TorchScript would bake the lengths of the example into nn.MultiheadAttention.
    length = lambda name: torch.export.Dim(name, min=2, max=MAX)
    program = torch.onnx.export(model, feeds, dynamo=True, opset_version=18, dynamic_shapes=({1: length("source_length")}, {1: length("target_length")}), verbose=False, **NAMES)
    return without_traces(program.model_proto).SerializeToString()


def pair(name, model_class, seed, sharp, why, meta, exporter):
    path = kit.tokenizer_of("annotated-transformer")
    tok = kit.load_tokenizer(path)
    model = kit.peaked(model_class(tok.get_vocab_size()), seed)
    if hasattr(model, "attentions"):
        watch(model)
    torch.backends.mha.set_fastpath_enabled(False)
    case = kit.case_of(tok, "africa", SOURCE)
    start = START
    target = tok.encode(TARGET, add_special_tokens=False)
    case.update(target=TARGET, decoder_input_ids=[start, *target.ids])
    feeds = (torch.tensor([case["input_ids"]]), torch.tensor([case["decoder_input_ids"]]))
    kit.sharpen(model, [feeds], sharp(model))
    data = exporter(model, feeds)
    out, r = kit.record(model, feeds)
    got = run_onnx(data, dict(zip(["src", "tgt"], feeds)))[0]
    worst = float(np.abs(got - out.numpy()).max())
    assert worst < 1e-4, worst
    entropy = kit.mean_entropy(model, [feeds])
    body = dict(family=name, why=why, d_model=D, entropy=round(entropy, 3), verified={"onnx_vs_torch": worst} | kit.verify(r)) | meta
    config = dict(model_type=name, is_encoder_decoder=True, decoder_start_token_id=start, vocab_size=tok.get_vocab_size())
    kit.write_entry(name, body, [case], [r], path, config, data, extra={"generation_config.json": dict(decoder_start_token_id=start)})


START = 419


def entries():
    heads = dict(heads=HEADS, kv_heads=HEADS, d_head=E)
    return [
        ("torch-transformer", lambda n: pair(n, Stack, 71, lambda m: [a.in_proj_weight.data[:D] for _, a in m.attentions()], "torch's nn.TransformerEncoderLayer and DecoderLayer in one file, inputs src and tgt", heads | dict(layers=dict(encoder=2, decoder=2), exporter="dynamo:18", opset=18), dynamo)),
        ("luong-whole-target", lambda n: pair(n, Luong, 72, lambda m: [m.general.weight.data], "recurrent, one file, all target positions at once", dict(expect="pattern", required=["pattern"], heads=1, kv_heads=1, d_head=D, layers=dict(encoder=0, decoder=1), exporter="ts:17", opset=17), traced)),
        ("luong-concat", lambda n: pair(n, LuongConcat, 73, lambda m: [m.score.weight.data], "recurrent, query and key joined before the network, the weighted sum as Mul and ReduceSum", dict(expect="pattern", required=["pattern", "scores"], heads=1, kv_heads=1, d_head=D, layers=dict(encoder=0, decoder=1), exporter="ts:17", opset=17), traced)),
    ]
