"""Figures of the encoder, measured on the exported file: masked-token loss, senses, the cue head, attention entropy."""
import math
from pathlib import Path

import numpy as np
import torch

from .batching import mask_tokens, pad
from .encoder import CONTEXT, FIRST_WORD
from .runtime import OnnxEncoder
from .senses import SERVER_WORD, SenseSentence, read_test_sentences, template_sentences
from .tokenization import MASK

TEST_FILE = Path(__file__).parent / "data" / "server.test.txt"
EXAMPLES = ["Server, can I have the check?", "Looks like I just crashed the server"]
PROBE_SEED, HEAD_SEED = 77, 78
WAITER_WORDS = {"waiter", "waitress", "waiters", "chef", "cook", "hostess", "host", "bartender", "customer", "guests"}
COMPUTER_WORDS = {"computer", "computers", "machine", "system", "program", "database", "process", "application", "website", "disk", "container", "client", "browser", "node", "cluster", "software"}
MASKS = {"The [MASK] brought us the menu": (WAITER_WORDS, COMPUTER_WORDS), "The [MASK] ran out of memory": (COMPUTER_WORDS, WAITER_WORDS)}


def masked_loss(model: OnnxEncoder, lines: list[str], share: float = 0.15, seed: int = 7) -> tuple[float, float]:
    """(mean cross-entropy, accuracy) of masked tokens of the lines, masked as in training with a fixed seed."""
    generator, loss, right, count = torch.Generator().manual_seed(seed), 0.0, 0, 0
    rows = sorted((e.ids[:CONTEXT] for e in model.tokenizer.encode_batch(lines) if len(e.ids) > 4), key=len)
    for i in range(0, len(rows), 32):
        ids = pad(rows[i:i + 32])
        masked, chosen = mask_tokens(ids, share, MASK, FIRST_WORD, model.tokenizer.get_vocab_size(), generator=generator)
        cut = [m[:len(r)] for m, r in zip(masked.tolist(), rows[i:i + 32])]
        logits = torch.from_numpy(model.run(cut, ["logits"])[0])[chosen]
        wanted = ids[chosen]
        loss, right, count = loss + float(torch.nn.functional.cross_entropy(logits, wanted, reduction="sum")), right + int((logits.argmax(-1) == wanted).sum()), count + len(wanted)
    return loss / count, right / count


def server_vectors(model: OnnxEncoder, items: list[SenseSentence]) -> tuple[np.ndarray, np.ndarray]:
    """Last hidden states of the first "server" [sentence, d] and the senses."""
    vectors = []
    for item in items:
        encoded = model.tokenizer.encode(item.text)
        vectors.append(model.run([encoded.ids], [model.hidden])[0][0, server_position(encoded, item.text)])
    return np.stack(vectors), np.array([i.sense for i in items])


def server_position(encoded, text: str) -> int:
    """The token that holds the first "server" of the text."""
    start = SERVER_WORD.search(text).start()
    return next(i for i, (a, b) in enumerate(encoded.offsets) if a <= start < b)


def fit_probe(x: np.ndarray, y: np.ndarray, penalty: float = 1e-2, steps: int = 30) -> np.ndarray:
    """Logistic regression by Newton's method; x gets a column of ones. Returns the weights."""
    x = np.c_[x, np.ones(len(x))].astype(np.float64)
    w = np.zeros(x.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - y) / len(y) + penalty * w
        curvature = (x * (p * (1 - p))[:, None]).T @ x / len(y) + penalty * np.eye(len(w))
        w -= np.linalg.solve(curvature, gradient)
    return w


def probe_accuracy(model: OnnxEncoder, test: list[SenseSentence]) -> float:
    """A linear probe learned on template sentences, tried on the given sentences."""
    x, y = server_vectors(model, template_sentences(400, PROBE_SEED))
    centre, spread = x.mean(0), x.std() + 1e-9
    w = fit_probe((x - centre) / spread, y)
    vectors, senses = server_vectors(model, test)
    scores = np.c_[(vectors - centre) / spread, np.ones(len(vectors))] @ w
    return float(((scores > 0) == (senses == 1)).mean())


def cue_first(model: OnnxEncoder, items: list[SenseSentence]) -> tuple[np.ndarray, float]:
    """Per head [layer, head]: share of sentences in which the word that "server" looks at most is a cue; and chance.

    Words are the tokens that hold a letter, without special tokens and without "server" itself.
    """
    hits, chance = [], []
    for item in items:
        encoded = model.tokenizer.encode(item.text)
        at = server_position(encoded, item.text)
        words = [i for i, (a, b) in enumerate(encoded.offsets) if b > a and i != at and any(c.isalnum() for c in item.text[a:b])]
        cue = np.array([any(encoded.offsets[i][0] < e and encoded.offsets[i][1] > s for s, e in item.cues) for i in words])
        rows = model.attention(encoded.ids)[:, :, at, words]
        hits.append(cue[rows.argmax(-1)])
        chance.append(cue.mean())
    return np.mean(hits, axis=0), float(np.mean(chance))


