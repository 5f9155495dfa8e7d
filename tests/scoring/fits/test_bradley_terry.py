"""Strengths from comparisons and ballots maximise their likelihood, where it has a maximum."""

from __future__ import annotations

from itertools import combinations

import choix
import numpy as np
import pytest
from scipy.optimize import minimize

from competition.scoring.arrays import Floats, Integers
from competition.scoring.errors import Disconnected, NotEnoughData, TooManyComparisons
from competition.scoring.fits import bradley_terry
from competition.scoring.fits.bradley_terry import (
    Comparisons,
    comparisons_of,
    fit_bradley_terry,
)
from competition.scoring.fits.plackett_luce import fit_plackett_luce
from competition.scoring.totals import Scores


def matches(seed: int, entries: int, number: int) -> Comparisons:
    random = np.random.default_rng(seed)
    truth = random.normal(0, 0.6, entries)
    first = random.integers(0, entries, number)
    second = (first + random.integers(1, entries, number)) % entries
    wins = random.random(number) < 1 / (1 + np.exp(truth[second] - truth[first]))
    return Comparisons.of(np.where(wins, first, second), np.where(wins, second, first), entries)


def scores(judge: list[int], entry: list[int], value: list[float]) -> Scores:
    return Scores(
        np.array(judge), np.array(entry), np.array(value), None, max(judge) + 1, max(entry) + 1
    )


def test_fitting_two_entries_gives_the_log_odds() -> None:
    wins = Comparisons.of(np.repeat([0, 1], [6, 2]), np.repeat([1, 0], [6, 2]), 2)
    fit = fit_bradley_terry(wins)
    assert fit.strength == pytest.approx(np.array([0.5, -0.5]) * np.log(3))
    # The information on the difference is 8 p q = 1.5, and a centred strength is half of it.
    assert fit.se == pytest.approx(np.full(2, np.sqrt(1 / 1.5) / 2))
    assert fit.log_likelihood == pytest.approx(6 * np.log(0.75) + 2 * np.log(0.25))


@pytest.mark.parametrize("entries", [12, 160])
def test_fitting_matches_equals_an_independent_package(entries: int) -> None:
    wins = matches(1, entries, 20 * entries)
    fit = fit_bradley_terry(wins)
    pairs = list(zip(wins.winner.tolist(), wins.loser.tolist(), strict=True))
    theirs = choix.ilsr_pairwise(entries, pairs)
    assert fit.strength == pytest.approx(theirs - theirs.mean(), abs=1e-5)
    assert fit.strength.sum() == pytest.approx(0, abs=1e-10)


def test_fitting_matches_meets_the_score_equations() -> None:
    wins = matches(2, 40, 900)
    fit = fit_bradley_terry(wins)
    x = fit.strength
    expected = np.zeros(40)
    chance = 1 / (1 + np.exp(x[wins.loser] - x[wins.winner]))
    np.add.at(expected, wins.winner, chance)
    np.add.at(expected, wins.loser, 1 - chance)
    assert expected == pytest.approx(np.bincount(wins.winner, minlength=40), abs=1e-8)


def test_taking_standard_errors_equals_the_pseudo_inverse_of_the_information() -> None:
    wins = matches(3, 15, 300)
    fit = fit_bradley_terry(wins)
    information = np.zeros((15, 15))
    for i, j in zip(wins.winner, wins.loser, strict=True):
        p = 1 / (1 + np.exp(fit.strength[j] - fit.strength[i]))
        information[[i, j], [i, j]] += p * (1 - p)
        information[[i, j], [j, i]] -= p * (1 - p)
    covariance = np.linalg.pinv(information)
    assert fit.se == pytest.approx(np.sqrt(covariance.diagonal()))
    assert fit.joint().covariance() == pytest.approx(covariance, abs=1e-10)


def test_tying_counts_as_half_a_win_each_way() -> None:
    first, second = np.array([0, 1, 2, 0]), np.array([1, 2, 0, 1])
    tied = Comparisons.of(first, second, 3, tied=np.array([False, False, False, True]))
    doubled = Comparisons.of(np.r_[first[:3], first, 1], np.r_[second[:3], second, 0], 3)
    assert fit_bradley_terry(tied).strength == pytest.approx(fit_bradley_terry(doubled).strength)


