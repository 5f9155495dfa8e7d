"""Each method gives what its formula says, by hand or by an independent calculation."""

from __future__ import annotations

import statistics

import choix
import numpy as np
import pytest

from competition.scoring import Criterion, Ratings, Rounding, RuleBook, score
from competition.scoring.fits.additive import fit_additive
from competition.scoring.graph import components
from tests.scoring.builders import crossed, ratings_of, sparse


def warning_codes(result: object) -> list[str]:
    return [warning.code for warning in result.warnings]  # type: ignore[attr-defined]


def test_averaging_gives_the_mean_of_each_entry() -> None:
    result = score(crossed([[7, 8, 9], [6, 6, 7]]), method="mean")
    assert result.adjusted.tolist() == [8.0, 19 / 3]
    assert (result.rank.tolist(), result.n_judges.tolist()) == ([1, 2], [3, 3])
    assert np.isnan(result.se).all()
    assert result.df is None


def test_averaging_with_weights_counts_each_score_by_its_weight() -> None:
    ratings = Ratings.from_columns(
        judge="ABAB", entry="XXYY", value=[9, 6, 5, 5], weight=[2, 1, 1, 0]
    )
    result = score(ratings, method="mean")
    assert result.adjusted.tolist() == [8.0, 5.0]
    assert result.raw.tolist() == [7.5, 5.0]
    assert result.n_judges.tolist() == [2, 1]
    assert warning_codes(result)[0] == "zero_weights"


def test_trimming_drops_the_highest_and_lowest_from_the_minimum_on() -> None:
    rows = [(f"J{j}", "five", value) for j, value in enumerate([1, 7, 8, 9, 10])]
    rows += [(f"J{j}", "four", value) for j, value in enumerate([1, 7, 8, 9])]
    result = score(ratings_of(rows), method="trimmed")
    assert result.adjusted.tolist() == [8.0, 6.25]
    fallback = result.warnings[0]
    assert fallback.code == "trim_fallback"
    assert fallback.facts == {"fallback": "mean", "entries": ["four"], "minimum": 5}


def test_trimming_equal_scores_drops_one_of_them_only() -> None:
    rules = RuleBook(method="trimmed", drop_high=2, drop_low=0, drop_minimum=3)
    result = score(crossed([[9, 9, 9, 5], [8, 9, 7, 6]]), rules=rules)
    assert result.adjusted.tolist() == [7.0, 6.5]


def test_standardizing_follows_the_formula() -> None:
    table = np.random.default_rng(4).normal(70, 8, (9, 3)).round(1)
    result = score(crossed(table.tolist()), method="zscore")
    z = np.column_stack(
        [(c - statistics.fmean(c)) / statistics.stdev(c.tolist()) for c in table.T]
    ).mean(axis=1)
    spread = np.sqrt(np.mean([statistics.variance(c) for c in table.T.tolist()]))
    assert result.adjusted == pytest.approx(table.mean() + spread * z, rel=1e-12)
    assert warning_codes(result) == []
    assert np.isnan(result.severity).all()


def test_standardizing_a_judge_without_spread_contributes_nothing_and_is_flagged() -> None:
    table = [[60.1 + i, 50 + 2 * i, 7.1] for i in range(8)]
    result = score(crossed(table), method="zscore")
    assert (np.diff(result.adjusted) > 0).all()
    assert result.warnings[-1].code == "judge_no_variance"
    assert result.warnings[-1].facts == {"judges": ["J2"]}


def test_standardizing_few_scores_warns_with_the_judges() -> None:
    result = score(crossed([[1, 2], [3, 5]]), method="zscore")
    assert result.warnings[0].facts == {"minimum": 8, "judges": ["J0", "J1"]}


