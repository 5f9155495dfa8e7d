"""Rankings of the same entries are compared as counting pair by pair would."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import kendalltau

from competition.scoring.arrays import Integers
from competition.scoring.comparison import compare, kendall_tau
from competition.scoring.ranking import rank_within, ranks


def tied_ranks(seed: int, entries: int, values: int) -> Integers:
    return ranks(np.random.default_rng(seed).integers(0, values, entries).astype(float))


def by_pairs(first: Integers, second: Integers, group: Integers) -> float:
    agree, only_first, only_second = 0, 0, 0
    for i, j in combinations(range(first.size), 2):
        if group[i] != group[j] or 0 in (first[i], first[j], second[i], second[j]):
            continue
        a, b = np.sign(first[i] - first[j]), np.sign(second[i] - second[j])
        agree += int(a * b)
        only_first += int(a != 0)
        only_second += int(b != 0)
    return float(agree / np.sqrt(only_first * only_second))


@pytest.mark.parametrize("entries", [2, 3, 17, 64, 101])
def test_correlating_tied_rankings_equals_an_independent_package(entries: int) -> None:
    first, second = tied_ranks(entries, entries, 9), tied_ranks(entries + 1, entries, 30)
    expected = kendalltau(first, second).statistic
    zeros = np.zeros(entries, dtype=np.int64)
    assert kendall_tau(first, second, zeros) == pytest.approx(expected, nan_ok=True)


def test_correlating_within_groups_counts_no_pair_across_them() -> None:
    random = np.random.default_rng(1)
    group = random.integers(0, 3, 50)
    first, second = (rank_within(random.integers(0, 8, 50).astype(float), group) for _ in range(2))
    second[[3, 8]] = 0
    assert kendall_tau(first, second, group) == pytest.approx(by_pairs(first, second, group))


def test_correlating_a_ranking_with_its_reverse_gives_minus_one() -> None:
    rank = np.arange(1, 9)
    zeros = np.zeros(8, dtype=np.int64)
    assert kendall_tau(rank, rank, zeros) == 1
    assert kendall_tau(rank, 9 - rank, zeros) == -1


def test_correlating_a_ranking_of_ties_is_undefined() -> None:
    zeros = np.zeros(3, dtype=np.int64)
    assert np.isnan(kendall_tau(np.ones(3, dtype=np.int64), np.arange(1, 4), zeros))
    assert np.isnan(kendall_tau(np.array([1, 0, 0]), np.array([1, 2, 3]), zeros))


def test_comparing_methods_tells_places_gained_and_lost() -> None:
    found = compare({"mean": np.array([1, 2, 3, 4]), "scaled": np.array([2, 1, 4, 3])})
    assert found.names == ("mean", "scaled")
    assert found.change.tolist() == [[0, 0, 0, 0], [-1, 1, -1, 1]]
    assert (found.largest.tolist(), found.moved.tolist()) == ([0, 1], [0, 4])
    assert found.tau.diagonal().tolist() == [1, 1]
    assert found.tau[0, 1] == found.tau[1, 0] == pytest.approx(1 / 3)


def test_comparing_an_unranked_entry_claims_no_change() -> None:
    found = compare({"mean": np.array([1, 2, 0]), "rasch": np.array([1, 0, 2])})
    assert found.change.tolist() == [[0, 0, 0], [0, 0, 0]]


def test_crossing_a_line_names_who_is_in_by_which_method() -> None:
    rankings = {
        "mean": np.array([1, 2, 3, 4, 5]),
        "additive": np.array([4, 1, 5, 2, 3]),
        "scaled": np.array([1, 2, 4, 3, 5]),
    }
    found = compare(rankings, tops=(2, 3)).crossings
    seen = [
        (c.first, c.second, c.top, c.only_first.tolist(), c.only_second.tolist()) for c in found
    ]
    assert seen == [
        ("mean", "additive", 2, [0], [3]),
        ("mean", "additive", 3, [0, 2], [3, 4]),
        ("mean", "scaled", 3, [2], [3]),
        ("additive", "scaled", 2, [3], [0]),
        ("additive", "scaled", 3, [4], [0]),
    ]


def test_crossing_with_ties_at_the_line_takes_all_of_the_tie() -> None:
    found = compare({"a": np.array([1, 2, 2, 4]), "b": np.array([1, 2, 3, 4])}, tops=(2,))
    assert found.crossings[0].only_first.tolist() == [2]
    assert found.crossings[0].only_second.tolist() == []


def test_crossing_in_groups_has_a_line_in_each() -> None:
    group = np.array([0, 0, 1, 1])
    found = compare(
        {"a": np.array([1, 2, 1, 2]), "b": np.array([1, 2, 2, 1])}, tops=(1,), group=group
    )
    (crossing,) = found.crossings
    assert (crossing.group, crossing.only_first.tolist(), crossing.only_second.tolist()) == (
        1,
        [2],
        [3],
    )


def test_comparing_one_method_or_none_finds_nothing_to_tell() -> None:
    alone = compare({"mean": np.array([1, 2])}, tops=(1,))
    assert (alone.crossings, alone.tau.tolist()) == ((), [[1.0]])
    nobody = compare({"mean": np.zeros(0, dtype=np.int64), "rasch": np.zeros(0, dtype=np.int64)})
    assert np.isnan(nobody.tau).all() and nobody.largest.tolist() == [0, 0]
