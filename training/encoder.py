"""The encoder's recipe: BERT with masked tokens and the auxiliary sense objective on "server". Standard architecture, standard names."""
import random
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import BertConfig, BertForMaskedLM

from .batching import LengthWindows, mask_tokens, pad
from .corpora import read_lines
from .senses import SERVER_WORD, SenseSentence, corpus_sentences, synonym_sentences, template_sentences
from .tokenization import MASK, WORDPIECE_SPECIAL, load_or_train, train_wordpiece

CONTEXT = 96
FIRST_WORD = len(WORDPIECE_SPECIAL)
FORCED = ["server", "waiter", "waitress", "menu", "restaurant", "crashed", "computer", "check", "memory"]


def config(vocabulary: int, small: bool = False) -> BertConfig:
    """The architecture; `small` is for smoke tests."""
    size = dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64) if small else dict(hidden_size=160, num_hidden_layers=4, num_attention_heads=4, intermediate_size=480)
    return BertConfig(vocab_size=vocabulary, max_position_embeddings=CONTEXT, type_vocab_size=2, initializer_range=0.04, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, pad_token_id=0, **size)


HEAD_DROPOUT = 0.3


class EncoderModel(nn.Module):
    """BertForMaskedLM and the sense head, which is used in training only."""

    def __init__(self, cfg: BertConfig):
        super().__init__()
        self.bert_lm = BertForMaskedLM._from_config(cfg, attn_implementation="eager")
        self.sense = nn.Linear(cfg.hidden_size, 2)
        self.dropout, self.drop_heads = nn.Dropout(0.05), False
        for layer in self.bert_lm.bert.encoder.layer:
            layer.attention.output.dense.register_forward_pre_hook(self.without_some_heads)

    def without_some_heads(self, _: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Leave out whole heads of a row at random, where asked for: no head can rely on another to find out the sense."""
        if not (self.drop_heads and self.training):
            return inputs
        z, heads = inputs[0], self.bert_lm.config.num_attention_heads
        kept = (torch.rand(z.shape[0], 1, heads, 1) >= HEAD_DROPOUT).to(z.dtype) / (1 - HEAD_DROPOUT)
        return ((z.unflatten(-1, (heads, -1)) * kept).flatten(-2),)

    def hidden(self, ids: Tensor) -> Tensor:
        """[row, pos] -> last hidden states [row, pos, d]."""
        return self.bert_lm.bert(input_ids=ids, attention_mask=(ids != 0).long()).last_hidden_state

    def layers_of_senses(self, ids: Tensor) -> tuple[Tensor, ...]:
        """Hidden states after every layer, with heads left out at random."""
        self.drop_heads = True
        states = self.bert_lm.bert(input_ids=ids, attention_mask=(ids != 0).long(), output_hidden_states=True).hidden_states
        self.drop_heads = False
        return states[1:]

    def sense_loss(self, layers: tuple[Tensor, ...], at: Tensor, senses: Tensor) -> Tensor:
        """Mean over layers: the sense of "server" must be readable, by one and the same linear map, after each of them."""
        rows = torch.arange(len(at))
        return torch.stack([F.cross_entropy(self.sense(self.dropout(h[rows, at])).float(), senses) for h in layers]).mean()

    def word_loss(self, hidden: Tensor, ids: Tensor, chosen: Tensor) -> Tensor:
        """Mean cross-entropy of the chosen cells."""
        return F.cross_entropy(self.bert_lm.cls(self.dropout(hidden[chosen])).float(), ids[chosen])


class EncoderTask:
    """Data, losses and quick figures of the encoder."""

    name = "encoder"

    def __init__(self, corpora: Path, folder: Path, small: bool = False, sense_weight: float = 0.5, lr: float = 2e-3, muon_lr: float = 0.02, tokens: int = 2000):
        self.lr, self.muon_lr, self.muon_decay, self.warmup, self.sense_weight = lr, muon_lr, 0.2, 200, sense_weight  # decay keeps attention from becoming all or nothing
        lines = read_lines(corpora, "en.train.txt")[: 3000 if small else None]
        natural = corpus_sentences(lines)
        templates = template_sentences(200 if small else 9000, 1)
        synonyms = synonym_sentences(100 if small else 3000, 4)
        self.tokenizer = load_or_train(folder / "tokenizer.json", lambda: train_wordpiece([*lines, *(s.text for s in templates), *(s.text for s in natural * 4), *synonyms], 600 if small else 6000, FORCED))
        self.vocabulary, self.server = self.tokenizer.get_vocab_size(), self.tokenizer.token_to_id("server")
        torch.manual_seed(0)
        self.model = EncoderModel(config(self.vocabulary, small))
        self.text = LengthWindows([*self.encode(lines), *self.encode(synonyms)], tokens)
        self.senses = self.encode_senses(templates + natural * 3)
        self.sense_rows = tokens // 80
        self.dev = sorted(self.encode(read_lines(corpora, "en.dev.txt")[: 100 if small else None]), key=len)
        self.held_templates = self.encode_senses(template_sentences(10400, 1)[10000:] if not small else templates[:40])

    def encode(self, lines: list[str]) -> list[list[int]]:
        """Token ids, cut to the context, lines of fewer than three words left out."""
        return [e.ids[:CONTEXT] for e in self.tokenizer.encode_batch(lines) if len(e.ids) > 4]

    def encode_senses(self, items: list[SenseSentence]) -> list[tuple[list[int], int, int]]:
        """(ids, position of "server", sense) of sentences in which "server" is one token within the context."""
        out = []
        for s, e in zip(items, self.tokenizer.encode_batch([s.text for s in items])):
            ids = e.ids[:CONTEXT]
            if SERVER_WORD.search(s.text) and self.server in ids:
                out.append((ids, ids.index(self.server), s.sense))
        return out

    def loss(self, rng: random.Random) -> tuple[Tensor, dict[str, float], int]:
        """Masked tokens of a text batch and of a sense batch, plus the sense of "server"."""
        ids = pad(self.text.draw(rng))
        items = [self.senses[rng.randrange(len(self.senses))] for _ in range(self.sense_rows)]
        sense_ids = pad([i for i, _, _ in items])
        at, senses = torch.tensor([p for _, p, _ in items]), torch.tensor([s for _, _, s in items])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            masked, chosen = mask_tokens(ids, 0.2, MASK, FIRST_WORD, self.vocabulary)
            words = self.model.word_loss(self.model.hidden(masked), ids, chosen)
            rows = torch.arange(len(items))
            keep = torch.zeros_like(sense_ids, dtype=torch.bool)
            keep[rows, at] = torch.rand(len(items)) < 0.8
            masked, chosen = mask_tokens(sense_ids, 0.2, MASK, FIRST_WORD, self.vocabulary, keep)
            layers = self.model.layers_of_senses(masked)
            sense_words = self.model.word_loss(layers[-1], sense_ids, chosen)
            sense = self.model.sense_loss(layers, at, senses)
        total = words + 0.3 * sense_words + self.sense_weight * sense
        return total, dict(words=words.item(), sense_words=sense_words.item(), sense=sense.item()), int((ids > 0).sum() + (sense_ids > 0).sum())

    def measure(self, model: EncoderModel) -> dict[str, float]:
        """Masked-token loss on the held-out text (15 % masked, fixed seed) and the sense head on held-out templates."""
        generator, total, count = torch.Generator().manual_seed(7), 0.0, 0
        for i in range(0, len(self.dev), 64):
            ids = pad(self.dev[i:i + 64])
            masked, chosen = mask_tokens(ids, 0.15, MASK, FIRST_WORD, self.vocabulary, generator=generator)
            n = int(chosen.sum())
            total, count = total + float(model.word_loss(model.hidden(masked), ids, chosen)) * n, count + n
        ids, at, senses = zip(*self.held_templates)
        logits = model.sense(model.hidden(pad(list(ids)))[torch.arange(len(ids)), torch.tensor(at)])
        return dict(dev_loss=round(total / count, 3), templates=round(float((logits.argmax(-1) == torch.tensor(senses)).float().mean()), 3))