def wilson(share: float, n: int) -> tuple[float, float]:
    """95 % interval of a share of n."""
    z = 1.96
    centre, half = (share + z * z / (2 * n)) / (1 + z * z / n), z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return centre - half, centre + half


def entropy_share(model: OnnxEncoder, texts: list[str]) -> float:
    """Mean over heads and queries of the attention's entropy divided by log n."""
    shares = []
    for text in texts:
        p = model.attention(model.tokenizer.encode(text).ids)
        shares.append((-(p * np.log(np.maximum(p, 1e-12))).sum(-1) / math.log(p.shape[-1])).mean())
    return float(np.mean(shares))


def predictions(model: OnnxEncoder, text: str, count: int = 5) -> list[tuple[str, float]]:
    """The likeliest words at [MASK]."""
    ids = model.tokenizer.encode(text).ids
    logits = model.run([ids], ["logits"])[0][0, ids.index(MASK)].astype(np.float64)
    p = np.exp(logits - logits.max())
    p /= p.sum()
    return [(model.tokenizer.id_to_token(int(i)), round(float(p[i]), 3)) for i in p.argsort()[::-1][:count]]


def right_sense(model: OnnxEncoder, text: str, right: set[str], wrong: set[str]) -> dict:
    """Probability at [MASK] of words that have one of the senses only ("server" has both and counts for neither)."""
    likely = predictions(model, text, model.tokenizer.get_vocab_size())
    a, b = (round(sum(p for w, p in likely if w in words), 3) for words in (right, wrong))
    return dict(right_sense=a, wrong_sense=b, passed=a > b and any(w in right for w, _ in likely[:5]))


def example_heads(model: OnnxEncoder) -> list[dict]:
    """For the two sentences of the notes: the head in which "server" looks at the telling word most."""
    out = []
    for text, cue in zip(EXAMPLES, ("check", "crashed")):
        encoded = model.tokenizer.encode(text)
        rows = model.attention(encoded.ids)[:, :, server_position(encoded, text)]
        start = text.index(cue)
        key = next(i for i, (a, b) in enumerate(encoded.offsets) if a <= start < b)
        layer, head = np.unravel_index(rows[:, :, key].argmax(), rows.shape[:2])
        first = encoded.offsets[int(rows[layer, head, 1:-1].argmax()) + 1] == encoded.offsets[key]
        out.append(dict(text=text, cue=cue, layer=int(layer), head=int(head), weight=round(float(rows[layer, head, key]), 3), first_of_the_row=bool(first)))
    return out


def cue_head(model: OnnxEncoder, test: list[SenseSentence]) -> dict:
    """One head, chosen on templates, then measured on the hand-written sentences."""
    on_templates, _ = cue_first(model, template_sentences(300, HEAD_SEED))
    layer, head = np.unravel_index(on_templates.argmax(), on_templates.shape)
    shares, chance = cue_first(model, test)
    share = float(shares[layer, head])
    low, high = wilson(share, len(test))
    return dict(layer=int(layer), head=int(head), on_templates=round(float(on_templates.max()), 3), share=round(share, 3), interval=[round(low, 3), round(high, 3)], median_of_heads=round(float(np.median(shares)), 3), best_of_all_heads=round(float(shares.max()), 3), chance=round(chance, 3))


def evaluate(folder: Path, dev: list[str], file: str = "model.onnx", brief: bool = False) -> dict:
    """All figures of one exported file; `brief` leaves out what only the main variant needs."""
    model, test = OnnxEncoder(folder, file), read_test_sentences(TEST_FILE)
    loss, accuracy = masked_loss(model, dev)
    figures = dict(masked_token_loss=round(loss, 3), masked_token_accuracy=round(accuracy, 3), senses=round(probe_accuracy(model, test), 3), sentences=len(test), entropy_share=round(entropy_share(model, EXAMPLES), 3))
    if brief:
        return figures
    right = {text: right_sense(model, text, *words) for text, words in MASKS.items()}
    return dict(**figures, cue_head=cue_head(model, test), example_heads=example_heads(model), masks={t: predictions(model, t) for t in MASKS}, masks_right=right)
