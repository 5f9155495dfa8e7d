"""Variance components of complete and incomplete designs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from competition.scoring import Criterion, Ratings, RuleBook, score
from competition.scoring.analysis import g_study_of
from competition.scoring.arrays import Floats, Integers
from competition.scoring.diagnostics.generalizability import VarianceComponents, g_study
from tests.scoring.builders import read_csv

NAMES = (
    "entry",
    "judge",
    "criterion",
    "entry_criterion",
    "judge_criterion",
    "entry_judge",
    "residual",
)


def study(table: Floats) -> VarianceComponents:
    index = np.indices(table.shape).reshape(table.ndim, -1)
    return g_study(
        index[1], index[0], table.ravel(), criterion=index[2] if table.ndim == 3 else None
    )


def published(folder: Path, name: str) -> VarianceComponents:
    rows = read_csv(folder / "data" / f"{name}.csv")
    judge, entry = (
        np.unique([row[facet] for row in rows], return_inverse=True)[1]
        for facet in ("judge", "item")
    )
    return g_study(judge, entry, np.array([float(row["score"]) for row in rows]))


def test_estimating_on_balanced_data_equals_the_published_variances(reference_folder: Path) -> None:
    found = published(reference_folder, "penicillin")
    assert (found.entry, found.judge, found.residual) == pytest.approx(
        (0.7169082, 3.7309176, 0.3024155), rel=1e-6
    )


def test_recovering_simulated_components_of_three_facets_averages_to_the_truth() -> None:
    random = np.random.default_rng(1)
    truth = np.array([4.0, 1.0, 0.5, 0.8, 0.3, 0.6, 1.2])
    found = []
    for _ in range(150):
        i, j, c = 20, 6, 4
        shapes = [(i, 1, 1), (1, j, 1), (1, 1, c), (i, 1, c), (1, j, c), (i, j, 1), (i, j, c)]
        parts = [random.normal(0, np.sqrt(v), s) for v, s in zip(truth, shapes, strict=True)]
        one = study(np.asarray(sum(parts)))
        found.append(
            (
                one.entry,
                one.judge,
                one.criterion,
                one.entry_criterion,
                one.judge_criterion,
                one.entry_judge,
                one.residual,
            )
        )
    error = np.std(found, axis=0) / np.sqrt(len(found))
    assert (np.abs(np.mean(found, axis=0) - truth) < 3.5 * error).all()


def test_having_one_pattern_for_all_criteria_leaves_no_criterion_variance() -> None:
    table = np.random.default_rng(2).normal(0, 1, (6, 4, 1)).repeat(3, axis=2)
    three, two = study(table), study(table[:, :, 0])
    assert (three.criterion, three.residual) == pytest.approx((0, 0), abs=1e-12)
    assert three.entry == pytest.approx(two.entry)
    assert three.entry_judge == pytest.approx(two.residual)


def incomplete(seed: int) -> tuple[Integers, Integers, Integers]:
    """Judges, entries and criteria of ratings: panels of three, a tenth of them missing."""
    random = np.random.default_rng(seed)
    panels = np.concatenate([random.permutation(6)[:3] for _ in range(14)])
    judge, entry = np.repeat(panels, 4), np.repeat(np.arange(14), 12)
    criterion = np.tile(np.arange(4), 42)
    kept = random.random(judge.size) > 0.1
    return judge[kept], entry[kept], criterion[kept]


def as_array(found: VarianceComponents) -> Floats:
    return np.array([getattr(found, name) for name in NAMES])


def test_estimating_an_incomplete_design_is_unbiased_whatever_is_missing() -> None:
    """Without simulation: an estimate is a quadratic form in the ratings.

    Under a component of variance 1 the ratings' covariance is the sum of z z' over its cells,
    z = 1 within the cell, so the expected estimate is the sum of the estimates from each z.
    """
    judge, entry, criterion = incomplete(3)
    facets = {"entry": entry, "judge": judge, "criterion": criterion}
    for name in NAMES:
        of = list(facets) if name == "residual" else name.split("_")
        code = np.array([facets[facet] for facet in of]).T
        expected = sum(
            as_array(g_study(judge, entry, (code == cell).all(axis=1) * 1.0, criterion=criterion))
            for cell in np.unique(code, axis=0)
        )
        assert expected == pytest.approx([float(other == name) for other in NAMES], abs=1e-8)


def test_having_one_judge_an_entry_or_a_rating_twice_leaves_the_components_unknown() -> None:
    entry = np.arange(6)
    one_each = g_study(entry % 2, entry, np.arange(6.0))
    none = np.zeros(0, dtype=np.int64)
    twice_entry, judge = np.indices((2, 2)).reshape(2, -1)
    twice_entry[3] = 0
    for found in (
        one_each,
        g_study(none, none, np.zeros(0)),
        g_study(judge, twice_entry, np.arange(4.0)),
        g_study(np.zeros(4, dtype=np.int64), np.arange(4), np.arange(4.0)),
    ):
        assert np.isnan([found.entry, found.judge, found.residual]).all()


def test_asking_a_result_weighs_criteria_as_its_rule_book_does() -> None:
    judge, entry, criterion = incomplete(4)
    value = np.random.default_rng(4).integers(1, 10, judge.size).astype(float)
    ratings = Ratings.from_columns(
        judge=judge, entry=entry, value=value, criterion=["ABCD"[c] for c in criterion]
    )
    weights = (1, 2, 3, 4)
    criteria = tuple(Criterion(name, weight=w) for name, w in zip("ABCD", weights, strict=True))
    found = g_study_of(score(ratings, method="mean", rules=RuleBook(criteria=criteria)))
    by_hand = g_study(judge, entry, value * 4 * np.array(weights)[criterion], criterion=criterion)
    assert as_array(found) == pytest.approx(as_array(by_hand))
