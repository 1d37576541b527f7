"""What a user would use instead: a model of the same size in PyTorch, its attentions drawn by BertViz.

`inPython.py make FOLDER` writes the model (random weights), `inPython.py show FOLDER TEXT` is one cold look at a text.
"""

import pathlib
import sys

import torch
from bertviz import head_view
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

SIZES = dict(hidden_size=384, num_hidden_layers=6, num_attention_heads=12, intermediate_size=1536)


def make(folder: str) -> None:
    torch.manual_seed(0)
    config = BertConfig(vocab_size=15000, max_position_embeddings=512, **SIZES)
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)


def show(folder: str, text: str) -> None:
    tokenizer = PreTrainedTokenizerFast(tokenizer_file=f"{folder}/tokenizer.json")
    model = BertModel.from_pretrained(folder, attn_implementation="eager", add_pooling_layer=False).eval()
    ids = tokenizer(text, return_tensors="pt")["input_ids"]
    with torch.no_grad():
        attentions = model(input_ids=ids, output_attentions=True).attentions
    page = head_view(attentions, tokenizer.convert_ids_to_tokens(ids[0]), html_action="return")
    pathlib.Path(folder, "page.html").write_text(page.data)


if __name__ == "__main__":
    {"make": make, "show": show}[sys.argv[1]](*sys.argv[2:])
