"""Every degenerate input has its declared way and its warning, never a made-up number."""

from __future__ import annotations

import numpy as np
import pytest

from competition.scoring import METHODS, Criterion, Fallback, Ratings, Result, RuleBook, score
from tests.scoring.builders import crossed, ratings_of
from tests.scoring.method_cases import CASES, rules_for

TWO_PANELS = [
    *[(f"J{j}", f"E{i}", 5 + i + j) for i in range(3) for j in range(3)],
    *[(f"K{j}", f"F{i}", 8 + 2 * i - j) for i in range(3) for j in range(3)],
]


def facts(result: Result, code: str) -> dict[str, object]:
    (found,) = [warning.facts for warning in result.warnings if warning.code == code]
    return found


def codes(result: Result) -> list[str]:
    return [warning.code for warning in result.warnings]


@pytest.mark.parametrize("method", [name for name in METHODS if name != "bradley_terry"])
def test_scoring_a_single_rating_ranks_it_first(method: str) -> None:
    result = score(ratings_of([("A", "X", 7.5)]), method=method)
    assert (result.score.tolist(), result.rank.tolist()) == ([7.5], [1])
    assert np.isnan(result.se).all()
    assert "judge_single_score" in codes(result)


def test_adjusting_one_judge_falls_back_to_the_mean_without_standard_errors() -> None:
    result = score(crossed([[7], [9], [8]]))
    assert result.score.tolist() == [7, 9, 8]
    assert result.rank.tolist() == [3, 1, 2]
    assert np.isnan(result.severity).all()
    assert np.isnan(result.sigma2)
    assert facts(result, "no_error_variance") == {
        "scores": 3,
        "entries": 3,
        "judges": 1,
        "fallback": "mean",
    }


def test_adjusting_one_entry_falls_back_to_the_mean() -> None:
    result = score(crossed([[7, 9, 5]]))
    assert result.score.tolist() == [7]
    assert "no_error_variance" in codes(result)


def test_adjusting_a_chain_without_spare_scores_falls_back_to_the_mean() -> None:
    rows = [("A", "X", 7), ("B", "X", 5), ("B", "Y", 6), ("C", "Y", 8)]
    result = score(ratings_of(rows))
    assert result.score.tolist() == [6, 7]
    assert facts(result, "no_error_variance")["scores"] == 4


@pytest.mark.parametrize("method", METHODS)
def test_scoring_equal_scores_ties_everybody_and_says_so(method: str) -> None:
    result = score(crossed([[8.1] * 5] * 9), method=method)
    assert result.rank.tolist() == [1] * 9
    assert result.score == pytest.approx([8.1] * 9, rel=1e-12)
    assert facts(result, "no_information") == {"score": 8.1}


def test_adjusting_disconnected_panels_ranks_within_them_and_says_so() -> None:
    result = score(ratings_of(TWO_PANELS))
    assert result.components == 2
    assert result.component.tolist() == [0, 0, 0, 1, 1, 1]
    assert result.rank.tolist() == [3, 2, 1, 3, 2, 1]
    assert facts(result, "disconnected") == {
        "components": 2,
        "sizes": [3, 3],
        "ranked": "within_components",
    }
    for names in ("J", "K"):
        mine = [j for j, judge in enumerate(result.judges) if str(judge).startswith(names)]
        assert result.severity[mine].sum() == pytest.approx(0, abs=1e-12)


def test_averaging_disconnected_panels_ranks_within_them_by_default() -> None:
    result = score(ratings_of(TWO_PANELS), method="mean")
    assert result.rank.tolist() == [3, 2, 1, 3, 2, 1]
    assert facts(result, "disconnected")["ranked"] == "within_components"


def test_averaging_disconnected_panels_ranks_all_where_the_rule_book_says_so() -> None:
    rules = RuleBook(method="mean", fallback=Fallback(disconnected="across_components"))
    result = score(ratings_of(TWO_PANELS), rules=rules)
    assert result.rank.tolist() == [6, 4, 3, 4, 2, 1]
    assert facts(result, "disconnected")["ranked"] == "across_components"


