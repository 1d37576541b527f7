"""BLEU, IBM model 1 links and word coverage: arithmetic on tokens, no models."""
import math
import re
from collections import Counter

import numpy as np


def words(text: str) -> list[str]:
    """Words and marks, cased."""
    return re.findall(r"\w+|[^\w\s]", text)


def ngrams(tokens: list[str], n: int) -> Counter:
    return Counter(tuple(tokens[i:i + n]) for i in range(len(tokens) - n + 1))


def bleu(hypotheses: list[str], references: list[list[str]]) -> float:
    """Corpus BLEU-4 in percent (Papineni et al., 2002): cased, any number of references, brevity by the closest reference (the shorter of two)."""
    hits, totals, length, wanted = [0] * 4, [0] * 4, 0, 0
    for hypothesis, refs in zip(hypotheses, references, strict=True):
        h, rs = words(hypothesis), [words(r) for r in refs]
        length += len(h)
        wanted += min((abs(len(r) - len(h)), len(r)) for r in rs)[1]
        for n in range(1, 5):
            best: Counter = Counter()
            for r in rs:
                best |= ngrams(r, n)
            found = ngrams(h, n)
            hits[n - 1] += sum((found & best).values())
            totals[n - 1] += sum(found.values())
    if min(hits) == 0:
        return 0.0
    brevity = min(1.0, math.exp(1 - wanted / length))
    return 100 * brevity * math.exp(sum(math.log(a / b) for a, b in zip(hits, totals)) / 4)


def covering(offsets: list[tuple[int, int]], text: str, word: str) -> list[int]:
    """Tokens that hold a part of the whole word `word` in the text; empty where it does not stand there."""
    found = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)
    if not found:
        return []
    return [i for i, (a, b) in enumerate(offsets) if b > a and a < found.end() and b > found.start() and text[a:b].strip()]


Pair = tuple[list[int], list[int]]


class Ibm1:
    """IBM model 1 with a preference for the diagonal, learned in one direction: p(left | right)."""

    def __init__(self, pairs: list[Pair], rounds: int = 5, slope: float = 4.0):
        size = 1 + max(max(max(a), max(b)) for a, b in pairs)
        left = np.concatenate([np.repeat(a, len(b)) for a, b in pairs]).astype(np.int64)
        right = np.concatenate([np.tile(b, len(a)) for a, b in pairs]).astype(np.int64)
        self.prior = np.concatenate([diagonal(len(a), len(b), slope).ravel() for a, b in pairs])
        self.keys, cell = np.unique(left * size + right, return_inverse=True)
        owner = self.keys % size
        starts = np.cumsum([0] + [len(a) for a, _ in pairs[:-1]])
        # every left word is explained by the right words of its sentence
        row = np.concatenate([s + np.repeat(np.arange(len(a)), len(b)) for s, (a, b) in zip(starts, pairs)])
        p = np.ones(len(self.keys))
        for _ in range(rounds):
            weight = p[cell] * self.prior
            weight /= np.bincount(row, weight)[row]
            count = np.bincount(cell, weight)
            p = count / np.bincount(owner, count)[owner]
        self.weights = p[cell] * self.prior

    def best(self, index_shape: list[tuple[int, int]], count: int) -> list[np.ndarray]:
        """For the first `count` pairs: the best right position of every left position."""
        out, at = [], 0
        for a, b in index_shape[:count]:
            out.append(self.weights[at:at + a * b].reshape(a, b).argmax(1))
            at += a * b
        return out


def diagonal(a: int, b: int, slope: float) -> np.ndarray:
    """[a, b], larger where the relative positions agree."""
    return np.exp(-slope * np.abs(np.arange(a)[:, None] / a - np.arange(b)[None] / b))


def links(pairs: list[Pair], count: int) -> list[dict[int, int]]:
    """IBM-1 links of the first `count` (source, target) pairs, learned on all: target position -> source position where both directions agree."""
    swapped = [(b, a) for a, b in pairs]
    forward = Ibm1(pairs).best([(len(a), len(b)) for a, b in pairs], count)
    backward = Ibm1(swapped).best([(len(a), len(b)) for a, b in swapped], count)
    return [{t: int(s) for t, s in enumerate(back) if forth[s] == t} for forth, back in zip(forward, backward)]
