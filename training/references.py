"""Reference tensors of the starter models for the extension's oracle tests: PyTorch, float32, from the rounded weights. Same keys and files as the zoo's entries."""
import math
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save_file
from tokenizers import Tokenizer
from torch import Tensor, nn

from .folders import write_json
from .recurrent import MASKED, RecurrentTranslator
from .runtime import OnnxDecoder, OnnxEncoder, OnnxRecurrent, OnnxTranslator
from .tokenization import SOS
from .translator import Attention, Translator

HIDDEN_CELL = -3.4e38  # how masked cells of `scores` are stored
TOLERANCE = dict(pattern=1e-4, default=1e-3)
ENGLISH = [("crash", "Looks like I just crashed the server"), ("check", "Server, can I have the check?")]
PROMPTS = [("server", "The server was"), ("once", "Once upon a time")]
FRENCH = [("africa", "Jane visite l'Afrique en septembre", "Jane visits Africa in September"), ("question", "Peux-tu fermer la fenêtre ?", "Can you close the window?")]

Tensors = dict[str, np.ndarray]


def numbers(x: Tensor) -> np.ndarray:
    return np.ascontiguousarray(x.detach().float().numpy())


def attention_tensors(prefix: str, q: Tensor, k: Tensor, v: Tensor, w_o: Tensor, bias: Tensor | None, causal: bool, rotated: tuple[Tensor, Tensor] | None = None) -> Tensors:
    """Everything of one attention from q, k, v [head, pos, d_head] and W_O [d_model, head * d_head], by the formulas of the papers."""
    used_q, used_k = rotated or (q, k)
    scores = used_q @ used_k.mT / math.sqrt(q.shape[-1])
    if causal:
        scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1).bool(), HIDDEN_CELL)
    pattern = scores.softmax(-1)
    z = pattern @ v
    parts = w_o.reshape(w_o.shape[0], q.shape[0], -1).permute(1, 2, 0)  # [head, d_head, d_model]
    result = z @ parts
    out = result.sum(0) + (bias if bias is not None else 0)
    found = dict(q=q, k=k, v=v, scores=scores, pattern=pattern, z=z, result=result, attn_out=out)
    if rotated:
        found.update(rot_q=used_q, rot_k=used_k)
    return {f"{prefix}.{name}": numbers(x) for name, x in found.items()}


class Record:
    """Inputs and outputs of modules during one forward pass."""

    def __init__(self, modules: dict[str, nn.Module]):
        self.inputs: dict[str, Tensor] = {}
        self.outputs: dict[str, Tensor] = {}
        self.handles = [m.register_forward_hook(lambda _, i, o, n=n: self.keep(n, i, o)) for n, m in modules.items()]

    def keep(self, name: str, inputs: tuple, output) -> None:
        self.inputs[name] = inputs[0] if inputs else None
        self.outputs[name] = output[0] if isinstance(output, tuple) else output

    def close(self) -> None:
        for h in self.handles:
            h.remove()


def heads_of(x: Tensor, heads: int) -> Tensor:
    """[1, pos, d] -> [head, pos, d_head]"""
    return x[0].reshape(x.shape[1], heads, -1).transpose(0, 1)


def same(a: np.ndarray, b: Tensor) -> float:
    return float(np.abs(a - numbers(b)).max())


def encoder_case(bert: nn.Module, ids: list[int]) -> tuple[Tensors, float]:
    """Tensors of a BERT and the largest difference between the formulas and the module itself."""
    modules = {}
    for i, layer in enumerate(bert.bert.encoder.layer):
        a = layer.attention
        modules |= {f"{i}.q": a.self.query, f"{i}.k": a.self.key, f"{i}.v": a.self.value, f"{i}.o": a.output.dense, f"{i}.layer": layer}
    record, x = Record(modules), torch.tensor([ids])
    logits = bert(input_ids=x, attention_mask=torch.ones_like(x), token_type_ids=torch.zeros_like(x)).logits[0]
    record.close()
    out, worst = {"logits": numbers(logits)}, 0.0
    for i, layer in enumerate(bert.bert.encoder.layer):
        heads = bert.config.num_attention_heads
        q, k, v = (heads_of(record.outputs[f"{i}.{n}"], heads) for n in "qkv")
        dense = layer.attention.output.dense
        out |= attention_tensors(f"encoder.{i}.self", q, k, v, dense.weight, dense.bias, False)
        worst = max(worst, same(out[f"encoder.{i}.self.attn_out"], record.outputs[f"{i}.o"][0]))
        out |= {f"encoder.{i}.resid_pre": numbers(record.inputs[f"{i}.layer"][0]), f"encoder.{i}.resid_post": numbers(record.outputs[f"{i}.layer"].reshape(len(ids), -1))}
    return out, worst


