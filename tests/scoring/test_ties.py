"""Equal scores are parted by the rule book's chain, step by step, and the result says which."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import pytest

from competition.scoring import (
    BadRules,
    Criterion,
    Ratings,
    Result,
    Rounding,
    RuleBook,
    TieBreak,
    score,
)
from tests.scoring.builders import crossed, ratings_of

CRITERIA = (Criterion("Idea", scale=(0, 10)), Criterion("Use", scale=(0, 10)))


def tied(*ties: str, table: Sequence[Sequence[float]] | None = None, **keys: object) -> Result:
    """Mean of complete panels; every line of the table has the same mean."""
    rules = RuleBook(method="mean", ties=ties, **keys)  # type: ignore[arg-type]
    return score(crossed(table or [[4, 5, 9], [5, 5, 8], [3, 7, 8]]), rules=rules)


def order(result: Result) -> list[object]:
    return [result.entries[i] for i in np.argsort(result.rank, kind="stable")]


def test_sharing_a_rank_is_the_default_and_the_result_names_the_tie() -> None:
    result = score(crossed([[6, 6], [5, 7], [9, 9]]), method="mean")
    assert result.rank.tolist() == [2, 2, 1]
    assert result.ties == (TieBreak(2, ("E0", "E1"), (2, 2), (None,)),)


@pytest.mark.parametrize(
    ("step", "ranks"),
    [
        ("median", [2, 2, 1]),
        ("highest", [1, 2, 2]),
        ("lowest", [2, 1, 3]),
        ("spread", [2, 1, 2]),
        ("raw_mean", [1, 1, 1]),
        ("unrounded", [1, 1, 1]),
    ],
)
def test_parting_a_tie_by_one_step_leaves_the_rest_on_one_rank(step: str, ranks: list[int]) -> None:
    assert tied(step, "same_rank").rank.tolist() == ranks


def test_dropping_the_extremes_parts_by_the_mean_of_the_rest() -> None:
    table = [[1, 5, 5, 5, 9], [1, 4, 5, 6, 9], [2, 4, 4, 5, 10], [0, 6, 6, 6, 7]]
    result = tied("drop", "same_rank", table=table)
    assert result.rank.tolist() == [2, 2, 4, 1]


def test_taking_the_next_step_only_for_who_is_still_tied_names_each_step() -> None:
    result = tied("median", "highest", "same_rank")
    assert order(result) == ["E2", "E0", "E1"]
    assert result.ties == (TieBreak(1, ("E2", "E0", "E1"), (1, 2, 3), ("median", "highest")),)


def by_criterion(unit: str, *ties: str) -> Result:
    rows = [
        *[("A", name, "Idea", value) for name, value in (("X", 6), ("Y", 8), ("Z", 8))],
        *[("A", name, "Use", value) for name, value in (("X", 8), ("Y", 6), ("Z", 6))],
        *[("B", name, "Idea", value) for name, value in (("X", 7), ("Y", 7), ("Z", 8))],
        *[("B", name, "Use", value) for name, value in (("X", 7), ("Y", 7), ("Z", 6))],
    ]
    rules = RuleBook(method="mean", unit=unit, criteria=CRITERIA, ties=ties)
    return score(ratings_of(rows), rules=rules)


@pytest.mark.parametrize("unit", ["scorecard", "criterion"])
def test_comparing_criteria_looks_at_the_one_named_or_at_all_in_their_order(unit: str) -> None:
    assert by_criterion(unit, "criterion:Use", "same_rank").rank.tolist() == [1, 2, 3]
    result = by_criterion(unit, "criteria", "same_rank")
    assert order(result) == ["Z", "Y", "X"]
    assert result.ties[0].steps == ("criterion:Idea", "criterion:Idea")


def test_counting_top_marks_counts_ratings_at_the_end_of_the_scale() -> None:
    rules = RuleBook(
        method="mean",
        ties=("top_marks", "same_rank"),
        criteria=(Criterion("Total", scale=(0, 10)),),
    )
    result = score(crossed([[10, 4, 7], [7, 7, 7], [10, 10, 1]]), rules=rules)
    assert result.rank.tolist() == [2, 3, 1]


def test_meeting_head_to_head_goes_by_the_judges_of_both() -> None:
    result = tied("head_to_head", "same_rank", table=[[9, 2, 4], [3, 5, 7], [4, 6, 5]])
    assert result.rank.tolist() == [3, 2, 1]
    assert result.ties[0].steps == ("head_to_head", "head_to_head")


def test_judging_only_one_of_two_has_no_say_head_to_head() -> None:
    ratings = ratings_of([("A", "X", 8), ("A", "Y", 6), ("B", "X", 6), ("C", "Y", 8)])
    rules = RuleBook(method="mean", ties=("head_to_head", "same_rank"))
    assert score(ratings, rules=rules).rank.tolist() == [1, 2]


def test_drawing_lots_goes_by_the_published_seed_and_can_be_repeated_by_hand() -> None:
    table = [[5, 5]] * 4 + [[9, 9]]
    result = tied("lot", table=table, seed=20261126)
    numbers = [hashlib.sha256(f"20261126\nE{i}".encode()).hexdigest() for i in range(4)]
    assert order(result) == ["E4", *(f"E{i}" for i in np.argsort(numbers).tolist())]
    assert result.ties[0].steps == ("lot",) * 3
    assert tied("lot", table=table, seed=7).rank.tolist() != result.rank.tolist()


def test_drawing_lots_takes_the_callers_seed_before_the_rule_books() -> None:
    rules = RuleBook(method="mean", ties=("lot",), seed=1)
    ratings = crossed([[5, 5]] * 6)
    assert score(ratings, rules=rules, seed=2).seed == 2
    assert score(ratings, rules=rules).seed == 1
    first, again = score(ratings, rules=rules, seed=2), score(ratings, rules=rules, seed=2)
    assert first.rank.tolist() == again.rank.tolist()


def test_rounding_makes_the_tie_and_the_unrounded_score_parts_it() -> None:
    rules = RuleBook(method="mean", round=Rounding(total=1), ties=("unrounded", "same_rank"))
    result = score(crossed([[8.0, 8.01], [8.0, 8.02], [8.0, 8.01]]), rules=rules)
    assert result.score.tolist() == [8.0, 8.0, 8.0]
    assert result.rank.tolist() == [2, 1, 2]


def test_ranking_within_tracks_breaks_ties_within_each() -> None:
    result = score(
        crossed([[4, 6], [5, 5], [4, 6], [5, 5]]),
        rules=RuleBook(method="mean", ties=("highest", "same_rank")),
    )
    rank, ties = result.ranked_within(np.array([0, 0, 1, 1]))
    assert rank.tolist() == [1, 2, 1, 2]
    assert [item.entries for item in ties] == [("E0", "E1"), ("E2", "E3")]


def test_leaving_out_what_is_missing_puts_it_last() -> None:
    rows = [("A", "X", "Idea", 6), ("A", "Y", "Idea", 6), ("A", "X", "Use", 6)]
    rules = RuleBook(method="mean", criteria=CRITERIA, ties=("criteria", "same_rank"))
    assert score(ratings_of(rows), rules=rules).ranks() == (1, None)


@pytest.mark.parametrize(
    ("ties", "problem"),
    [
        ((), "bad_end"),
        (("median",), "bad_end"),
        (("median", "median", "lot"), "duplicate"),
        (("lot", "same_rank"), "unknown_value"),
        (("criterion:Style", "same_rank"), "unknown_value"),
        (("best", "same_rank"), "unknown_value"),
    ],
)
def test_declaring_a_chain_that_cannot_be_run_is_refused(
    ties: tuple[str, ...], problem: str
) -> None:
    with pytest.raises(BadRules) as caught:
        RuleBook(ties=ties, criteria=CRITERIA)
    assert caught.value.facts["problem"] == problem
    assert caught.value.facts["key"].startswith("scoring.ties")


def test_ranking_many_ties_names_each_of_them() -> None:
    random = np.random.default_rng(1)
    ratings = Ratings(
        judge=np.tile(np.arange(5), 20_000),
        entry=np.repeat(np.arange(20_000), 5),
        criterion=np.zeros(100_000, dtype=np.int64),
        value=random.integers(1, 11, 100_000).astype(float),
        judges=tuple(range(5)),
        entries=tuple(range(20_000)),
    )
    result = score(ratings, method="mean")
    assert sum(len(tie.entries) for tie in result.ties) > 19_000
