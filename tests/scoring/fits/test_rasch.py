"""The rating scale model gives the published measures, and says what it cannot measure."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from competition.scoring.arrays import Floats, Integers
from competition.scoring.errors import (
    Disconnected,
    NotConverged,
    NotEnoughData,
    TooManyCategories,
)
from competition.scoring.fits.rasch import RaschFit, fit_rasch, predict_rasch
from tests.scoring.builders import read_csv


@pytest.fixture(scope="module")
def published(reference_folder: Path) -> dict[str, Any]:
    text = (reference_folder / "results" / "rasch.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)["ordinal_wine"]
    return found


@pytest.fixture(scope="module")
def wine(reference_folder: Path) -> RaschFit:
    rows = read_csv(reference_folder / "data" / "ordinal_wine.csv")
    judge, entry = (np.array([int(row[name]) - 1 for row in rows]) for name in ("judge", "item"))
    return fit_rasch(judge, entry, np.array([float(row["score"]) for row in rows]), 9, 8)


def crossed(table: Floats) -> tuple[Integers, Integers, Floats]:
    entry, judge = np.indices(table.shape).reshape(2, -1)
    return judge, entry, table.ravel()


def simulated(seed: int, entries: int = 12, judges: int = 5, criteria: int = 3) -> dict[str, Any]:
    """Ratings from 1 to 5 of all entries by all judges on all criteria."""
    random = np.random.default_rng(seed)
    entry, judge, criterion = np.indices((entries, judges, criteria)).reshape(3, -1)
    centre = random.normal(0, 1, entries)[entry] - random.normal(0, 0.7, judges)[judge]
    centre -= np.linspace(-0.5, 0.5, criteria)[criterion]
    value = np.clip(np.round(3 + centre + random.normal(0, 0.8, entry.size)), 1, 5)
    return {
        "judge": judge,
        "entry": entry,
        "value": value,
        "n_judges": judges,
        "n_entries": entries,
        "criterion": criterion,
        "n_criteria": criteria,
    }


def test_fitting_published_ratings_gives_the_published_measures(
    wine: RaschFit, published: dict[str, Any]
) -> None:
    item, judge = published["item"], published["judge"]
    for ours, theirs in (
        (wine.measure, item["measure"]),
        (wine.measure_se, item["se_full"]),
        (wine.infit, item["infit"]),
        (wine.outfit, item["outfit"]),
        (wine.adjusted, item["fair_average_zero"]),
        (-wine.severity, judge["measure"]),
        (wine.severity_se, judge["se_full"]),
        (wine.judge_infit, judge["infit"]),
        (wine.judge_outfit, judge["outfit"]),
        (-wine.threshold, published["step_logits"]),
    ):
        assert ours == pytest.approx(np.array(theirs), abs=1e-8)


def test_fitting_published_ratings_gives_the_published_likelihood_and_reliability(
    wine: RaschFit, published: dict[str, Any]
) -> None:
    assert wine.log_likelihood == pytest.approx(published["logLik"], rel=1e-10)
    assert (wine.reliability, wine.judge_reliability) == pytest.approx(
        (published["item"]["separation_reliability"], published["judge"]["separation_reliability"])
    )


def test_maximising_by_a_general_optimiser_finds_no_better_likelihood() -> None:
    data = simulated(1, entries=6, judges=4, criteria=2)
    fit = fit_rasch(**data)
    code = (data["value"] - fit.category[0]).astype(int)
    cuts = np.cumsum([6, 4, 2])

    def loss(point: Floats) -> float:
        measure, severity, difficulty, threshold = np.split(point, cuts)
        centre = measure[data["entry"]] - severity[data["judge"]] - difficulty[data["criterion"]]
        logits = np.cumsum(centre[:, None] - np.r_[0, threshold][None, :], axis=1)
        logits -= centre[:, None]
        own = logits[np.arange(code.size), code]
        return float(np.sum(np.log(np.exp(logits).sum(axis=1)) - own))

    best = minimize(loss, np.zeros(12 + fit.threshold.size), method="BFGS", tol=1e-9)
    assert fit.log_likelihood == pytest.approx(-best.fun, abs=1e-6)
    measure = best.x[:6] - best.x[:6].mean()
    assert fit.measure == pytest.approx(measure, abs=1e-3)
    assert fit.severity == pytest.approx(best.x[6:10] - best.x[6:10].mean(), abs=1e-3)
    assert fit.difficulty == pytest.approx(best.x[10:12] - best.x[10:12].mean(), abs=1e-3)
    assert loss(np.r_[fit.measure, fit.severity, fit.difficulty, fit.threshold]) == pytest.approx(
        -fit.log_likelihood
    )


def test_centring_every_facet_leaves_mean_zero() -> None:
    fit = fit_rasch(**simulated(2))
    for part in (fit.measure, fit.severity, fit.difficulty):
        assert part.mean() == pytest.approx(0, abs=1e-12)


def test_permuting_the_ratings_changes_nothing() -> None:
    data = simulated(3)
    fit = fit_rasch(**data)
    order = np.random.default_rng(1).permutation(data["value"].size)
    for name in ("judge", "entry", "criterion", "value"):
        data[name] = data[name][order]
    assert fit_rasch(**data).measure == pytest.approx(fit.measure, abs=1e-9)


def test_transposing_judges_and_entries_turns_the_signs() -> None:
    data = simulated(4, entries=9, judges=9)
    fit = fit_rasch(**data)
    turned = fit_rasch(**{**data, "judge": data["entry"], "entry": data["judge"]})
    assert turned.measure == pytest.approx(-fit.severity, abs=1e-9)
    assert turned.measure_se == pytest.approx(fit.severity_se, abs=1e-9)


def test_eliminating_the_judges_gives_the_same_fit() -> None:
    data = simulated(5, entries=4, judges=15)
    swapped = {**data, "judge": data["entry"], "entry": data["judge"]}
    fit = fit_rasch(**data)
    turned = fit_rasch(**{**swapped, "n_judges": 4, "n_entries": 15})
    assert turned.severity == pytest.approx(-fit.measure, abs=1e-9)
    assert turned.severity_se == pytest.approx(fit.measure_se, abs=1e-9)


def test_rescaling_the_scores_changes_the_fair_average_alone() -> None:
    data = simulated(6)
    fit = fit_rasch(**data)
    scaled = fit_rasch(**{**data, "value": 10 * data["value"] - 3})
    assert scaled.measure == pytest.approx(fit.measure, abs=1e-12)
    assert scaled.adjusted == pytest.approx(10 * fit.adjusted - 3)


def test_weighting_by_two_equals_duplicating() -> None:
    data = simulated(7)
    doubled: dict[str, Any] = {
        name: np.tile(part, 2) if isinstance(part, np.ndarray) else part
        for name, part in data.items()
    }
    heavy = fit_rasch(**data, weight=np.full(data["value"].size, 2.0))
    twice = fit_rasch(**doubled)
    assert heavy.measure == pytest.approx(twice.measure, abs=1e-9)
    assert heavy.measure_se == pytest.approx(twice.measure_se, abs=1e-9)
    assert heavy.log_likelihood == pytest.approx(twice.log_likelihood)


def test_weighting_by_zero_equals_leaving_out() -> None:
    data = simulated(8)
    kept = np.random.default_rng(2).random(data["value"].size) < 0.8
    fewer: dict[str, Any] = {
        name: part[kept] if isinstance(part, np.ndarray) else part for name, part in data.items()
    }
    weighted = fit_rasch(**data, weight=kept.astype(float))
    assert weighted.measure == pytest.approx(fit_rasch(**fewer).measure, abs=1e-12)


def test_topping_every_rating_makes_an_entry_infinite_and_leaves_the_others_alone() -> None:
    data = simulated(9)
    others = {**data, "n_entries": 11}
    keep = data["entry"] < 11
    for name in ("judge", "entry", "criterion", "value"):
        others[name] = data[name][keep]
    with_top = {**data, "value": np.where(data["entry"] == 11, 5.0, data["value"])}
    fit, without = fit_rasch(**with_top), fit_rasch(**others)
    assert fit.measure[11] == np.inf
    assert (fit.extreme[11], fit.adjusted[11], fit.component[11]) == (1, 5, -1)
    assert np.isnan(fit.measure_se[11])
    assert fit.measure[:11] == pytest.approx(without.measure, abs=1e-12)
    assert fit.extreme[:11].tolist() == [0] * 11


def test_giving_the_lowest_score_only_makes_a_judge_infinitely_harsh() -> None:
    data = simulated(10)
    fit = fit_rasch(**{**data, "value": np.where(data["judge"] == 2, 1.0, data["value"])})
    assert fit.severity[2] == np.inf
    assert fit.extreme_judge.tolist() == [0, 0, -1, 0, 0]
    assert np.isnan(fit.severity_se[2]) and np.isnan(fit.judge_infit[2])
    assert np.isfinite(fit.measure).all()


def test_dropping_an_extreme_judge_makes_the_next_entry_extreme() -> None:
    table = np.array([[3.0, 2, 3, 2, 1], [2, 3, 2, 1, 1], [1, 2, 2, 2, 1], [2, 1, 1, 2, 1]])
    table = np.vstack([table, [3, 3, 3, 3, 1]])
    judge, entry, value = crossed(table)
    fit = fit_rasch(judge, entry, value, 5, 5)
    assert fit.extreme_judge.tolist() == [0, 0, 0, 0, -1]
    assert fit.extreme.tolist() == [0, 0, 0, 0, 1]
    assert fit.measure[:4] == pytest.approx([1.92506, 0.21611, -0.63935, -1.50182], abs=1e-5)


def test_rating_an_entry_by_an_extreme_judge_alone_makes_it_extreme_too() -> None:
    table = np.array([[3.0, 2, 3, 2], [2, 3, 2, 1], [1, 2, 2, 2], [2, 1, 1, 2]])
    judge, entry, value = crossed(table)
    judge = np.r_[judge, np.full(2, 4)]
    entry, value = np.r_[entry, 0, 4], np.r_[value, 1, 1]
    fit = fit_rasch(judge, entry, value, 5, 5)
    assert fit.extreme[4] == -1
    assert fit.measure[4] == -np.inf


def test_rating_an_entry_by_nobody_leaves_it_without_a_measure() -> None:
    table = np.array([[3.0, 2, 3, 2], [2, 3, 2, 1], [1, 2, 2, 2], [2, 1, 1, 2]])
    unseen = fit_rasch(*crossed(table), 5, 6)
    assert np.isnan(unseen.severity[4])
    assert np.isnan(unseen.measure[5]) and unseen.extreme[5] == 0


def test_judging_alone_leaves_severity_at_zero_without_a_standard_error() -> None:
    data = simulated(19)
    keep = data["judge"] == 3
    for name in ("judge", "entry", "criterion", "value"):
        data[name] = data[name][keep]
    fit = fit_rasch(**data)
    assert fit.severity[3] == 0
    assert np.isnan(fit.severity_se).all() and np.isnan(fit.judge_reliability)
    assert (fit.measure_se[fit.extreme == 0] > 0).all()


def test_giving_equal_scores_throughout_leaves_nothing_to_estimate() -> None:
    with pytest.raises(NotEnoughData) as caught:
        fit_rasch(*crossed(np.full((4, 3), 7.0)), 3, 4)
    assert caught.value.facts == {"what": "rasch", "ratings": 12, "not_extreme": 0}


def test_giving_no_ratings_leaves_nothing_to_estimate() -> None:
    none = np.zeros(0, dtype=np.int64)
    with pytest.raises(NotEnoughData):
        fit_rasch(none, none, np.zeros(0), 3, 4)


def test_separating_panels_fits_each_around_its_own_zero() -> None:
    first, second = simulated(11), simulated(12)
    joint = {
        "judge": np.r_[first["judge"], second["judge"] + 5],
        "entry": np.r_[first["entry"], second["entry"] + 12],
        "criterion": np.r_[first["criterion"], second["criterion"]],
        "value": np.r_[first["value"], second["value"]],
        "n_judges": 10,
        "n_entries": 24,
        "n_criteria": 3,
    }
    fit = fit_rasch(**joint)
    assert (fit.components, fit.component.tolist()) == (2, [0] * 12 + [1] * 12)
    for part in (fit.measure[:12], fit.measure[12:], fit.severity[:5], fit.severity[5:]):
        assert part.mean() == pytest.approx(0, abs=1e-12)
    with pytest.raises(Disconnected) as caught:
        fit_rasch(**joint, joined=True)
    assert caught.value.facts["sets"] == [list(range(12)), list(range(12, 24))]


def test_fitting_separate_complete_panels_keeps_the_order_of_their_sums() -> None:
    data = simulated(23, entries=14, judges=6)
    apart = (data["entry"] < 7) == (data["judge"] < 3)
    for name in ("judge", "entry", "criterion", "value"):
        data[name] = data[name][apart]
    fit = fit_rasch(**data)
    raw = np.bincount(data["entry"], data["value"]) / np.bincount(data["entry"])
    for panel in (slice(0, 7), slice(7, 14)):
        sums, measures = (
            np.subtract.outer(x, x).round(9) for x in (raw[panel], fit.measure[panel])
        )
        assert (np.sign(sums) == np.sign(measures)).all()
        assert np.abs(fit.adjusted[panel] - raw[panel]).max() < 0.5


def test_splitting_criteria_among_judges_is_refused() -> None:
    data = simulated(14, judges=4, criteria=2)
    own = (data["judge"] < 2) == (data["criterion"] == 0)
    for name in ("judge", "entry", "criterion", "value"):
        data[name] = data[name][own]
    with pytest.raises(Disconnected) as caught:
        fit_rasch(**data)
    assert caught.value.facts["what"] == "criteria"


def test_skipping_a_category_is_counted_and_its_neighbours_become_adjacent() -> None:
    data = simulated(15)
    gap = np.where(data["value"] >= 3, data["value"] + 2, data["value"])
    fit, closed = fit_rasch(**{**data, "value": gap}, step=1.0), fit_rasch(**data, step=1.0)
    assert (fit.skipped, closed.skipped) == (2, 0)
    assert fit.category.tolist() == [1, 2, 5, 6, 7]
    assert fit.measure == pytest.approx(closed.measure, abs=1e-12)


def test_giving_measurements_instead_of_categories_is_refused() -> None:
    value = np.arange(120.0).reshape(40, 3)
    with pytest.raises(TooManyCategories) as caught:
        fit_rasch(*crossed(value), 3, 40)
    assert caught.value.facts == {"count": 120, "most": 101}


def test_separating_two_groups_by_a_step_has_no_finite_maximum() -> None:
    table = np.array([[1.0, 2], [2, 1], [2, 3], [3, 2]])
    with pytest.raises(NotConverged) as caught:
        fit_rasch(*crossed(table), 2, 4)
    assert caught.value.facts["what"] == "rasch"


def has_a_way_to_infinity(judge: Integers, entry: Integers, value: Floats) -> bool:
    """Whether the likelihood rises for ever in some direction, by linear programming.

    It does if some change of the parameters lowers no observed category's logit against any
    other category, and raises one.
    """
    categories, code = np.unique(value, return_inverse=True)
    n_entries, n_judges = int(entry.max()) + 1, int(judge.max()) + 1
    lines = []
    for i, j, own in zip(entry, judge, code, strict=True):
        for other in range(categories.size):
            line = np.zeros(n_entries + n_judges + categories.size - 1)
            line[i] = line[n_entries + j] = other - own
            steps = line[n_entries + n_judges :]
            steps[:other] += 1
            steps[:own] -= 1
            lines.append(line)
    table = np.array(lines)
    best = linprog(table.sum(axis=0), A_ub=table, b_ub=np.zeros(len(table)), bounds=(-1, 1))
    return bool(best.fun < -1e-7)


def test_refusing_a_fit_happens_exactly_where_the_likelihood_rises_for_ever() -> None:
    refused = []
    for seed in range(30):
        random = np.random.default_rng(seed)
        table = random.normal(0, 1, (6, 1)) + random.normal(0, 1, (6, 3))
        judge, entry, value = crossed(np.clip(np.round(table), -2, 2))
        try:
            fit = fit_rasch(judge, entry, value, 3, 6)
        except NotEnoughData:
            continue
        except NotConverged:
            refused.append(True)
        else:
            if fit.extreme.any() or fit.extreme_judge.any():
                continue
            refused.append(False)
        assert has_a_way_to_infinity(judge, entry, value) == refused[-1]
    assert 5 <= sum(refused) <= len(refused) - 5


def test_recovering_simulated_measures_orders_the_entries() -> None:
    random = np.random.default_rng(16)
    truth, severity = random.normal(0, 1, 80), random.normal(0, 1, 12)
    entry, judge = np.indices((80, 12)).reshape(2, -1)
    edges = np.array([-1.5, -0.5, 0.5, 1.5])
    logits = np.cumsum(
        np.c_[np.zeros(960), (truth[entry] - severity[judge])[:, None] - edges], axis=1
    )
    chance = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    value = (random.random(960)[:, None] > np.cumsum(chance, axis=1)).sum(axis=1).astype(float)
    fit = fit_rasch(judge, entry, value, 12, 80)
    covered = np.abs(fit.measure - (truth - truth.mean())) < 1.96 * fit.measure_se
    assert 0.88 <= covered.mean() <= 0.99
    assert 0.9 < float(np.mean(fit.infit)) < 1.1


def test_predicting_the_ratings_adds_up_to_what_was_given() -> None:
    data = simulated(17)
    fit = fit_rasch(**data)
    mean, sd = predict_rasch(fit, data["judge"], data["entry"], data["criterion"])
    for facet, size in (("entry", 12), ("judge", 5), ("criterion", 3)):
        given = np.bincount(data[facet], data["value"], size)
        assert np.bincount(data[facet], mean, size) == pytest.approx(given, abs=1e-7)
    assert fit.infit[0] == pytest.approx(
        np.sum((data["value"] - mean)[data["entry"] == 0] ** 2)
        / np.sum(sd[data["entry"] == 0] ** 2)
    )


def test_predicting_for_an_average_judge_gives_the_fair_average() -> None:
    fit = fit_rasch(**simulated(18, entries=7))
    fit = replace(fit, severity=np.zeros(5))
    mean, _ = predict_rasch(fit, np.zeros(7, dtype=np.int64), np.arange(7))
    assert mean == pytest.approx(fit.adjusted)


def test_predicting_for_extremes_and_strangers_claims_no_more_than_is_known() -> None:
    table = np.array([[3.0, 2, 3, 2, 1], [2, 3, 2, 1, 1], [1, 2, 2, 2, 1], [2, 1, 1, 2, 1]])
    judge, entry, value = crossed(np.vstack([table, [3, 3, 3, 3, 1]]))
    fit = fit_rasch(judge, entry, value, 6, 6)
    mean, sd = predict_rasch(fit, np.array([0, 4, 4, 5, 0]), np.array([4, 0, 4, 0, 5]))
    assert mean[:2] == pytest.approx([3, 1])
    assert sd[:2] == pytest.approx([0, 0], abs=1e-6)
    assert np.isnan(mean[2:]).all() and np.isnan(sd[2:]).all()


def test_predicting_across_separate_panels_is_not_possible() -> None:
    first, second = simulated(11), simulated(12)
    fit = fit_rasch(
        np.r_[first["judge"], second["judge"] + 5],
        np.r_[first["entry"], second["entry"] + 12],
        np.r_[first["value"], second["value"]],
        10,
        24,
    )
    mean, _ = predict_rasch(fit, np.array([0, 0]), np.array([0, 12]))
    assert np.isnan(mean).tolist() == [False, True]
