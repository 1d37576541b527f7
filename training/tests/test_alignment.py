"""Which attention row belongs to which target word: row t is the one that predicts token t + 1."""
import numpy as np
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from training.evaluate_translation import forced, template_alignment
from training.templates_translation import TemplatePair, template_pairs

WORDS = ["<pad>", "<unk>", "<SOS>", "<EOS>", "Anne", "visite", "Rome", "visits"]


class Copying:
    """Attends, while it predicts a word, to the same word of the source."""

    def __init__(self, shift: int):
        tok = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<unk>"))
        tok.pre_tokenizer = pre_tokenizers.Whitespace()
        tok.post_processor = processors.TemplateProcessing(single="<SOS> $A <EOS>", special_tokens=[("<SOS>", 2), ("<EOS>", 3)])
        self.tokenizer, self.shift = tok, shift

    def attention(self, source: list[int], target: list[int]) -> np.ndarray:
        out = np.zeros((1, len(target), len(source)))
        for row in range(len(target)):
            out[0, row, min(row + self.shift, len(source) - 1)] = 1
        return out


PAIR = TemplatePair("Anne visite Rome", "Anne visits Rome", (("Anne", "Anne"), ("Rome", "Rome")))


def test_rows_are_those_that_predict_the_word():
    assert template_alignment(Copying(1), [PAIR]).tolist() == [1.0, 1.0]  # one head and the mean
    assert template_alignment(Copying(0), [PAIR]).tolist() == [0.0, 0.0]


def test_forced_rows_begin_at_sos():
    weights, source, target = forced(Copying(1), PAIR.french, PAIR.english)
    assert weights.shape == (2, len(target.ids) - 1, len(source.ids))


def test_the_sentence_of_the_notes_is_never_generated():
    for pair in template_pairs(5000, 1):
        assert not all(w in pair.english for w in ("Jane", "Africa", "September"))
        for french, english in pair.links:
            assert french in pair.french and english in pair.english
