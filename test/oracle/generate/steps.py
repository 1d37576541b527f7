"""Recurrent translators as two files, own code: an encoder, and a decoder that takes one token at a time and hands hidden and cell states on.

The files name and order the states differently on purpose: hidden and cell states have the same shape, and only the graph tells them apart.
"""
import io
import os

import numpy as np
import onnxruntime as ort
import torch
import torch.nn as nn

import kit
from kit import D, keep
from pairs import SOURCE, START, TARGET


class Encoder(nn.Module):
    """An LSTM over the source; its last states, bridged by linear layers, are the decoder's first."""

    def __init__(self, vocabulary, layers):
        super().__init__()
        self.token_emb = nn.Embedding(vocabulary, D)
        self.lstm = nn.LSTM(D, D, num_layers=layers, batch_first=True)
        self.to_hidden, self.to_cell = nn.Linear(D, D), nn.Linear(D, D)

    def forward(self, src):
        states, (h, c) = self.lstm(self.token_emb(src))
        return states, torch.tanh(self.to_cell(c)), torch.tanh(self.to_hidden(h))


class Step(nn.Module):
    """One target token: LSTM over [embedding, context], additive attention with the hidden state of before as query."""

    def __init__(self, vocabulary, layers):
        super().__init__()
        self.token_emb = nn.Embedding(vocabulary, D)
        self.query, self.key, self.score = nn.Linear(D, D), nn.Linear(D, D, bias=False), nn.Linear(D, 1, bias=False)
        self.make_cells(layers)
        self.head = nn.Linear(D, vocabulary)

    def make_cells(self, layers):
        self.lstm = nn.LSTM(2 * D, D, num_layers=layers, batch_first=True)

    def turn(self, x, hidden, cell):
        y, (h, c) = self.lstm(x, (hidden, cell))
        return y, h, c

    def forward(self, token, cell, hidden, memory):
        scores = self.score(torch.tanh(self.query(hidden[-1]).unsqueeze(1) + self.key(memory))).transpose(1, 2)
        p = torch.softmax(scores, -1)
        keep("pattern", p)
        keep("scores", scores)
        y, h, c = self.turn(torch.cat((self.token_emb(token), p @ memory), -1), hidden, cell)
        return self.head(y), h, c


class WrittenOut(Step):
    """The same with one cell written out, gate by gate."""

    def make_cells(self, layers):
        assert layers == 1
        self.inner, self.outer = nn.Linear(2 * D, 4 * D), nn.Linear(D, 4 * D)

    def turn(self, x, hidden, cell):
        i, f, g, o = (self.inner(x[:, 0]) + self.outer(hidden[0])).chunk(4, -1)
        c = torch.sigmoid(f) * cell[0] + torch.sigmoid(i) * torch.tanh(g)
        h = torch.sigmoid(o) * torch.tanh(c)
        return h.unsqueeze(1), h.unsqueeze(0), c.unsqueeze(0)


def exported(module, feeds, inputs, outputs, axes):
    buffer = io.BytesIO()
    torch.onnx.export(module, feeds, buffer, dynamo=False, opset_version=17, input_names=inputs, output_names=outputs, dynamic_axes=axes)
    return buffer.getvalue()


def reference(encoder, step, source, target):
    """Pattern and scores [1, target, source], logits [target, vocabulary], and the first states."""
    memory, c, h = encoder(source)
    first, rows, logits = (memory, c, h), [], []
    for token in target[0]:
        out, r = kit.record(step, (token.view(1, 1), c, h, memory))
        rows.append(r)
        logits.append(out[0][0, 0].numpy())
        h, c = out[1], out[2]
    joined = {f"decoder.0.cross.{name}": np.concatenate([r[name] for r in rows])[None] for name in ("pattern", "scores")}
    return joined | {"logits": np.stack(logits)}, first


def run_files(files, source, target):
    run = {name: ort.InferenceSession(data, providers=["CPUExecutionProvider"]) for name, data in files.items()}
    memory, c, h = run["encoder.onnx"].run(["memory", "second", "first"], {"src": source.numpy()})
    logits = []
    for token in target[0]:
        out, h, c = run["decoder_step.onnx"].run(["logits", "a", "b"], {"token": token.view(1, 1).numpy(), "second": c, "first": h, "memory": memory})
        logits.append(out[0, 0])
    return np.stack(logits)


def sharpen(encoder, step, source, target, wanted=0.45):
    """Scales the scores until the mean entropy of the attention is about `wanted`: flat weights would hide a wrong state."""
    for _ in range(30):
        entropy = kit.entropy(reference(encoder, step, source, target)[0]["decoder.0.cross.pattern"])
        step.score.weight.mul_(1.15 if entropy > wanted else 0.9)


def steps(name, step_class, layers, seed, why):
    path = kit.tokenizer_of("luong")
    tok = kit.load_tokenizer(path)
    size = tok.get_vocab_size()
    encoder, step = kit.peaked(Encoder(size, layers), seed), kit.peaked(step_class(size, layers), seed + 1)
    case = kit.case_of(tok, "africa", SOURCE)
    case.update(target=TARGET, decoder_input_ids=[START, *tok.encode(TARGET, add_special_tokens=False).ids])
    source, target = torch.tensor([case["input_ids"]]), torch.tensor([case["decoder_input_ids"]])
    with torch.no_grad():
        for weight in (step.query.weight, step.key.weight):
            weight.mul_(8)
        sharpen(encoder, step, source, target)
        r, (memory, c, h) = reference(encoder, step, source, target)
        lengths = {"src": {1: "source_length"}, "memory": {1: "source_length"}}
        # Outputs in another order than inputs, and names that tell nothing.
        files = {
            "encoder.onnx": exported(encoder, (source,), ["src"], ["memory", "second", "first"], lengths),
            "decoder_step.onnx": exported(step, (target[:, :1], c, h, memory), ["token", "second", "first", "memory"], ["logits", "a", "b"], lengths),
        }
    worst = float(np.abs(run_files(files, source, target) - r["logits"]).max())
    assert worst < 1e-4, worst
    entropy = kit.entropy(r["decoder.0.cross.pattern"])
    body = dict(family="lstm", why=why, d_model=D, entropy=round(entropy, 3), verified={"onnx_vs_torch": worst} | kit.verify(r), expect="pattern", required=["pattern"], heads=1, kv_heads=1, d_head=D, layers=dict(encoder=0, decoder=1), exporter="ts:17", opset=17)
    config = dict(model_type="lstm", is_encoder_decoder=True, decoder_start_token_id=START, vocab_size=size)
    kit.write_entry(name, body, [case], [r], path, config, None, extra={"generation_config.json": dict(decoder_start_token_id=START)})
    for file, data in files.items():
        with open(os.path.join(kit.DATA, "made", name, file), "wb") as f:
            f.write(data)


def entries():
    return [
        ("lstm-steps", lambda n: steps(n, Step, 2, 81, "two LSTM layers, step file; the states leave in another order than they enter")),
        ("lstm-written-out", lambda n: steps(n, WrittenOut, 1, 83, "an LSTM cell written out gate by gate; the states leave in another order than they enter")),
    ]