def test_standardizing_judges_of_different_tracks_warns() -> None:
    ratings = Ratings.from_columns(
        judge=["A"] * 8 + ["B"] * 8,
        entry=[f"E{i}" for i in range(16)],
        value=list(range(16)),
        track=["web"] * 8 + ["ai"] * 8,
    )
    assert "tracks_differ" in warning_codes(score(ratings, method="zscore"))


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_fitting_random_designs_solves_the_normal_equations(seed: int, weighted: bool) -> None:
    """Dense least squares with one constraint a component, solved by brute force."""
    random = np.random.default_rng(seed)
    entries, judges = random.integers(2, 12, 2)
    cell = np.unique(random.integers(0, entries * judges, random.integers(6, 60)))
    entry, judge = cell // judges, cell % judges
    value = random.normal(50, 10, cell.size)
    weight = random.uniform(0.3, 2, cell.size) if weighted else np.ones(cell.size)
    fit = fit_additive(judge, entry, value, judges, entries, weight if weighted else None)
    of_judge, of_entry, count = components(judge, entry, judges, entries)
    design = np.zeros((cell.size, entries + judges))
    design[np.arange(cell.size), entry] = 1
    design[np.arange(cell.size), entries + judge] = 1
    sums = np.zeros((count, entries + judges))
    sums[of_judge[of_judge >= 0], entries + np.flatnonzero(of_judge >= 0)] = 1
    active = np.r_[of_entry, of_judge] >= 0
    design, sums = design[:, active], sums[:, active]
    corner = np.zeros((count, count))
    bordered = np.block([[design.T @ (weight[:, None] * design), sums.T], [sums, corner]])
    inverse = np.linalg.inv(bordered)
    solution = inverse @ np.r_[design.T @ (weight * value), np.zeros(count)]
    effects = solution[: active.sum()]
    df = cell.size - int(active.sum()) + count
    ours = np.r_[fit.adjusted, -fit.severity][active]
    assert fit.df == df
    assert ours == pytest.approx(effects, rel=1e-9, abs=1e-9)
    if df > 0:
        sigma2 = float(np.sum(weight * (value - design @ effects) ** 2) / df)
        errors = np.sqrt(np.maximum(sigma2 * inverse.diagonal()[: active.sum()], 0))
        assert fit.sigma2 == pytest.approx(sigma2, rel=1e-9)
        assert np.r_[fit.se, fit.severity_se][active] == pytest.approx(errors, rel=1e-7, abs=1e-7)


def test_fitting_with_long_and_short_panels_agrees_with_either_facet_eliminated() -> None:
    ratings = sparse(3, entries=60, judges=25, each=4)
    plain = score(ratings)
    swapped = fit_additive(ratings.entry, ratings.judge, ratings.value, 60, 25)
    effects = plain.adjusted - plain.adjusted.mean()
    assert -swapped.severity == pytest.approx(effects, abs=1e-9)
    assert swapped.sigma2 == pytest.approx(plain.sigma2, rel=1e-12)


def test_adjusting_recovers_judges_of_known_severity() -> None:
    random = np.random.default_rng(11)
    truth, severity = random.normal(70, 10, 400), random.normal(0, 5, 20)
    severity -= severity.mean()
    rows = [
        (f"J{j}", f"E{i}", truth[i] - severity[j] + random.normal(0, 2))
        for i in range(400)
        for j in random.choice(20, 4, replace=False)
    ]
    result = score(ratings_of(rows))
    known = {f"J{j}": severity[j] for j in range(20)}
    wrong = np.array([known[str(judge)] for judge in result.judges]) - result.severity
    assert np.abs(wrong / result.severity_se).max() < 4
    assert result.sigma2 == pytest.approx(4, rel=0.15)


def test_adjusting_a_complete_panel_keeps_the_order_of_the_means() -> None:
    ratings = crossed(np.random.default_rng(5).integers(50, 100, (12, 5)).tolist())
    assert score(ratings).rank.tolist() == score(ratings, method="mean").rank.tolist()


CRITERIA = (Criterion("Idea", 0.6), Criterion("Use", 0.4))


def two_criteria() -> Ratings:
    random = np.random.default_rng(8)
    return ratings_of(
        (f"J{j}", f"E{i}", name, float(random.integers(40, 100)) / 4)
        for i in range(6)
        for j in range(4)
        for name in ("Idea", "Use")
    )


