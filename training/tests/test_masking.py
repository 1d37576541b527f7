"""Masking for the masked-token objective, and batches."""
import random

import torch

from training.batching import LengthWindows, mask_tokens, pad

SPECIAL = torch.tensor([2, 3, 0, 0])


def many() -> torch.Tensor:
    return torch.cat([torch.randint(5, 100, (50, 200)), SPECIAL.repeat(50, 1)], 1)


def test_only_ordinary_tokens_are_chosen_and_about_the_asked_share():
    ids = many()
    _, chosen = mask_tokens(ids, 0.2, 4, 5, 100)
    assert not chosen[:, 200:].any()
    assert 0.18 < chosen[:, :200].float().mean() < 0.22


def test_chosen_cells_become_mask_random_or_stay_in_the_shares_of_bert():
    ids = many()
    masked, chosen = mask_tokens(ids, 0.5, 4, 5, 100)
    assert torch.equal(masked[~chosen], ids[~chosen])
    assert 0.77 < (masked[chosen] == 4).float().mean() < 0.83
    assert 0.08 < (masked[chosen] == ids[chosen]).float().mean() < 0.13
    assert masked.min() == 0 and (masked[chosen] >= 4).all()


def test_protected_cells_stay():
    ids = many()
    keep = torch.zeros_like(ids, dtype=torch.bool)
    keep[:, 7] = True
    _, chosen = mask_tokens(ids, 0.9, 4, 5, 100, keep)
    assert not chosen[:, 7].any()


def test_a_seed_gives_the_same_mask():
    ids = many()
    a = mask_tokens(ids, 0.15, 4, 5, 100, generator=torch.Generator().manual_seed(7))
    b = mask_tokens(ids, 0.15, 4, 5, 100, generator=torch.Generator().manual_seed(7))
    assert torch.equal(a[0], b[0]) and torch.equal(a[1], b[1])


def test_pad_and_windows():
    assert pad([[1], [1, 2, 3]]).tolist() == [[1, 0, 0], [1, 2, 3]]
    windows = LengthWindows([[1] * n for n in range(1, 60)], 100)
    for seed in range(20):
        rows = windows.draw(random.Random(seed))
        assert max(map(len, rows)) - min(map(len, rows)) <= 13
