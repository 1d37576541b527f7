"""Trains the three tokenizers and writes the tokenizer files of a model folder. Their ids of special tokens are fixed here."""
import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

WORDPIECE_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TRANSLATION_SPECIAL = ["<pad>", "<unk>", "<SOS>", "<EOS>"]
BYTE_SPECIAL = ["<pad>", "<|endoftext|>"]
PAD, UNK, SOS, EOS = range(4)  # translation
CLS, SEP, MASK = 2, 3, 4  # encoder
END_OF_TEXT = 1  # decoder


def train_wordpiece(lines: Iterable[str], size: int, forced: list[str]) -> Tokenizer:
    """Lower-cased WordPiece as BERT's; `forced` words get an entry of their own even where they are rare."""
    tok = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=100))
    tok.normalizer, tok.pre_tokenizer, tok.decoder = normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer(), decoders.WordPiece()
    tok.train_from_iterator(lines, trainers.WordPieceTrainer(vocab_size=size, special_tokens=WORDPIECE_SPECIAL, min_frequency=3, show_progress=False))
    tok = force_words(tok, forced)
    tok.post_processor = processors.TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)])
    return tok


def force_words(tok: Tokenizer, words: list[str]) -> Tokenizer:
    """Give each word an entry, in place of the last entries of the vocabulary (the rarest merges)."""
    data = json.loads(tok.to_str())
    vocab = data["model"]["vocab"]
    missing = [w for w in words if w not in vocab]
    rarest = sorted((w for w in vocab if len(w) > 3 and w not in words and w not in WORDPIECE_SPECIAL), key=vocab.get, reverse=True)
    for new, old in zip(missing, rarest):
        vocab[new] = vocab.pop(old)
    return Tokenizer.from_str(json.dumps(data))


def train_translation_bpe(lines: Iterable[str], size: int) -> Tokenizer:
    """One cased BPE for both languages: words begin with "▁", "l'" is a word of its own, punctuation stands alone."""
    tok = Tokenizer(models.BPE(unk_token="<unk>"))
    tidy = [normalizers.NFC(), normalizers.Replace("\u2019", "'")] + [normalizers.Replace(f" {mark}", mark) for mark in "?!;:"]
    tok.normalizer = normalizers.Sequence(tidy)
    tok.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Metaspace(), pre_tokenizers.Split(Regex("'"), "merged_with_previous"), pre_tokenizers.Split(Regex(r"[.,!?;:\"()]"), "isolated")])
    tok.decoder = decoders.Metaspace()
    tok.train_from_iterator(lines, trainers.BpeTrainer(vocab_size=size, special_tokens=TRANSLATION_SPECIAL, min_frequency=2, show_progress=False))
    tok.post_processor = processors.TemplateProcessing(single="<SOS> $A <EOS>", special_tokens=[("<SOS>", SOS), ("<EOS>", EOS)])
    return tok


def train_byte_bpe(lines: Iterable[str], size: int) -> Tokenizer:
    """Byte-level BPE as GPT-2's: every text has tokens."""
    tok = Tokenizer(models.BPE())
    tok.pre_tokenizer, tok.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tok.train_from_iterator(lines, trainers.BpeTrainer(vocab_size=size, special_tokens=BYTE_SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    tok.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False), processors.TemplateProcessing(single="<|endoftext|> $A", special_tokens=[("<|endoftext|>", END_OF_TEXT)])])
    return tok


def load_or_train(path: Path, train) -> Tokenizer:
    """The tokenizer of a run, trained once and kept beside its checkpoints."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        train().save(str(path))
    return Tokenizer.from_file(str(path))
