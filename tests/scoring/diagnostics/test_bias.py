"""Judges who favour their own are found, and others are not accused."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import kstest

from competition.scoring.arrays import Flags, Floats
from competition.scoring.diagnostics.bias import check_bias, holm, same_group
from competition.scoring.totals import Scores


def panel(
    seed: int,
    favour: dict[int, float] | None = None,
    *,
    entries: int = 40,
    judges: int = 8,
    noise: float = 1.0,
) -> tuple[Scores, Flags]:
    """All entries by all judges; of each judge's organization are five entries."""
    random = np.random.default_rng(seed)
    entry, judge = np.indices((entries, judges)).reshape(2, -1)
    value = random.normal(0, 2, entries)[entry] - random.normal(0, 1, judges)[judge]
    value += random.normal(0, noise, entry.size) if noise else 0
    plain = Scores(judge, entry, value, None, judges, entries)
    matched = same_group(plain, np.arange(judges), np.arange(entries) % judges)
    extra = np.zeros(judges)
    for one, amount in (favour or {}).items():
        extra[one] = amount
    value = value + np.where(matched, extra[judge], 0)
    return Scores(judge, entry, value, None, judges, entries), matched


def test_favouring_without_noise_is_measured_exactly() -> None:
    found = check_bias(*panel(1, {2: 1.5, 5: -0.7}, noise=0), seed=1, permutations=99)
    assert found.discrepancy == pytest.approx([0, 0, 1.5, 0, 0, -0.7, 0, 0], abs=1e-12)
    assert found.n_matched.tolist() == [5] * 8
    assert found.n_other.tolist() == [35] * 8
    assert found.overall == pytest.approx((1.5 - 0.7) / 8)


def test_favouring_strongly_is_found_among_honest_judges() -> None:
    # The standard error is about sqrt(8/7) sqrt(1/5 + 1/35) = .51 points.
    found = check_bias(*panel(2, {3: 4.0}), seed=1)
    assert found.p_holm[3] < 0.01
    assert found.discrepancy[3] == pytest.approx(4.0, abs=1.6)
    assert (np.delete(found.p_holm, 3) > 0.05).all()
    assert found.tested == 8


def test_favouring_a_little_by_everybody_is_found_together() -> None:
    # Eight judges together: a standard error of about .18 points.
    found = check_bias(*panel(3, dict.fromkeys(range(8), 0.9)), seed=1)
    assert found.overall == pytest.approx(0.9, abs=0.55)
    assert found.overall_p < 0.01
    assert (found.p_holm > 0.05).any()


def test_judging_honestly_gives_evenly_spread_p_values() -> None:
    each = [check_bias(*panel(seed), seed=seed, permutations=399) for seed in range(40)]
    assert kstest(np.concatenate([found.p for found in each]), "uniform").pvalue > 0.001
    accused = sum(bool((found.p_holm <= 0.05).any()) for found in each)
    assert accused <= 0.05 * 40 + 3 * np.sqrt(40 * 0.05 * 0.95)


def test_permuting_all_ways_gives_the_same_p_value() -> None:
    scores, matched = panel(4, {0: 1.0}, entries=9, judges=3)
    only = matched & (scores.judge == 0)
    found = check_bias(scores, only, seed=1, permutations=30_000)
    values = residuals_of_first(scores, only)
    own = [k for k in range(9) if only[scores.judge == 0][k]]

    def discrepancy(chosen: tuple[int, ...]) -> float:
        others = [k for k in range(9) if k not in chosen]
        return float(values[list(chosen)].mean() - values[others].mean())

    actual = discrepancy(tuple(own))
    assert found.discrepancy[0] == pytest.approx(actual)
    every = [abs(discrepancy(chosen)) for chosen in combinations(range(9), len(own))]
    exact = np.mean(np.array(every) >= abs(actual) - 1e-9)
    assert found.p[0] == pytest.approx(exact, abs=4 * np.sqrt(exact / 30_000))