def rotate(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Rotary positions, the two halves of a head as in Llama."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat([-x[..., half:], x[..., :half]], -1) * sin


def decoder_case(llama: nn.Module, ids: list[int]) -> tuple[Tensors, float]:
    """Tensors of a Llama."""
    modules, c = {}, llama.config
    for i, layer in enumerate(llama.model.layers):
        a = layer.self_attn
        modules |= {f"{i}.q": a.q_proj, f"{i}.k": a.k_proj, f"{i}.v": a.v_proj, f"{i}.o": a.o_proj, f"{i}.layer": layer}
    record, x = Record(modules), torch.tensor([ids])
    logits = llama(input_ids=x, attention_mask=torch.ones_like(x), use_cache=False).logits[0]
    record.close()
    size = c.hidden_size // c.num_attention_heads
    angles = torch.arange(len(ids))[:, None] / 10000.0 ** (torch.arange(0, size, 2) / size)
    cos, sin = torch.cat([angles, angles], -1).cos(), torch.cat([angles, angles], -1).sin()
    out, worst = {"logits": numbers(logits)}, 0.0
    for i, layer in enumerate(llama.model.layers):
        q, k, v = (heads_of(record.outputs[f"{i}.{n}"], c.num_attention_heads) for n in "qkv")
        out |= attention_tensors(f"decoder.{i}.self", q, k, v, layer.self_attn.o_proj.weight, None, True, (rotate(q, cos, sin), rotate(k, cos, sin)))
        worst = max(worst, same(out[f"decoder.{i}.self.attn_out"], record.outputs[f"{i}.o"][0]))
        out |= {f"decoder.{i}.resid_pre": numbers(record.inputs[f"{i}.layer"][0]), f"decoder.{i}.resid_post": numbers(record.outputs[f"{i}.layer"].reshape(len(ids), -1))}
    return out, worst


def own_attentions(model: Translator) -> dict[str, tuple[Attention, bool]]:
    """Site name -> (module, causal) of the translator."""
    found = {f"encoder.{i}.self": (layer.self_attn, False) for i, layer in enumerate(model.encoder.layers)}
    for i, layer in enumerate(model.decoder.layers):
        found |= {f"decoder.{i}.self": (layer.self_attn, True), f"decoder.{i}.cross": (layer.encoder_attn, False)}
    return found


def translator_case(model: Translator, source: list[int], target: list[int]) -> tuple[Tensors, float]:
    """Tensors of encoder, decoder and cross-attention."""
    sites = own_attentions(model)
    layers = {f"encoder.{i}": layer for i, layer in enumerate(model.encoder.layers)} | {f"decoder.{i}": layer for i, layer in enumerate(model.decoder.layers)}
    modules = {f"{s}.{n}": getattr(a, f"{n}_proj") for s, (a, _) in sites.items() for n in ("q", "k", "v", "out")}
    record = Record(modules | layers)
    x, y = torch.tensor([source]), torch.tensor([target])
    mask = torch.ones_like(x)
    logits = model.decoder(y, mask, model.encoder(x, mask))[0][0]
    record.close()
    out, worst = {"logits": numbers(logits)}, 0.0
    for site, (a, causal) in sites.items():
        q, k, v = (heads_of(record.outputs[f"{site}.{n}"], a.heads) for n in "qkv")
        out |= attention_tensors(site, q, k, v, a.out_proj.weight, a.out_proj.bias, causal)
        worst = max(worst, same(out[f"{site}.attn_out"], record.outputs[f"{site}.out"][0]))
    for name in layers:
        out |= {f"{name}.resid_pre": numbers(record.inputs[name][0]), f"{name}.resid_post": numbers(record.outputs[name].reshape(record.inputs[name][0].shape))}
    return out, worst


def recurrent_case(model: RecurrentTranslator, source: list[int], target: list[int]) -> tuple[Tensors, float]:
    """Pattern, scores and context [1, target, ...] of the additive attention, step by step."""
    states, hidden = model.encoder(torch.tensor([source]))
    rows, logits = [], []
    for token in target:
        context, weights, scores = model.decoder.attention(hidden[0], states)
        rows.append((weights[0, 0], scores[0, 0], context[0]))
        step, hidden = model.decoder(torch.tensor([[token]]), hidden, states)
        logits.append(step[0, 0])
    pattern, scores, z = (torch.stack(r)[None] for r in zip(*rows))
    scores = scores.masked_fill(scores < MASKED / 2, HIDDEN_CELL)
    prefix = "decoder.0.cross"
    out = {"logits": numbers(torch.stack(logits)), f"{prefix}.pattern": numbers(pattern), f"{prefix}.scores": numbers(scores), f"{prefix}.z": numbers(z)}
    return out, same(numbers(pattern @ states), z)


def describe_case(tokenizer: Tokenizer, name: str, text: str, target: str | None = None) -> dict:
    """Text, ids, tokens and offsets (all texts here are in the basic plane, so characters are UTF-16 units)."""
    e = tokenizer.encode(text)
    case = dict(id=name, text=text, input_ids=e.ids, tokens=e.tokens, offsets=[list(o) for o in e.offsets])
    if target is not None:
        ids = [SOS, *tokenizer.encode(target, add_special_tokens=False).ids]
        case |= dict(target=target, decoder_input_ids=ids, decoder_tokens=[tokenizer.id_to_token(i) for i in ids])
    return case


def exported_patterns(kind: str, model_folder: Path, case: dict) -> dict[str, np.ndarray]:
    """Patterns of the exported file for a case, by reference key."""
    if kind == "encoder":
        return {f"encoder.{i}.self.pattern": p for i, p in enumerate(OnnxEncoder(model_folder).attention(case["input_ids"]))}
    if kind == "decoder":
        model = OnnxDecoder(model_folder)
        return {f"decoder.{i}.self.pattern": p[0] for i, p in enumerate(model.run([case["input_ids"]], model.patterns))}
    model = OnnxTranslator(model_folder) if kind == "translator" else OnnxRecurrent(model_folder)
    patterns = model.attention(case["input_ids"], case["decoder_input_ids"])
    layers = len(model.cross) if kind == "translator" else 1
    return {f"decoder.{i}.cross.pattern": p for i, p in enumerate(np.split(patterns, layers))}


def export_difference(kind: str, model_folder: Path, cases: list[dict], tensors: list[Tensors]) -> float:
    """Largest difference of a pattern between the exported file and PyTorch."""
    return max(float(np.abs(p - t[key]).max()) for case, t in zip(cases, tensors) for key, p in exported_patterns(kind, model_folder, case).items())


def write_entry(folder: Path, name: str, facts: dict, cases: list[dict], tensors: list[Tensors], verified: dict[str, float]) -> None:
    """cases.json and reference.safetensors of one starter."""
    folder.mkdir(parents=True, exist_ok=True)
    save_file({f"{c['id']}/{k}": v for c, t in zip(cases, tensors) for k, v in t.items()}, str(folder / "reference.safetensors"))
    (folder / "reference.safetensors").chmod(0o644)
    write_json(folder / "cases.json", dict(name=name, model=f"bundled:{name}", exporter="ts:eager:17", opset=17, tolerance=TOLERANCE, why="starter model; weights rounded to float16 as they are stored", cases=cases, **facts, verified=verified))


@torch.no_grad()
def record(kind: str, model: nn.Module, tokenizer: Tokenizer, model_folder: Path, folder: Path) -> None:
    """Write the reference entry of a starter from its rounded PyTorch model, once the exported file agrees with it."""
    c = model.config
    if kind == "encoder":
        cases, run = [describe_case(tokenizer, *e) for e in ENGLISH], lambda x: encoder_case(model, x["input_ids"])
        facts = dict(family="bert", expect="full", layers=dict(encoder=c.num_hidden_layers, decoder=0), heads=c.num_attention_heads, kv_heads=c.num_attention_heads, d_head=c.hidden_size // c.num_attention_heads, d_model=c.hidden_size, causal=False)
    elif kind == "decoder":
        cases, run = [describe_case(tokenizer, *e) for e in PROMPTS], lambda x: decoder_case(model, x["input_ids"])
        facts = dict(family="llama", expect="full", layers=dict(encoder=0, decoder=c.num_hidden_layers), heads=c.num_attention_heads, kv_heads=c.num_attention_heads, d_head=c.hidden_size // c.num_attention_heads, d_model=c.hidden_size, causal=True)
    elif kind == "translator":
        cases, run = [describe_case(tokenizer, *e) for e in FRENCH], lambda x: translator_case(model, x["input_ids"], x["decoder_input_ids"])
        facts = dict(family="translator", expect="full", layers=dict(encoder=c.encoder_layers, decoder=c.decoder_layers), heads=c.encoder_attention_heads, kv_heads=c.encoder_attention_heads, d_head=c.d_model // c.encoder_attention_heads, d_model=c.d_model, causal=True)
    else:
        cases, run = [describe_case(tokenizer, *e) for e in FRENCH], lambda x: recurrent_case(model, x["input_ids"], x["decoder_input_ids"])
        facts = dict(family="bahdanau", expect="pattern", required=["pattern"], layers=dict(encoder=0, decoder=1), heads=1, kv_heads=1, d_head=2 * c.encoder_hidden_size, d_model=2 * c.encoder_hidden_size, causal=True)
    results = [run(case) for case in cases]
    worst = max(w for _, w in results)
    tensors = [t for t, _ in results]
    exported = export_difference(kind, model_folder, cases, tensors)
    if max(worst, exported) > 1e-4:
        raise ValueError(f"{kind}: formulas and module differ by {worst:.2e}, exported file and module by {exported:.2e}")
    write_entry(folder, kind, facts, cases, tensors, {"sum=out": worst, "onnx pattern": exported})