def test_relabelling_entries_permutes_the_strengths() -> None:
    wins = matches(4, 20, 500)
    order = np.random.default_rng(1).permutation(20)
    moved = Comparisons.of(order[wins.winner], order[wins.loser], 20)
    assert fit_bradley_terry(moved).strength[order] == pytest.approx(
        fit_bradley_terry(wins).strength, abs=1e-9
    )


def test_halving_all_weights_keeps_strengths_and_widens_errors() -> None:
    wins = matches(5, 20, 500)
    half = Comparisons.of(wins.winner, wins.loser, 20, weight=np.full(500, 0.5))
    whole, other = fit_bradley_terry(wins), fit_bradley_terry(half)
    assert other.strength == pytest.approx(whole.strength, abs=1e-9)
    assert other.se == pytest.approx(whole.se * np.sqrt(2))


def test_winning_every_comparison_is_refused_and_names_the_sets() -> None:
    wins = Comparisons.of(np.array([0, 1, 2, 3, 3]), np.array([1, 2, 0, 0, 2]), 5)
    with pytest.raises(Disconnected) as caught:
        fit_bradley_terry(wins)
    assert caught.value.facts == {
        "what": "comparisons",
        "kind": "one_way",
        "sets": [[0, 1, 2], [3]],
    }


def test_comparing_two_groups_apart_is_refused_and_names_the_sets() -> None:
    wins = Comparisons.of(np.array([0, 1, 2, 3]), np.array([1, 0, 3, 2]), 4)
    with pytest.raises(Disconnected) as caught:
        fit_bradley_terry(wins)
    assert caught.value.facts == {
        "what": "comparisons",
        "kind": "never_meet",
        "sets": [[0, 1], [2, 3]],
    }


def test_penalising_gives_a_finite_answer_where_one_entry_won_everything() -> None:
    wins = Comparisons.of(np.array([0, 0, 1]), np.array([1, 2, 2]), 3)
    fit = fit_bradley_terry(wins, penalty=1.0)

    def loss(x: Floats) -> float:
        lead = x[wins.winner] - x[wins.loser]
        return float(np.log1p(np.exp(-lead)).sum() + x @ x / 2)

    assert fit.strength == pytest.approx(minimize(loss, np.zeros(3), tol=1e-10).x, abs=1e-5)


def test_comparing_nobody_is_refused() -> None:
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(NotEnoughData):
        fit_bradley_terry(Comparisons.of(none, none, 3))


def test_leaving_an_entry_uncompared_gives_it_no_strength() -> None:
    wins = Comparisons.of(np.array([0, 2]), np.array([2, 0]), 3)
    fit = fit_bradley_terry(wins)
    assert np.isnan(fit.strength).tolist() == [False, True, False]
    assert fit.compared.tolist() == [0, 2]


def test_turning_scores_into_comparisons_pairs_the_entries_of_each_judge() -> None:
    made = comparisons_of(scores([0, 0, 0, 1, 1, 2], [0, 1, 2, 0, 1, 2], [7, 5, 7, 3, 4, 9]))
    found = sorted(
        zip(made.winner.tolist(), made.loser.tolist(), made.weight.tolist(), strict=True)
    )
    assert [(won, lost) for won, lost, _ in found] == [(0, 1), (0, 2), (1, 0), (2, 0), (2, 1)]
    assert [weight for _, _, weight in found] == pytest.approx([2 / 3, 1 / 3, 1, 1 / 3, 2 / 3])


def test_turning_scores_into_comparisons_weighs_a_judge_by_the_entries_less_one() -> None:
    random = np.random.default_rng(1)
    judge = np.repeat([0, 1, 2], [9, 4, 2]).tolist()
    made = comparisons_of(scores(judge, [*range(9), *range(4), 0, 1], random.random(15).tolist()))
    assert made.weight.sum() == pytest.approx(8 + 3 + 1)


def test_shifting_and_stretching_each_judges_scores_changes_no_strength() -> None:
    random = np.random.default_rng(2)
    entry, judge = np.indices((10, 6)).reshape(2, -1)
    value = random.normal(0, 1, 60).round(2)
    plain = Scores(judge, entry, value, None, 6, 10)
    moved = Scores(judge, entry, (1 + judge) * value + 3.0 * judge, None, 6, 10)
    fits = [fit_bradley_terry(comparisons_of(given)) for given in (plain, moved)]
    assert fits[0].strength == pytest.approx(fits[1].strength, abs=1e-9)


