"""Figures of the translators, measured on the exported files: BLEU, templates, the sentence of the notes, alignments."""
import re
from collections import defaultdict
from pathlib import Path

import numpy as np

from .corpora import read_pairs, read_tsv_pairs
from .metrics import bleu, covering, links, words
from .runtime import OnnxRecurrent, OnnxTranslator
from .tokenization import EOS, SOS
from .translation import TEST_FILE, training_templates

Model = OnnxTranslator | OnnxRecurrent
JANE = {"Jane visite l'Afrique en septembre": "Jane visits Africa in September", "Jane visite l'Afrique en septembre.": "Jane visits Africa in September."}
LENGTHS = ((1, 4), (5, 8), (9, 12), (13, 99))
LINK_TRAINING, LINK_TEST = 25000, 300


def open_model(kind: str, folder: Path, variant: str = "") -> Model:
    return OnnxTranslator(folder, variant) if kind == "translator" else OnnxRecurrent(folder)


def translate(model: Model, sources: list[str], rows: int = 32) -> list[str]:
    """Greedy translations, in batches of equal length."""
    encoded = [e.ids for e in model.tokenizer.encode_batch(sources)]
    by_length = defaultdict(list)
    for i, ids in enumerate(encoded):
        by_length[len(ids)].append(i)
    out = [""] * len(sources)
    for length, members in by_length.items():
        for at in range(0, len(members), rows):
            batch = members[at:at + rows]
            for i, ids in zip(batch, model.greedy([encoded[i] for i in batch], SOS, EOS, 2 * length + 8)):
                out[i] = model.tokenizer.decode(ids).strip()
    return out


def by_source(pairs: list[tuple[str, str]]) -> tuple[list[str], list[list[str]]]:
    """Distinct sources, and every reference of each."""
    found: dict[str, list[str]] = {}
    for french, english in pairs:
        found.setdefault(french, []).append(english)
    return list(found), list(found.values())


def bleu_by_length(sources: list[str], got: list[str], references: list[list[str]]) -> dict[str, dict]:
    """BLEU of the sentences whose source has so many words."""
    out = {}
    for low, high in LENGTHS:
        chosen = [i for i, s in enumerate(sources) if low <= sum(w[0].isalnum() for w in words(s)) <= high]
        if chosen:
            out[f"{low}-{high}" if high < 99 else f"{low}+"] = dict(bleu=round(bleu([got[i] for i in chosen], [references[i] for i in chosen]), 1), sentences=len(chosen))
    return out


def forced(model: Model, french: str, english: str) -> tuple[np.ndarray, object, object]:
    """Weights [head and their mean, target token, source token] while the given translation is written: row t is the attention that predicts token t of the target with its <SOS> taken away."""
    source, target = model.tokenizer.encode(french), model.tokenizer.encode(english)
    weights = model.attention(source.ids, target.ids[:-1])
    return np.concatenate([weights, weights.mean(0, keepdims=True)]), source, target


def template_alignment(model: Model, templates: list) -> np.ndarray:
    """Per head, last the mean of heads: share of content words whose first token, when it is predicted, looks most at the right source word."""
    hits = []
    for t in templates:
        weights, source, target = forced(model, t.french, t.english)
        for french, english in t.links:
            wanted, tokens = covering(source.offsets, t.french, french), covering(target.offsets, t.english, english)
            if wanted and tokens:
                hits.append(np.isin(weights[:, tokens[0] - 1].argmax(-1), wanted))
    return np.mean(hits, axis=0)


def link_agreement(model: Model, corpora: Path, count: int = LINK_TEST) -> tuple[np.ndarray, int]:
    """Per head, last the mean of heads: share of IBM-1 links (both directions agree) of natural test pairs where attention is strongest on the linked token."""
    test = read_pairs(corpora, "test")[:count]
    pairs = test + read_pairs(corpora, "train")[:LINK_TRAINING]
    sides = [[e.ids[1:-1] for e in model.tokenizer.encode_batch(list(side))] for side in zip(*pairs)]
    hits = []
    for (french, english), found in zip(test, links(list(zip(*sides)), len(test))):
        weights, source, target = forced(model, french, english)
        for t, s in found.items():
            if re.search(r"\w", target.tokens[t + 1]):
                hits.append(weights[:, t].argmax(-1) == s + 1)
    return np.mean(hits, axis=0), len(hits)


def scores(model: Model, pairs: list[tuple[str, str]]) -> tuple[float, list[str], list[str], list[list[str]]]:
    """BLEU of the pairs grouped by source, and what it was computed from."""
    sources, references = by_source(pairs)
    got = translate(model, sources)
    return bleu(got, references), got, sources, references


def evaluate(kind: str, folder: Path, corpora: Path, variant: str = "") -> dict:
    """All figures of one variant; int8 gets BLEU and the sentence of the notes only."""
    model = open_model(kind, folder, variant)
    score, got, sources, references = scores(model, read_pairs(corpora, "test"))
    jane = dict(zip(JANE, translate(model, list(JANE))))
    figures = dict(bleu=round(score, 2), sentences=len(sources), jane=jane, jane_exact=all(jane[s] == JANE[s] for s in JANE))
    if variant:
        return figures
    _, held = training_templates()
    translated = translate(model, [t.french for t in held])
    handwritten, hand_got, hand_sources, _ = scores(model, read_tsv_pairs(TEST_FILE))
    aligned = template_alignment(model, held[:200])
    agreed, count = link_agreement(model, corpora)
    return dict(**figures, bleu_by_source_words=bleu_by_length(sources, got, references), bleu_handwritten=round(handwritten, 2), handwritten_sentences=len(hand_sources), templates_exact=round(float(np.mean([a == t.english for a, t in zip(translated, held)])), 4), templates=len(held),
                template_alignment=alignment_figures(aligned), ibm1_agreement=dict(**alignment_figures(agreed), links=count), samples=[dict(french=s, english=g) for s, g in list(zip(hand_sources, hand_got))[2:14]])


def alignment_figures(shares: np.ndarray) -> dict:
    """Of the mean of heads, and of every head in the order of layers."""
    return dict(mean_of_heads=round(float(shares[-1]), 3), heads=[round(float(s), 3) for s in shares[:-1]])
