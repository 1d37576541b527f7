"""The causal decoder's recipe: Llama's architecture (rotary positions), next-token objective, some rows of repeated random tokens. Standard names."""
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import LlamaConfig, LlamaForCausalLM

from .batching import LengthWindows, pad
from .corpora import read_lines
from .tokenization import END_OF_TEXT, load_or_train, train_byte_bpe

CONTEXT = 96
FIRST_TOKEN = 258  # after the special tokens and the bytes


def config(vocabulary: int, small: bool = False) -> LlamaConfig:
    """The architecture; `small` is for smoke tests."""
    size = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=4, intermediate_size=64) if small else dict(hidden_size=160, num_hidden_layers=4, num_attention_heads=5, num_key_value_heads=5, intermediate_size=256)
    return LlamaConfig(vocab_size=vocabulary, max_position_embeddings=CONTEXT, initializer_range=0.04, tie_word_embeddings=True, pad_token_id=0, bos_token_id=END_OF_TEXT, eos_token_id=END_OF_TEXT, rms_norm_eps=1e-6, **size)


class DecoderTask:
    """Data, loss and quick figures of the decoder."""

    name = "decoder"

    def __init__(self, corpora: Path, folder: Path, small: bool = False, lr: float = 2e-3, muon_lr: float = 0.02, tokens: int = 2500, repeated: float = 0.06):
        self.lr, self.muon_lr, self.muon_decay, self.warmup, self.tokens, self.repeated = lr, muon_lr, 0.1, 200, tokens, repeated
        lines = read_lines(corpora, "en.train.txt")[: 3000 if small else None]
        self.tokenizer = load_or_train(folder / "tokenizer.json", lambda: train_byte_bpe(lines, 600 if small else 4000))
        self.vocabulary = self.tokenizer.get_vocab_size()
        torch.manual_seed(0)
        self.model = LlamaForCausalLM._from_config(config(self.vocabulary, small), attn_implementation="eager")
        self.text = LengthWindows(self.encode(lines), tokens)
        self.dev = sorted(self.encode(read_lines(corpora, "en.dev.txt")[: 100 if small else None]), key=len)

    def encode(self, lines: list[str]) -> list[list[int]]:
        """Ids with the beginning mark and, where the line fits, the end mark; cut to the context."""
        return [[*e.ids, END_OF_TEXT][:CONTEXT] for e in self.tokenizer.encode_batch(lines) if len(e.ids) > 2]

    def repeat_rows(self, rng: random.Random) -> list[list[int]]:
        """Random tokens twice over: the only way to predict the second half is to look back."""
        length = rng.randrange(8, CONTEXT // 2 - 1)
        rows = [[rng.randrange(FIRST_TOKEN, self.vocabulary) for _ in range(length)] for _ in range(max(2, self.tokens // (2 * length)))]
        return [[END_OF_TEXT, *r, *r] for r in rows]

    def loss(self, rng: random.Random) -> tuple[Tensor, dict[str, float], int]:
        """Mean cross-entropy of the next token."""
        repeat = rng.random() < self.repeated
        ids = pad(self.repeat_rows(rng) if repeat else self.text.draw(rng))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            loss = next_token_loss(self.model, ids)
        return loss, {"repeated" if repeat else "train": loss.item()}, int((ids != 0).sum())

    def measure(self, model: nn.Module) -> dict[str, float]:
        """Cross-entropy and perplexity per token of the held-out lines."""
        total, count = 0.0, 0
        for i in range(0, len(self.dev), 64):
            ids = pad(self.dev[i:i + 64])
            n = int((ids[:, 1:] != 0).sum())
            total, count = total + float(next_token_loss(model, ids)) * n, count + n
        mean = total / count
        return dict(dev_loss=round(mean, 3), perplexity=round(float(torch.tensor(mean).exp()), 1))


def next_token_loss(model: nn.Module, ids: Tensor) -> Tensor:
    """Mean over all tokens after the first; padding is id 0."""
    hidden = model.model(input_ids=ids[:, :-1], attention_mask=(ids[:, :-1] != 0).long(), use_cache=False).last_hidden_state
    wanted = ids[:, 1:]
    there = wanted != 0
    return F.cross_entropy(model.lm_head(hidden[there]).float(), wanted[there])
