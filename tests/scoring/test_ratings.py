"""Ratings are checked once: what cannot be scored is refused with its rows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from competition.scoring import (
    METHODS,
    Criterion,
    Ratings,
    RuleBook,
    ScoringError,
    find_problems,
    score,
)
from tests.scoring.builders import ratings_of


@pytest.mark.parametrize(
    ("columns", "code", "facts"),
    [
        ({"judge": [], "entry": [], "value": []}, "no_ratings", {}),
        (
            {"judge": ["A"], "entry": ["X", "Y"], "value": [1]},
            "unequal_lengths",
            {"lengths": {"judge": 1, "entry": 2, "value": 1}},
        ),
        (
            {"judge": ["A", "B"], "entry": ["X", "X"], "value": [1, float("nan")]},
            "not_a_number",
            {"column": "value", "rows": (1,), "values": ("nan",)},
        ),
        (
            {"judge": ["A"], "entry": ["X"], "value": [float("-inf")]},
            "not_a_number",
            {"column": "value", "rows": (0,), "values": ("-inf",)},
        ),
        (
            {"judge": ["A", "B"], "entry": ["X", "X"], "value": ["8", "eight"]},
            "not_a_number",
            {"column": "value", "rows": (1,), "values": ("eight",)},
        ),
        (
            {"judge": ["A"], "entry": ["X"], "value": [1e15]},
            "not_a_number",
            {"column": "value", "rows": (0,), "values": ("1000000000000000.0",)},
        ),
        (
            {"judge": ["A", None, ""], "entry": ["X", "Y", "Z"], "value": [1, 2, 3]},
            "missing_label",
            {"column": "judge", "rows": (1, 2)},
        ),
        (
            {"judge": ["A", "B", "A"], "entry": ["X", "X", "X"], "value": [1, 2, 1]},
            "duplicate_rating",
            {"rows": (2,), "first": (0,)},
        ),
        (
            {"judge": ["A"], "entry": ["X"], "value": [1], "weight": [-0.5]},
            "bad_weight",
            {"rows": (0,)},
        ),
        (
            {"judge": ["A", "B"], "entry": ["X", "X"], "value": [1, 2], "track": ["t", "u"]},
            "track_conflict",
            {"entries": ("X",)},
        ),
    ],
)
def test_building_ratings_that_cannot_be_scored_names_rows(
    columns: dict[str, list[Any]], code: str, facts: dict[str, Any]
) -> None:
    with pytest.raises(ScoringError) as caught:
        Ratings.from_columns(**columns)
    assert (caught.value.code, caught.value.facts) == (code, facts)


def test_building_ratings_freezes_their_arrays() -> None:
    ratings = Ratings.from_columns(judge="A", entry="X", value=[1])
    with pytest.raises(ValueError, match="read-only"):
        ratings.value[0] = 2


def test_building_ratings_from_arrays_gives_plain_labels() -> None:
    ratings = Ratings.from_columns(
        judge=np.array([7, 8]), entry=np.array(["X", "X"]), value=np.array([1, 2])
    )
    assert (ratings.judges, ratings.entries) == ((7, 8), ("X",))
    assert ratings.value.dtype == np.float64


def test_building_ratings_with_an_index_past_its_labels_is_refused() -> None:
    with pytest.raises(ScoringError) as caught:
        Ratings(
            judge=np.array([1]),
            entry=np.array([0]),
            criterion=np.array([0]),
            value=np.array([1.0]),
            judges=("A",),
            entries=("X",),
        )
    assert (caught.value.code, caught.value.facts) == ("index_out_of_range", {"column": "judge"})


def test_holding_ratings_against_rules_names_every_problem() -> None:
    rules = RuleBook(
        criteria=(Criterion("Idea", scale=(1, 10), step=0.25), Criterion("Use", step=0.1))
    )
    ratings = ratings_of(
        [
            ("A", "X", "Idea", 8.25),
            ("A", "X", "Use", 7.3),
            ("B", "X", "Idea", 0.75),
            ("B", "X", "Style", 5),
            ("B", "X", "Use", 7.35),
            ("C", "X", "Idea", 8.3),
            ("D", "X", "Idea", 10.25),
        ]
    )
    found = [(problem.row, problem.code) for problem in find_problems(ratings, rules)]
    assert found == [
        (2, "off_scale"),
        (3, "unknown_criterion"),
        (4, "off_step"),
        (5, "off_step"),
        (6, "off_scale"),
    ]
    with pytest.raises(ScoringError) as caught:
        score(ratings, rules=rules)
    assert (caught.value.code, caught.value.facts["count"]) == ("ratings_break_rules", 5)


def test_asking_for_an_unknown_method_names_the_known_ones() -> None:
    with pytest.raises(ScoringError) as caught:
        score(Ratings.from_columns(judge="A", entry="X", value=[1]), method="median")
    assert caught.value.facts == {"method": "median", "allowed": METHODS}


@pytest.mark.parametrize("draws", [-1, 10_000_000, 2.5])
def test_asking_for_draws_beyond_reason_is_refused(draws: Any) -> None:
    with pytest.raises(ScoringError) as caught:
        score(Ratings.from_columns(judge="A", entry="X", value=[1]), draws=draws)
    assert caught.value.code == "bad_draws"


@pytest.mark.parametrize("seed", [-1, 1.5])
def test_giving_a_seed_that_is_no_whole_number_is_refused(seed: Any) -> None:
    with pytest.raises(ScoringError) as caught:
        score(Ratings.from_columns(judge="A", entry="X", value=[1]), seed=seed)
    assert (caught.value.code, caught.value.facts) == ("bad_seed", {"seed": seed, "least": 0})


@pytest.mark.parametrize(
    ("judge", "code"), [(float("nan"), "missing_label"), ([1, 2], "bad_label")]
)
def test_giving_a_judge_that_is_no_label_names_its_row(judge: Any, code: str) -> None:
    with pytest.raises(ScoringError) as caught:
        Ratings.from_columns(judge=["A", judge], entry=["X", "X"], value=[1, 2])
    assert (caught.value.code, caught.value.facts) == (code, {"column": "judge", "rows": (1,)})


def test_writing_into_a_result_is_refused() -> None:
    result = score(Ratings.from_columns(judge="ABAB", entry="XXYY", value=[8, 6, 5, 3]))
    for array in (result.adjusted, result.rank, result.se, result.severity, result.n_judges):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 3
