"""Invented names: each once, none of a place that there is."""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np

from twin.plan.names import KNOWN, SURNAMES, VILLAGES, estate_names, quarter_names, word_pairs


def random() -> np.random.Generator:
    return np.random.default_rng(1)


def test_no_pair_comes_twice_or_is_known_elsewhere() -> None:
    pairs = list(itertools.islice(word_pairs(random()), 5_000))
    assert len(set(pairs)) == len(pairs)
    assert not KNOWN & set(pairs)


def test_more_villages_than_surnames_still_differ() -> None:
    number = 3 * len(SURNAMES) * len(VILLAGES)
    names = estate_names(random(), ["commons"] * number)
    assert len(set(names)) == number


def test_where_nobody_lives_is_no_community() -> None:
    lived_in, empty = quarter_names(random(), [True, False])
    assert lived_in.endswith("社区")
    assert empty.endswith("产业园")


def test_what_bears_no_name_has_none() -> None:
    names = estate_names(random(), ["gated", "rail", "school"])
    assert names[1] is None
    assert Counter(name is None for name in names) == {False: 2, True: 1}
