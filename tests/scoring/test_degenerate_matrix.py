"""Every method meets every degenerate input with a warning or a typed failure."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from competition.scoring import Criterion, Fallback, Ratings, Result, ScoringError, score
from competition.scoring.traits import TRAITS
from tests.scoring.builders import crossed, ratings_of
from tests.scoring.method_cases import CASES, rules_for

CRITERIA = (Criterion("Idea"), Criterion("Use"))


def table(seed: int, entries: int, judges: int, letters: str = "EJ") -> list[tuple[str, str, int]]:
    """Rows of judge, entry and a whole number from 1 to 7, complete."""
    values = np.random.default_rng(seed).integers(1, 8, (entries, judges)).tolist()
    return [
        (f"{letters[1]}{j}", f"{letters[0]}{i}", value)
        for i, line in enumerate(values)
        for j, value in enumerate(line)
    ]


FULL = table(1, 6, 4)
CARDS = [
    (judge, entry, name, value)
    for name, seed in (("Idea", 4), ("Use", 5))
    for judge, entry, value in table(seed, 6, 4)
]


def without_weight_for_the_first_entry() -> Ratings:
    judge, entry, value = zip(*FULL, strict=True)
    weight = [float(name != "E0") for name in entry]
    return Ratings.from_columns(judge=judge, entry=entry, value=value, weight=weight)


INPUTS: dict[str, Callable[[], Ratings]] = {
    "one rating": lambda: ratings_of([("A", "X", 7)]),
    "one judge": lambda: crossed([[7], [9], [8], [8]]),
    "one entry": lambda: crossed([[7, 9, 5]]),
    "a judge with one score": lambda: ratings_of([*FULL, ("guest", "E0", 6)]),
    "a judge without variance": lambda: ratings_of(
        [*FULL, *(("flat", f"E{i}", 5) for i in range(6))]
    ),
    "all scores equal": lambda: crossed([[8.1] * 3] * 4),
    "disconnected panels": lambda: ratings_of([*table(2, 4, 3), *table(3, 4, 3, "FK")]),
    "as many unknowns as scores": lambda: ratings_of(
        [("A", "X", 7), ("B", "X", 5), ("B", "Y", 6), ("C", "Y", 8)]
    ),
    "missing criteria": lambda: ratings_of(CARDS[1:]),
    "an entry on one criterion only": lambda: ratings_of([*CARDS, ("J0", "late", "Idea", 5)]),
    "extreme scores": lambda: ratings_of(
        [*FULL, *((f"J{j}", name, value) for j in range(4) for name, value in (("T", 7), ("B", 1)))]
    ),
    "entries that do not differ": lambda: crossed([[1, 2, 3], [2, 3, 1], [3, 1, 2], [2, 1, 3]]),
    "weights of zero": without_weight_for_the_first_entry,
}
LEAST_SQUARES = ("additive", "mixed", "scaled", "bayes", "rasch")
FEW = {method: {"no_error_variance"} for method in LEAST_SQUARES}
EXPECTED: dict[str, dict[str, set[str]]] = {
    "one rating": {
        **FEW,
        "": {"judge_single_score"},
        "bradley_terry": {"unscored_entries"},
    },
    "one judge": {**FEW, "bradley_terry": {"no_finite_strength"}},
    "one entry": {**FEW, "": {"judge_single_score"}, "bradley_terry": {"unscored_entries"}},
    "a judge with one score": {"": {"judge_single_score"}},
    "a judge without variance": {"": {"judge_no_variance"}},
    "all scores equal": {"": {"no_information"}},
    "disconnected panels": {"": {"disconnected"}},
    "as many unknowns as scores": {**FEW, "bradley_terry": {"no_finite_strength"}},
    "missing criteria": {"": {"incomplete_scorecard"}},
    "an entry on one criterion only": {"": {"incomplete_scorecard", "unscored_entries"}},
    "extreme scores": {"rasch": {"extreme_entries"}},
    "entries that do not differ": {"mixed": {"variance_on_boundary"}},
    "weights of zero": {
        "": {"zero_weights", "unscored_entries"},
        **{name: {"weights_ignored"} for name, traits in TRAITS.items() if not traits.weights},
    },
}
"""Codes that must be there: under every method (""), and under the one named."""


def scored(name: str, method: str, unit: str, **keys: object) -> Result:
    has_criteria = name in {"missing criteria", "an entry on one criterion only"}
    criteria = CRITERIA if has_criteria else ()
    rules = rules_for(method, unit=unit, criteria=criteria, **keys)
    return score(INPUTS[name](), rules=rules, draws=40)


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize(("method", "unit"), CASES)
def test_scoring_a_degenerate_input_warns_and_makes_nothing_up(
    name: str, method: str, unit: str
) -> None:
    result = scored(name, method, unit)
    codes = {warning.code for warning in result.warnings}
    expected = EXPECTED[name]
    assert codes >= expected.get("", set()) | expected.get(method, set())
    assert (result.rank == 0).tolist() == np.isnan(result.score).tolist()
    assert not np.isinf(result.score).any()
    for error in (result.se, result.severity_se, result.measure_se, result.judge_sd):
        assert (np.isnan(error) | (error >= 0)).all()
    assert np.isnan(result.se[result.rank == 0]).all()


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize(("method", "unit"), CASES)
def test_asking_everything_of_a_degenerate_input_fails_with_no_accident(
    name: str, method: str, unit: str
) -> None:
    result = scored(name, method, unit)
    assert len(result.agreement) == 10
    assert result.infit.shape == result.outfit.shape == result.judge_scale.shape
    assert np.isnan(result.connectivity) or 0 <= result.connectivity <= 1 + 1e-9
    assert result.severity_test.df1 <= len(result.judges)
    everybody = np.arange(len(result.entries))
    mean, sd = result.predict(np.zeros_like(everybody), everybody)
    assert mean.shape == sd.shape == everybody.shape
    if result.chances is not None:
        assert result.p_top is not None and result.rank_low is not None
        known = result.p_top[1][result.rank > 0]
        assert ((known >= 0) & (known <= 1)).all()
        assert (result.rank_low[result.rank > 0] >= 1).all()


@pytest.mark.parametrize(("method", "unit"), CASES)
def test_scoring_equal_scores_ties_everybody_without_any_estimate(method: str, unit: str) -> None:
    result = scored("all scores equal", method, unit)
    assert result.rank.tolist() == [1] * 4
    assert np.isnan(result.se).all() and np.isnan(result.severity).all()


@pytest.mark.parametrize(("method", "unit"), CASES)
def test_scoring_disconnected_panels_ranks_within_them(method: str, unit: str) -> None:
    result = scored("disconnected panels", method, unit)
    assert result.component.tolist() == [0] * 4 + [1] * 4
    assert result.rank[:4].min() == result.rank[4:].min() == 1
    assert result.rank.max() <= 4


@pytest.mark.parametrize(("method", "unit"), CASES)
@pytest.mark.parametrize(
    ("name", "key", "code"),
    [
        ("disconnected panels", "disconnected", "disconnected"),
        ("a judge with one score", "single_score", "not_enough_data"),
        ("a judge without variance", "no_variance", "not_enough_data"),
        ("all scores equal", "all_equal", "not_enough_data"),
        ("missing criteria", "missing_criteria", "not_enough_data"),
    ],
)
def test_refusing_a_degenerate_input_by_the_rule_book_is_a_typed_failure(
    name: str, key: str, code: str, method: str, unit: str
) -> None:
    with pytest.raises(ScoringError) as caught:
        scored(name, method, unit, fallback=Fallback(**{key: "refuse"}))
    assert caught.value.code == code


@pytest.mark.parametrize("method", LEAST_SQUARES)
def test_refusing_too_few_scores_by_the_rule_book_is_a_typed_failure(method: str) -> None:
    fallback = Fallback(too_few_degrees="refuse")
    with pytest.raises(ScoringError) as caught:
        scored("as many unknowns as scores", method, "scorecard", fallback=fallback)
    assert caught.value.facts["what"] == "too_few_degrees"


def test_refusing_what_has_not_settled_by_the_rule_book_is_a_typed_failure() -> None:
    with pytest.raises(ScoringError) as caught:
        scored("extreme scores", "bayes", "scorecard", fallback=Fallback(not_converged="refuse"))
    assert caught.value.code == "not_converged"


def test_simulating_too_short_is_called_not_converged() -> None:
    result = scored("extreme scores", "bayes", "scorecard")
    assert result.converged is False
    assert "not_converged" in {warning.code for warning in result.warnings}


def test_giving_no_ratings_or_the_same_twice_fails_before_any_method() -> None:
    with pytest.raises(ScoringError) as none:
        Ratings.from_columns(judge=[], entry=[], value=[])
    with pytest.raises(ScoringError) as twice:
        Ratings.from_columns(judge="AA", entry="XX", value=[1, 2])
    assert (none.value.code, twice.value.code) == ("no_ratings", "duplicate_rating")


def test_giving_a_name_of_a_million_characters_is_refused_with_its_row() -> None:
    with pytest.raises(ScoringError) as caught:
        Ratings.from_columns(judge=["A", "B"], entry=["X", "Y" * 1_000_000], value=[1, 2])
    assert caught.value.facts == {
        "column": "entry",
        "rows": (1,),
        "length": 1_000_000,
        "most": 1_000,
    }