def test_fitting_a_panel_of_its_own_gives_the_same_as_alone() -> None:
    together, alone = score(ratings_of(TWO_PANELS)), score(ratings_of(TWO_PANELS[:9]))
    assert together.adjusted[:3] == pytest.approx(alone.adjusted, rel=1e-12)
    assert together.severity[:3] == pytest.approx(alone.severity, abs=1e-12)


def test_judging_one_entry_only_is_fitted_and_flagged() -> None:
    rows = [(f"J{j}", f"E{i}", 5 + i + j + (i * j) % 2) for i in range(4) for j in range(3)]
    result = score(ratings_of([*rows, ("guest", "E0", 9)]))
    assert facts(result, "judge_single_score") == {"judges": ["guest"]}
    assert np.isfinite(result.severity).all()


RULES = RuleBook(method="mean", criteria=(Criterion("Idea"), Criterion("Use")))
CARDS = [
    ("A", "X", "Idea", 8),
    ("A", "X", "Use", 6),
    ("B", "X", "Idea", 9),
    ("A", "Y", "Idea", 7),
    ("A", "Y", "Use", 7),
    ("B", "Z", "Use", 5),
]


def test_scoring_an_incomplete_scorecard_leaves_it_out_and_names_it() -> None:
    result = score(ratings_of(CARDS), rules=RULES)
    assert result.ranks() == (1, 1, None)
    assert result.score[:2].tolist() == [14, 14]
    assert result.n_judges.tolist() == [1, 1, 0]
    assert facts(result, "incomplete_scorecard") == {
        "counted": False,
        "scorecards": [
            {"judge": "B", "entry": "X", "missing": ["Use"]},
            {"judge": "B", "entry": "Z", "missing": ["Idea"]},
        ],
    }
    assert facts(result, "unscored_entries") == {"entries": ["Z"]}


def test_scoring_by_criterion_counts_every_rating_on_its_criterion() -> None:
    rules = RuleBook(method="mean", unit="criterion", criteria=RULES.criteria)
    result = score(ratings_of(CARDS), rules=rules)
    assert result.score[:2].tolist() == [14.5, 14]
    assert result.ranks() == (1, 2, None)
    assert facts(result, "incomplete_scorecard")["counted"] is True


@pytest.mark.parametrize(("method", "unit"), CASES)
def test_scoring_without_any_complete_scorecard_ranks_nobody(method: str, unit: str) -> None:
    rules = rules_for(method, unit=unit, criteria=RULES.criteria)
    result = score(ratings_of([("A", "X", "Idea", 8), ("B", "Y", "Idea", 7)]), rules=rules)
    assert result.ranks() == (None, None)
    assert np.isnan(result.score).all()
    assert facts(result, "unscored_entries") == {"entries": ["X", "Y"]}


def test_adjusting_by_criterion_with_gaps_gives_scores_without_standard_errors() -> None:
    random = np.random.default_rng(2)
    rows = [
        (f"J{j}", f"E{i}", name, float(random.integers(1, 10)))
        for i in range(6)
        for j in range(4)
        for name in ("Idea", "Use")
    ][1:]
    rules = RuleBook(unit="criterion", criteria=RULES.criteria)
    result = score(ratings_of(rows), rules=rules)
    assert np.isfinite(result.score).all()
    assert np.isnan(result.se).all()


def test_weighing_all_ratings_of_an_entry_zero_leaves_it_unscored() -> None:
    ratings = Ratings.from_columns(
        judge="ABAB", entry="XXYY", value=[9, 6, 5, 4], weight=[0, 0, 1, 1]
    )
    result = score(ratings, method="mean")
    assert result.ranks() == (None, 1)


def test_using_weights_with_a_method_that_has_none_warns() -> None:
    ratings = Ratings.from_columns(judge="AB", entry="XX", value=[9, 6], weight=[3, 1])
    result = score(ratings, method="trimmed")
    assert result.score.tolist() == [7.5]
    assert facts(result, "weights_ignored") == {"method": "trimmed"}


def test_scoring_numbers_far_from_zero_keeps_their_differences() -> None:
    result = score(crossed([[1e12 + 1, 1e12 + 2], [1e12 + 3, 1e12 + 4], [1e12, 1e12 + 2]]))
    assert result.rank.tolist() == [2, 1, 3]
