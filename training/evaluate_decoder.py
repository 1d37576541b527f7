"""Figures of the causal decoder, measured on the exported file: perplexity, previous-token and induction heads."""
import math
from pathlib import Path

import numpy as np

from .decoder import CONTEXT, FIRST_TOKEN
from .runtime import OnnxDecoder
from .tokenization import END_OF_TEXT

LENGTH, ROWS = 24, 24
PROMPTS = ["The server", "Once upon a time", "She opened the door and", "I think that"]


def log_softmax(x: np.ndarray) -> np.ndarray:
    x = x - x.max(-1, keepdims=True)
    return x - np.log(np.exp(x).sum(-1, keepdims=True))


def perplexity(model: OnnxDecoder, lines: list[str]) -> dict:
    """Per token, and as bits per byte and perplexity per word, which do not depend on the vocabulary."""
    rows = sorted(([*e.ids, END_OF_TEXT][:CONTEXT] for e in model.tokenizer.encode_batch(lines) if len(e.ids) > 2), key=len)
    total, count, size, blanks = 0.0, 0, 0, 0
    for i in range(0, len(rows), 32):
        batch = rows[i:i + 32]
        logs = log_softmax(model.run(batch, ["logits"])[0].astype(np.float64))
        for row, ids in zip(logs, batch):
            total -= row[np.arange(len(ids) - 1), ids[1:]].sum()
            count += len(ids) - 1
            text = model.tokenizer.decode(ids[1:])
            size, blanks = size + len(text.encode()), blanks + len(text.split())
    return dict(perplexity=round(math.exp(total / count), 1), tokens=count, bits_per_byte=round(total / math.log(2) / size, 3), perplexity_per_word=round(math.exp(total / blanks), 1))


def heads(model: OnnxDecoder, lines: list[str]) -> dict:
    """Best previous-token head on text, best induction head on random tokens repeated once (weight on the token after the earlier copy)."""
    previous, count = 0.0, 0
    for line in lines[:60]:
        patterns = np.stack([p[0] for p in model.run([model.tokenizer.encode(line).ids[:CONTEXT]], model.patterns)])
        at = np.arange(1, patterns.shape[-1])
        previous, count = previous + patterns[:, :, at, at - 1].sum(-1), count + len(at)
    rng = np.random.default_rng(3)
    first = rng.integers(FIRST_TOKEN, model.tokenizer.get_vocab_size(), (ROWS, LENGTH))
    rows = [[END_OF_TEXT, *r, *r] for r in first.tolist()]
    logits, *patterns = model.run(rows, ["logits", *model.patterns])
    at = np.arange(LENGTH + 2, 2 * LENGTH + 1)
    induction = np.stack(patterns)[..., at, at - LENGTH + 1].mean((1, 3))
    logs = log_softmax(logits.astype(np.float64))
    losses = [-np.mean([logs[i, t - 1, rows[i][t]] for i in range(ROWS) for t in part]) for part in (range(2, LENGTH + 1), range(LENGTH + 2, 2 * LENGTH + 1))]
    return dict(previous_token=best(previous / count), induction=best(induction), loss_first_copy=round(float(losses[0]), 2), loss_second_copy=round(float(losses[1]), 2))


def best(shares: np.ndarray) -> dict:
    """The best head of [layer, head]."""
    layer, head = np.unravel_index(shares.argmax(), shares.shape)
    return dict(weight=round(float(shares.max()), 3), layer=int(layer), head=int(head))


def continue_text(model: OnnxDecoder, prompt: str, count: int = 24) -> str:
    """Greedy continuation, with a token that stood in the last four left out of the choice."""
    ids = model.tokenizer.encode(prompt).ids
    for _ in range(count):
        logits = model.run([ids], ["logits"])[0][0, -1].copy()
        logits[ids[-4:]] = -1e9
        logits[:1] = -1e9
        ids.append(int(logits.argmax()))
        if ids[-1] == END_OF_TEXT:
            break
    return model.tokenizer.decode(ids)


def evaluate(folder: Path, dev: list[str]) -> dict:
    """All figures of the exported decoder."""
    model = OnnxDecoder(folder)
    return dict(**perplexity(model, dev), **heads(model, dev), samples=[continue_text(model, p) for p in PROMPTS])