def residuals_of_first(scores: Scores, matched: Flags) -> Floats:
    """Least squares by hand: the first judge's scores less the others' at mean severity."""
    neutral = ~matched
    design = np.zeros((scores.value.size, scores.n_entries + scores.n_judges))
    design[np.arange(scores.value.size), scores.entry] = 1
    design[np.arange(scores.value.size), scores.n_entries + scores.judge] = 1
    point = np.linalg.lstsq(design[neutral], scores.value[neutral], rcond=None)[0]
    effect = point[scores.n_entries :]
    level = scores.value - (effect - effect.mean())[scores.judge]
    first = scores.judge == 0
    return np.array(
        [
            scores.value[first & (scores.entry == i)][0]
            - level[~first & neutral & (scores.entry == i)].mean()
            for i in range(scores.n_entries)
        ]
    )


def test_being_severe_or_generous_to_all_is_no_bias() -> None:
    scores, matched = panel(5, {1: 2.0})
    moved = scores.value + np.array([0, 5, 0, -3, 0, 0, 9, 0])[scores.judge]
    shifted = Scores(scores.judge, scores.entry, moved, None, 8, 40)
    first, second = (check_bias(given, matched, seed=1) for given in (scores, shifted))
    assert second.discrepancy == pytest.approx(first.discrepancy, abs=1e-9)
    assert second.p.tolist() == first.p.tolist()


def test_knowing_no_own_entries_tests_nobody() -> None:
    scores, matched = panel(6)
    found = check_bias(scores, np.zeros_like(matched), seed=1)
    assert found.tested == 0
    assert np.isnan([found.overall, found.overall_p]).all()
    assert np.isnan(found.p).all() and np.isnan(found.p_holm).all()


def test_judging_own_entries_only_leaves_a_judge_untested() -> None:
    scores, _ = panel(7)
    found = check_bias(scores, scores.judge == 4, seed=1)
    assert found.tested == 0
    assert (found.n_matched[4], found.n_other[4]) == (0, 0)


def test_judging_an_entry_alone_leaves_it_out() -> None:
    scores, matched = panel(8)
    keep = (scores.entry != 0) | (scores.judge == 0)
    fewer = Scores(scores.judge[keep], scores.entry[keep], scores.value[keep], None, 8, 40)
    found = check_bias(fewer, matched[keep], seed=1)
    assert found.n_matched.tolist() == [4, 5, 5, 5, 5, 5, 5, 5]
    assert found.n_other.tolist() == [35, 34, 34, 34, 34, 34, 34, 34]


def test_scoring_own_entries_in_a_panel_apart_is_not_comparable() -> None:
    entry = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3])
    judge = np.array([0, 1, 2, 0, 1, 2, 0, 3, 4, 3, 4])
    value = np.arange(11.0) ** 1.5
    matched = (judge == 0) & (entry == 2)
    found = check_bias(Scores(judge, entry, value, None, 5, 4), matched, seed=1)
    assert found.tested == 0
    assert (found.n_matched[0], found.n_other[0]) == (0, 2)


def test_scoring_everything_equally_accuses_nobody() -> None:
    scores, matched = panel(9)
    level = Scores(scores.judge, scores.entry, np.full(scores.value.size, 7.0), None, 8, 40)
    found = check_bias(level, matched, seed=1, permutations=99)
    assert found.p.tolist() == [1.0] * 8
    assert found.overall_p == 1.0


def test_having_no_scores_tests_nobody() -> None:
    none = np.zeros(0, dtype=np.int64)
    found = check_bias(Scores(none, none, np.zeros(0), None, 2, 3), np.zeros(0, bool), seed=1)
    assert found.tested == 0


def test_checking_twice_with_a_seed_gives_the_same_p_values() -> None:
    scores, matched = panel(10)
    first, second = (check_bias(scores, matched, seed=3, permutations=99) for _ in range(2))
    assert first.p.tobytes() == second.p.tobytes()


def test_matching_takes_unknown_groups_for_no_match() -> None:
    scores = Scores(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), np.zeros(4), None, 2, 2)
    found = same_group(scores, np.array([3, -1]), np.array([3, -1]))
    assert found.tolist() == [True, False, False, False]


def test_adjusting_by_holm_never_falls_and_stays_below_one() -> None:
    found = holm(np.array([0.5, 0.01, 0.6, 0.02]))
    assert found == pytest.approx([1.0, 0.04, 1.0, 0.06])
