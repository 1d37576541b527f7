"""BLEU, IBM-1 links, the words that tokens cover."""
import math

import pytest

from training.metrics import Ibm1, bleu, covering, links


def test_bleu_of_equal_texts_is_100_and_case_counts():
    text = ["the cat sat on the mat today"]
    assert bleu(text, [text]) == pytest.approx(100)
    assert bleu(["The cat sat on the mat today"], [text]) < 100


def test_bleu_by_hand():
    # 7 words against 6: precisions 5/7, 3/6, 2/5, 1/4; no brevity penalty
    got = bleu(["the cat sat on the mat now"], [["the cat sat on a mat"]])
    assert got == pytest.approx(100 * math.exp((math.log(5 / 7) + math.log(3 / 6) + math.log(2 / 5) + math.log(1 / 4)) / 4))


def test_bleu_clips_repeated_words_and_takes_the_best_reference():
    assert bleu(["the the the the the"], [["the cat"]]) == 0
    assert bleu(["she reads a good book"], [["he sees the sea there", "she reads a good book"]]) == pytest.approx(100)


def test_bleu_punishes_brevity_by_the_closest_reference():
    got = bleu(["a b c d"], [["a b c d e f", "a b c d e f g h i j"]])
    assert got == pytest.approx(100 * math.exp(1 - 6 / 4))


def test_ibm1_finds_the_word_that_always_comes_along():
    # 10 "chat" = 20 "cat", 11 "noir" = 21 "black", in the other order
    pairs = [([10, 11], [21, 20]), ([10, 12], [22, 20]), ([13, 11], [21, 23]), ([10], [20]), ([11], [21])] * 5
    best = Ibm1(pairs, rounds=20, slope=0).best([(len(a), len(b)) for a, b in pairs], 2)
    assert [b.tolist() for b in best] == [[1, 0], [1, 0]]


def test_links_are_those_on_which_both_directions_agree():
    pairs = [([5, 6, 7], [15, 16, 17]), ([6, 7], [16, 17]), ([5, 7], [15, 17]), ([5, 6], [15, 16])] * 10
    assert links(pairs, 1) == [{0: 0, 1: 1, 2: 2}]


def test_covering_needs_whole_words():
    offsets = [(0, 4), (4, 11), (11, 14), (14, 20), (0, 0)]
    text = "Jane visite l'Afrique"
    assert covering(offsets, text, "Afrique") == [3] or covering(offsets, text, "Afrique") == []
    assert covering([(0, 3), (3, 7)], "in Mayor", "May") == []
    assert covering([(0, 2), (2, 6)], "in May", "May") == [1]
