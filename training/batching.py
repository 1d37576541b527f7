"""Batches of like length, and masking for the masked-token objective."""
import random

import torch
from torch import Tensor


def pad(rows: list[list[int]], value: int = 0) -> Tensor:
    """[row, longest] with `value` after the end of each row."""
    longest = max(map(len, rows))
    return torch.tensor([r + [value] * (longest - len(r)) for r in rows])


class LengthWindows:
    """Rows sorted by length; a batch is a window of them, chosen so that every row is equally likely."""

    def __init__(self, rows: list[list[int]], tokens: int):
        self.rows, self.tokens = sorted(rows, key=len), tokens

    def draw(self, rng: random.Random) -> list[list[int]]:
        """About `tokens` tokens of rows of like length around a random row."""
        i = rng.randrange(len(self.rows))
        count = max(4, self.tokens // max(8, len(self.rows[i])))
        start = min(max(0, i - count // 2), max(0, len(self.rows) - count))
        return self.rows[start:start + count]


def mask_tokens(ids: Tensor, share: float, mask_id: int, first_word: int, vocabulary: int, keep: Tensor | None = None, generator: torch.Generator | None = None) -> tuple[Tensor, Tensor]:
    """BERT's masking: `share` of the ordinary tokens are chosen; of these 80 % become [MASK], 10 % a random word, 10 % stay.

    ids [row, pos]; ids below `first_word` are special and never chosen; `keep` (bool) protects cells. Returns (masked ids, chosen cells).
    """
    chosen = (ids >= first_word) & (torch.rand(ids.shape, generator=generator) < share)
    if keep is not None:
        chosen &= ~keep
    dice = torch.rand(ids.shape, generator=generator)
    out = ids.clone()
    out[chosen & (dice < 0.8)] = mask_id
    swapped = chosen & (dice >= 0.9)
    out[swapped] = torch.randint(first_word, vocabulary, (int(swapped.sum()),), generator=generator)
    return out, chosen
