"""Ranks are 1, 2, 2, 4, and float noise cannot change them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from competition.scoring import noise_level, rank_within, ranks


def test_ranking_equal_scores_shares_the_rank_and_skips_the_next() -> None:
    assert ranks(np.array([9.0, 8.0, 8.0, 7.0])).tolist() == [1, 2, 2, 4]


def test_ranking_an_unscored_entry_never_puts_it_before_a_scored_one() -> None:
    assert ranks(np.array([np.nan, -5.0, np.nan])).tolist() == [0, 1, 0]


def test_ranking_nothing_gives_nothing() -> None:
    assert ranks(np.array([])).tolist() == []


def test_ranking_scores_apart_by_float_noise_only_ties_them() -> None:
    values = np.array([0.1 + 0.2, 0.3, 0.3 - 4e-10])
    assert ranks(values, noise_level(values, span=1.0)).tolist() == [1, 1, 1]


def test_ranking_scores_on_two_sides_of_a_grid_line_still_ties_them() -> None:
    values = np.array([5e-10 - 1e-13, 5e-10 + 1e-13])
    assert ranks(values, noise=1e-9).tolist() == [1, 1]


def test_ranking_scores_that_differ_by_more_than_noise_parts_them() -> None:
    values = np.array([80.000001, 80.0])
    assert ranks(values, noise_level(values, span=100.0)).tolist() == [1, 2]


def test_ranking_within_groups_starts_each_group_at_one() -> None:
    values = np.array([5.0, 9.0, 5.0, 7.0, np.nan])
    assert rank_within(values, np.array([0, 1, 0, 1, 1])).tolist() == [1, 1, 1, 2, 0]


@given(st.lists(st.integers(0, 6), min_size=1, max_size=30))
def test_ranking_whole_numbers_counts_those_above(numbers: list[int]) -> None:
    ours = ranks(np.array(numbers, dtype=float), noise=1e-9)
    assert ours.tolist() == [1 + sum(other > number for other in numbers) for number in numbers]