def test_making_too_many_comparisons_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bradley_terry, "MOST_COMPARISONS", 5)
    with pytest.raises(TooManyComparisons) as caught:
        comparisons_of(scores([0] * 4, [0, 1, 2, 3], [1, 2, 3, 4]))
    assert caught.value.facts == {"count": 6, "most": 5}


def ballots(seed: int, entries: int, number: int, length: int) -> tuple[Integers, Integers, Floats]:
    random = np.random.default_rng(seed)
    truth = random.normal(0, 1, entries)
    ballot = np.repeat(np.arange(number), length)
    entry = np.concatenate([random.permutation(entries)[:length] for _ in range(number)])
    return ballot, entry, -(truth[entry] + random.gumbel(size=entry.size))


def test_ranking_two_at_a_time_equals_comparing() -> None:
    wins = matches(6, 10, 200)
    ballot, entry = np.repeat(np.arange(200), 2), np.c_[wins.winner, wins.loser].ravel()
    fit = fit_plackett_luce(ballot, entry, np.tile([1.0, 2.0], 200), 10)
    pairwise = fit_bradley_terry(wins)
    assert fit.strength == pytest.approx(pairwise.strength, abs=1e-9)
    assert fit.se == pytest.approx(pairwise.se)
    assert fit.log_likelihood == pytest.approx(pairwise.log_likelihood)


def test_fitting_ballots_equals_an_independent_package() -> None:
    ballot, entry, place = ballots(7, 12, 60, 5)
    fit = fit_plackett_luce(ballot, entry, place, 12)
    lines = [entry[ballot == b][np.argsort(place[ballot == b])].tolist() for b in range(60)]
    theirs = choix.ilsr_rankings(12, lines)
    assert fit.strength == pytest.approx(theirs - theirs.mean(), abs=1e-5)


def test_fitting_tied_ballots_of_different_lengths_finds_the_maximum() -> None:
    ballot, entry, place = ballots(8, 6, 30, 4)
    keep = np.random.default_rng(3).random(ballot.size) < 0.85
    ballot, entry, place = ballot[keep], entry[keep], np.round(place[keep])

    def loss(x: Floats) -> float:
        total = 0.0
        for b in range(30):
            mine, where = x[entry[ballot == b]], place[ballot == b]
            for chosen, at in zip(mine, where, strict=True):
                total += float(np.log(np.exp(mine[where >= at]).sum()) - chosen)
        return total

    fit = fit_plackett_luce(ballot, entry, place, 6)
    best = minimize(loss, np.zeros(6), tol=1e-10)
    assert fit.strength == pytest.approx(best.x - best.x.mean(), abs=1e-4)
    step, curvature = 1e-3, np.zeros((6, 6))
    for i in range(6):
        for j in range(6):
            corners = [
                a * b * loss(fit.strength + step * (a * np.eye(6)[i] + b * np.eye(6)[j]))
                for a in (-1, 1)
                for b in (-1, 1)
            ]
            curvature[i, j] = sum(corners) / (4 * step**2)
    assert fit.se == pytest.approx(np.sqrt(np.linalg.pinv(curvature, 1e-4).diagonal()), rel=1e-3)


def test_ranking_one_entry_last_on_every_ballot_is_refused() -> None:
    ballot, entry = np.repeat([0, 1], 3), np.array([0, 1, 2, 1, 0, 2])
    with pytest.raises(Disconnected) as caught:
        fit_plackett_luce(ballot, entry, np.tile([1.0, 2.0, 3.0], 2), 3)
    assert caught.value.facts["sets"] == [[0, 1], [2]]


def test_recovering_simulated_strengths_covers_the_truth() -> None:
    random = np.random.default_rng(9)
    truth = random.normal(0, 1, 60)
    pairs = np.array(list(combinations(range(60), 2)))
    wins = random.random(len(pairs)) < 1 / (1 + np.exp(truth[pairs[:, 1]] - truth[pairs[:, 0]]))
    made = Comparisons.of(
        np.where(wins, pairs[:, 0], pairs[:, 1]), np.where(wins, pairs[:, 1], pairs[:, 0]), 60
    )
    fit = fit_bradley_terry(made)
    covered = np.abs(fit.strength - truth + truth.mean()) < 1.96 * fit.se
    assert 0.88 <= covered.mean() <= 1