@pytest.mark.parametrize("method", ["mean", "additive"])
def test_combining_complete_scorecards_by_either_unit_gives_the_same_score(method: str) -> None:
    by_card = score(two_criteria(), rules=RuleBook(method=method, criteria=CRITERIA))
    rules = RuleBook(method=method, unit="criterion", criteria=CRITERIA)
    by_criterion = score(two_criteria(), rules=rules)
    assert by_criterion.adjusted == pytest.approx(by_card.adjusted, rel=1e-12)
    assert by_criterion.raw == pytest.approx(by_card.raw, rel=1e-12)
    if method == "additive":
        assert by_criterion.se == pytest.approx(by_card.se, rel=1e-12)
        assert by_criterion.severity == pytest.approx(by_card.severity, rel=1e-12)


def test_weighting_in_percent_puts_every_criterion_on_its_share_of_100() -> None:
    rules = RuleBook(
        method="mean",
        weighting="percent",
        criteria=(Criterion("Idea", 70, (0, 10)), Criterion("Use", 30, (0, 5))),
    )
    ratings = ratings_of([("A", "X", "Idea", 8), ("A", "X", "Use", 4.5)])
    assert score(ratings, rules=rules).score.tolist() == [83.0]


def test_scoring_without_declared_criteria_counts_all_the_same_and_says_so() -> None:
    result = score(ratings_of([("A", "X", "Idea", 8), ("A", "X", "Use", 5)]), method="mean")
    assert result.score.tolist() == [6.5]
    assert result.warnings[0].code == "criteria_not_declared"
    assert result.warnings[0].facts == {"criteria": ["Idea", "Use"]}


def test_rounding_the_total_makes_ties_official_and_ranks_on_them() -> None:
    ratings = crossed([[8.0, 8.01], [8.01, 8.0], [8.004, 8.005]])
    rounded = score(ratings, rules=RuleBook(method="mean", round=Rounding(total=2)))
    assert rounded.score.tolist() == [8.01, 8.01, 8.0]
    assert rounded.rank.tolist() == [1, 1, 3]


def test_rounding_least_squares_scores_takes_a_half_up_in_spite_of_float_noise() -> None:
    ratings = crossed([[8.1, 8.15], [7.1, 7.15], [9.0, 9.05]])
    result = score(ratings, rules=RuleBook(round=Rounding(total=2)))
    assert result.score.tolist() == [8.13, 7.13, 9.03]


def test_rounding_a_step_that_the_unit_does_not_have_warns() -> None:
    rules = RuleBook(method="mean", round=Rounding(criterion=2, total=2))
    result = score(crossed([[1, 2], [3, 4]]), rules=rules)
    assert result.warnings[0].facts == {"keys": ["scoring.round.criterion"]}


def test_ranking_ballots_are_filled_from_the_top_whatever_their_order() -> None:
    random = np.random.default_rng(4)
    lists = [random.permutation(8)[: random.integers(2, 7)].tolist() for _ in range(40)]
    rows = [
        (f"J{number}", item, place)
        for number, ballot in enumerate(lists)
        for place, item in enumerate(ballot, 1)
    ]
    result, shuffled = (
        score(
            Ratings.from_rankings(
                judge=[row[0] for row in given],
                entry=[row[1] for row in given],
                rank=[row[2] for row in given],
            ),
            method="bradley_terry",
        )
        for given in (rows, [rows[k] for k in random.permutation(len(rows))])
    )
    theirs = choix.ilsr_rankings(8, lists)
    expected = dict(enumerate((theirs - theirs.mean()).tolist()))
    for found in (result, shuffled):
        assert found.measure is not None
        ours = dict(zip(found.entries, found.measure.tolist(), strict=True))
        assert ours == pytest.approx(expected, abs=1e-5)


def test_ranking_ballots_without_a_finite_maximum_keep_their_order_and_say_so() -> None:
    ratings = Ratings.from_rankings(judge="AAABBB", entry="XYZXYZ", rank=[1, 2, 3, 1, 3, 2])
    result = score(ratings, method="bradley_terry")
    assert result.measure is not None
    assert result.measure[0] == result.measure.max()
    assert "no_finite_strength" in {warning.code for warning in result.warnings}
    assert np.isfinite(result.measure).all()
