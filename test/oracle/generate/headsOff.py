"""References for heads that are switched off: what PyTorch answers when the columns of one head are zero in what enters W_O (a forward hook).

    python headsOff.py            # writes ../data/headsOff/reference.safetensors and heads.json

The models are those of the zoo: the parameters are read from their ONNX files and put into the transformers classes, which must give the zoo's
own references before a hook is set.
"""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file
from transformers import AutoConfig, BertForMaskedLM, GPT2LMHeadModel, LlamaForCausalLM, T5ForConditionalGeneration

DATA = Path(__file__).parent.parent / "data"


def weights(file):
    """Named parameters of the file, and the nameless (transposed) matrices in the order of the nodes that read them."""
    graph = onnx.load(file).graph
    tensors = {one.name: numpy_helper.to_array(one) for one in graph.initializer}
    nameless = [name for node in graph.node for name in node.input if name.startswith("onnx::MatMul") and name in tensors]
    return {name.removeprefix("m."): value for name, value in tensors.items()}, [tensors[name] for name in nameless]


def fill(model, file, skip=()):
    """Fills a module with the parameters of a file. Matrices that the exporter left nameless are taken in the order of the modules."""
    named, nameless = weights(file)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name in skip:
                continue
            if name in named:
                value = named[name]
            else:
                value = nameless.pop(0).T
            assert value.shape == tuple(parameter.shape), (name, value.shape, parameter.shape)
            parameter.copy_(torch.from_numpy(np.array(value)))
    return nameless


def give_head(model, matrices):
    """The matrix that is left over is that of the predictions; in the zoo it is not always the one of the embeddings."""
    if matrices:
        (matrix,) = matrices
        model.get_output_embeddings().weight = torch.nn.Parameter(torch.from_numpy(np.array(matrix.T)))


def bert(folder, config):
    model = BertForMaskedLM(config)
    give_head(model, fill(model, folder / "model.onnx"))
    return model, lambda layer, kind: model.bert.encoder.layer[layer].attention.output.dense


def gpt2(folder, config):
    model = GPT2LMHeadModel(config)
    give_head(model, fill(model, folder / "model.onnx"))
    return model, lambda layer, kind: model.transformer.h[layer].attn.c_proj


def llama(folder, config):
    model = LlamaForCausalLM(config)
    give_head(model, fill(model, folder / "onnx/model.onnx"))
    return model, lambda layer, kind: model.model.layers[layer].self_attn.o_proj


def t5(folder, config):
    model = T5ForConditionalGeneration(config)
    fill(model.encoder, folder / "onnx/encoder_model.onnx")
    decoder = {f"encoder.{name}" for name, _ in model.encoder.named_parameters()}
    give_head(model, fill(model, folder / "onnx/decoder_model.onnx", decoder))
    at = {"self": 0, "cross": 1}
    attention = {"self": "SelfAttention", "cross": "EncDecAttention"}
    return model, lambda layer, kind: getattr(model.decoder.block[layer].layer[at[kind]], attention[kind]).o


ENTRIES = {
    "bert-eager-ts14": (bert, [(0, "self", 1), (1, "self", 3)]),
    "gpt2-eager": (gpt2, [(0, "self", 0), (1, "self", 2)]),
    "llama-gqa": (llama, [(0, "self", 2), (1, "self", 1)]),
    "t5": (t5, [(0, "cross", 1), (1, "cross", 3), (0, "self", 2)]),
}


def run(model, case):
    names = [name for name in ("input_ids", "token_type_ids", "decoder_input_ids") if name in case]
    with torch.no_grad():
        out = model(**{name: torch.tensor([case[name]]) for name in names})
    return out.logits[0].numpy()


def without(model, module, head, size, case):
    def hook(_, inputs):
        z = inputs[0].clone()
        z[..., head * size : (head + 1) * size] = 0
        return (z, *inputs[1:])

    handle = module.register_forward_pre_hook(hook)
    try:
        return run(model, case)
    finally:
        handle.remove()


def main():
    references, rows = {}, []
    for entry, (make, heads) in ENTRIES.items():
        folder = DATA / "zoo" / entry
        config = AutoConfig.from_pretrained(folder, attn_implementation="eager")
        model, projection = make(folder, config)
        model.eval()
        case = json.loads((folder / "cases.json").read_text())["cases"][0]
        known = load_file(folder / "reference.safetensors")[f"{case['id']}/logits"]
        plain = run(model, case)
        assert np.abs(plain - known).max() < 1e-4, (entry, np.abs(plain - known).max())
        size = getattr(config, "d_kv", None) or config.hidden_size // config.num_attention_heads
        for layer, kind, head in heads:
            off = without(model, projection(layer, kind), head, size, case)
            change = float(np.abs(off - plain).max())
            assert change > 1e-2, (entry, layer, kind, head, change)
            key = f"{entry}/{layer}.{kind}.{head}"
            references[key] = off.astype(np.float32)
            rows.append({"entry": entry, "case": case["id"], "layer": layer, "kind": kind, "head": head, "reference": key, "change": round(change, 4)})
            print(key, off.shape, change)
    folder = DATA / "headsOff"
    folder.mkdir(exist_ok=True)
    save_file(references, folder / "reference.safetensors")
    (folder / "heads.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
