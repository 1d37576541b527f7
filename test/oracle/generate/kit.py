"""What every made model shares: recording activations, peaked random weights, verifying and writing an entry.

Recording is the reference: a module calls keep(site, name, tensor) in its own eager forward; nothing is read back from ONNX.
"""
import json
import math
import os

import numpy as np
import torch
import torch.nn as nn
from safetensors.numpy import save_file
from tokenizers import Tokenizer

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "..", "data")
MASKED = -3.4e38
D, HEADS, LAYERS, MAX = 32, 4, 2, 64
E = D // HEADS
TEXTS = [("server", "Looks like I just crashed the server"), ("bank", "They sat on the bank, I think.")]

kept = None  # name -> tensor with batch axis, or None while exporting


def keep(*path_and_tensor):
    """keep('decoder.0.self', 'q', tensor): records a tensor under a dotted name when a recording is running."""
    *path, tensor = path_and_tensor
    if kept is not None:
        kept[".".join(str(p) for p in path)] = tensor.detach().float().clone()
    return tensor


def record(model, feeds):
    global kept
    kept = {}
    with torch.no_grad():
        out = model(*feeds)
    result, kept = kept, None
    return out, {k: v[0].numpy() for k, v in result.items()}


def peaked(model, seed):
    """Random weights without neutral norms or biases."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():
        with torch.no_grad():
            noise = torch.randn(p.shape, generator=generator)
            if "sink" in name:
                p.copy_(0.5 * noise)
            elif p.ndim == 1 and name.endswith("weight"):
                p.copy_(1 + 0.25 * noise)
            elif p.ndim == 1:
                p.copy_(0.2 * noise)
            elif "emb" in name:
                p.copy_(noise)
            else:
                p.copy_(noise / math.sqrt(max(p.shape[-1], p.shape[0]) if p.ndim == 2 else D))
    return model.eval()


def entropy(pattern):
    """Mean over rows of attention entropy / log(number of visible keys)."""
    p = pattern.astype(np.float64)
    visible = (p > 0).sum(-1)
    h = -(p * np.log(np.where(p > 0, p, 1))).sum(-1)
    rows = visible > 1
    return float((h[rows] / np.log(visible[rows])).mean())


def mean_entropy(model, cases):
    values = []
    for feeds in cases:
        _, r = record(model, feeds)
        values += [entropy(v) for k, v in r.items() if k.endswith(".pattern")]
    return float(np.mean(values))


def sharpen(model, cases, weights, wanted=0.45, low=-3.0):
    """Scales `weights` (parameters that scores are linear in) by one factor until the mean entropy is `wanted`."""
    high, now = 5.0, 0.0
    for _ in range(18):
        gain = (low + high) / 2
        with torch.no_grad():
            for w in weights:
                w.mul_(2 ** (gain - now))
        now = gain
        low, high = (gain, high) if mean_entropy(model, cases) > wanted else (low, gain)


def tokenizer_of(entry):
    return os.path.join(DATA, "zoo", entry, "tokenizer.json")


def case_of(tokenizer, name, text, pair=None):
    e = tokenizer.encode(text, pair) if pair else tokenizer.encode(text)
    # UTF-16 offsets: the texts here are of the basic plane, so characters are code units.
    case = dict(id=name, text=text, input_ids=e.ids, tokens=e.tokens, offsets=[list(o) for o in e.offsets])
    if pair:
        case.update(text_pair=pair, token_type_ids=e.type_ids, sequence_ids=e.sequence_ids)
    return case


def clean(name, value):
    value = np.ascontiguousarray(value, dtype=np.float32)
    return np.where(value < -1e3, np.float32(MASKED), value) if name.endswith(".scores") else value


def verify(r, sink=False):
    """The identities that hold within the reference alone; returns the worst deviation of each."""
    worst = {}
    for site in {k.rsplit(".", 1)[0] for k in r if k.endswith(".pattern")}:
        p, s = r[f"{site}.pattern"], r.get(f"{site}.scores")
        if s is not None and not sink:
            s = np.where(s < -1e3, -np.inf, s.astype(np.float64))
            e = np.exp(s - s.max(-1, keepdims=True))
            worst["softmax"] = max(worst.get("softmax", 0), float(np.abs(e / e.sum(-1, keepdims=True) - p).max()))
        v, z = r.get(f"{site}.v"), r.get(f"{site}.z")
        if v is not None and z is not None:
            worst["pv=z"] = max(worst.get("pv=z", 0), float(np.abs(p @ np.repeat(v, p.shape[0] // v.shape[0], 0) - z).max()))
    assert all(x < 1e-4 for x in worst.values()), worst
    return worst


def write_entry(name, meta, cases, references, tokenizer_path, config, onnx_bytes=None, onnx_name="model.onnx", extra=None):
    """Writes the folder in the zoo's layout. `onnx_bytes` None: the file is there already."""
    folder = os.path.join(DATA, "made", name)
    os.makedirs(folder, exist_ok=True)
    if onnx_bytes is not None:
        with open(os.path.join(folder, onnx_name), "wb") as f:
            f.write(onnx_bytes)
    with open(tokenizer_path, encoding="utf-8") as f:
        tokenizer = f.read()
    with open(os.path.join(folder, "tokenizer.json"), "w", encoding="utf-8") as f:
        f.write(tokenizer)
    body = dict(name=name, tolerance={"pattern": 1e-4, "default": 1e-3}, expect="full", **{}) | meta | dict(cases=cases)
    for file, content in [("cases.json", body), ("config.json", config), *(extra or {}).items()]:
        with open(os.path.join(folder, file), "w", encoding="utf-8") as f:
            json.dump(content, f, indent=1, ensure_ascii=False)
            f.write("\n")
    flat = {f"{c['id']}/{k}": clean(k.split("@")[0], v) for c, r in zip(cases, references) for k, v in r.items()}
    if flat:
        save_file(flat, os.path.join(folder, "reference.safetensors"))
        os.chmod(os.path.join(folder, "reference.safetensors"), 0o644)
    size = sum(os.path.getsize(os.path.join(folder, f)) for f in os.listdir(folder))
    print(f"{name:24} {size // 1024:5} KB  entropy {meta.get('entropy', 0):.2f}  onnx-torch {meta.get('verified', {}).get('onnx_vs_torch', -1):.1e}", flush=True)


def load_tokenizer(path):
    return Tokenizer.from_file(path)
