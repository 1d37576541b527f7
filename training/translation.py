"""The recipe of both translators: pairs and templates, one tokenizer, label-smoothed cross-entropy. The architectures are in translator.py and recurrent.py."""
import random
import re
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .batching import pad
from .corpora import read_pairs, read_tsv_pairs
from .recurrent import RecurrentConfig, RecurrentTranslator
from .templates_translation import TemplatePair, template_pairs
from .tokenization import load_or_train, train_translation_bpe
from .translator import Translator, TranslatorConfig

TEST_FILE = Path(__file__).parent / "data" / "translation.test.tsv"
TEMPLATES, HELD_TEMPLATES, LIMIT = 20000, 400, 100
BATCH = {"translator": 1700, "recurrent-translator": 1000}  # tokens


def plain(text: str) -> str:
    """What counts as the same sentence: no case, no blanks before marks, no mark at the end."""
    return re.sub(r"\s+([?!;:])", r"\1", text).lower().rstrip(".!? ")


def training_templates(small: bool = False) -> tuple[list[TemplatePair], list[TemplatePair]]:
    """(for training, held out), always the same split."""
    pairs = template_pairs(HELD_TEMPLATES + (600 if small else TEMPLATES), 5)
    return pairs[HELD_TEMPLATES:], pairs[:HELD_TEMPLATES]


def held_out_sources(corpora: Path) -> set[str]:
    """Every French sentence of a test or development set: none of them is trained on."""
    pairs = read_pairs(corpora, "dev") + read_pairs(corpora, "test") + read_tsv_pairs(TEST_FILE)
    return {plain(f) for f, _ in pairs}


class TranslationTask:
    """Data, loss and quick figures of a translator; `kind` is "translator" or "recurrent-translator"."""

    def __init__(self, kind: str, corpora: Path, folder: Path, small: bool = False, lr: float = 2e-3, muon_lr: float = 0.02, tokens: int | None = None, smoothing: float = 0.1):
        self.name, self.lr, self.muon_lr, self.muon_decay, self.warmup, self.smoothing = kind, lr, muon_lr, 0.01, 200, smoothing
        self.tokens = tokens or BATCH[kind]
        held = held_out_sources(corpora)
        pairs = [p for p in read_pairs(corpora, "train")[: 2000 if small else None] if plain(p[0]) not in held]
        templates, self.held_templates = training_templates(small)
        pairs += [(t.french, t.english) for t in templates]
        shared = folder.parent / "translation-tokenizer" / "tokenizer.json"
        self.tokenizer = load_or_train(shared, lambda: train_translation_bpe((s for p in pairs for s in p), 800 if small else 4000))
        self.vocabulary = self.tokenizer.get_vocab_size()
        torch.manual_seed(0)
        self.model = build(kind, self.vocabulary, small)
        self.pairs = self.encode(pairs)
        self.dev = sorted(self.encode(read_pairs(corpora, "dev")), key=lambda p: len(p[0]))
        self.queue: list[list[int]] = []

    def encode(self, pairs: list[tuple[str, str]]) -> list[tuple[list[int], list[int]]]:
        """(source ids, target ids), both with <SOS> and <EOS>, overlong pairs left out."""
        sources, targets = (self.tokenizer.encode_batch(list(side)) for side in zip(*pairs))
        return [(s.ids, t.ids) for s, t in zip(sources, targets) if max(len(s.ids), len(t.ids)) <= LIMIT]

    def shuffle(self, rng: random.Random) -> list[list[int]]:
        """An epoch's batches: rows of like length, about `tokens` tokens each, in random order."""
        order = sorted(range(len(self.pairs)), key=lambda i: len(self.pairs[i][0]) + len(self.pairs[i][1]) + 3 * rng.random())
        out, batch, longest = [], [], 0
        for i in order:
            longest = max(longest, *map(len, self.pairs[i]))
            if batch and longest * (len(batch) + 1) > self.tokens:
                out.append(batch)
                batch, longest = [], max(map(len, self.pairs[i]))
            batch.append(i)
        out.append(batch)
        rng.shuffle(out)
        return out

    def loss(self, rng: random.Random) -> tuple[Tensor, dict[str, float], int]:
        """Cross-entropy of the target tokens after <SOS>."""
        self.queue = self.queue or self.shuffle(rng)
        rows = [self.pairs[i] for i in self.queue.pop()]
        source, target = pad([s for s, _ in rows]), pad([t for _, t in rows])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.model(source, target[:, :-1]).float()
        wanted = target[:, 1:]
        there = wanted != 0
        loss = F.cross_entropy(logits[there], wanted[there], label_smoothing=self.smoothing)
        return loss, dict(train=loss.item()), int(there.sum())

    def measure(self, model: nn.Module) -> dict[str, float]:
        """Cross-entropy and accuracy on the development pairs."""
        total, right, count = 0.0, 0, 0
        for i in range(0, len(self.dev), 64):
            source, target = pad([s for s, _ in self.dev[i:i + 64]]), pad([t for _, t in self.dev[i:i + 64]])
            logits, wanted = model(source, target[:, :-1]), target[:, 1:]
            there = wanted != 0
            total += float(F.cross_entropy(logits[there], wanted[there], reduction="sum"))
            right, count = right + int((logits.argmax(-1) == wanted)[there].sum()), count + int(there.sum())
        return dict(dev_loss=round(total / count, 3), dev_accuracy=round(right / count, 3))


def build(kind: str, vocabulary: int, small: bool) -> nn.Module:
    """The model of a kind with fresh weights."""
    if kind == "translator":
        size = dict(d_model=32, encoder_layers=2, decoder_layers=1, encoder_ffn_dim=64, decoder_ffn_dim=64) if small else {}
        return Translator(TranslatorConfig(vocabulary, **size))
    size = dict(embedding_size=32, encoder_hidden_size=16, hidden_size=32, attention_size=16) if small else {}
    return RecurrentTranslator(RecurrentConfig(vocabulary, **size))
