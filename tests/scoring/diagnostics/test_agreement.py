"""Coefficients of agreement are the published ones, and what their definitions give."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.scoring import Ratings
from competition.scoring.arrays import Floats, Integers
from competition.scoring.diagnostics.agreement import (
    Agreement,
    agreement,
    kendall_w,
    krippendorff_alpha,
    reliability_of_variances,
)
from competition.scoring.fits.mixed import fit_mixed
from tests.scoring.builders import read_csv

SCORE = {"ordinal_wine": "response"}
NAMES = (
    "diving_m3m",
    "anxiety",
    "penicillin",
    "shrout_fleiss",
    "ordinal_wine",
    "krippendorff_4x12",
)


def published(folder: Path, name: str) -> tuple[Ratings, Agreement]:
    rows = read_csv(folder / "data" / f"{name}.csv")
    ratings = Ratings.from_columns(
        judge=[row["judge"] for row in rows],
        entry=[row["item"] for row in rows],
        value=[row[SCORE.get(name, "score")] for row in rows],
    )
    return ratings, agreement(ratings.judge, ratings.entry, ratings.value)


@pytest.mark.parametrize("name", NAMES)
def test_measuring_published_data_gives_the_published_agreement(
    reference_folder: Path, name: str
) -> None:
    found = published(reference_folder, name)[1]
    expected = json.loads((reference_folder / "results" / "agreement.json").read_text())[name]
    for scale in ("nominal", "ordinal", "interval"):
        key = f"alpha_{scale}"
        assert getattr(found, key) == pytest.approx(expected[key], rel=1e-9)
    for key, value in expected.get("icc", {}).items():
        assert getattr(found, key.lower()) == pytest.approx(value, rel=1e-9)
    if "kendallW_tiecorrected" in expected:
        assert found.kendall_w == pytest.approx(expected["kendallW_tiecorrected"], rel=1e-9)
    else:
        assert math.isnan(found.kendall_w) and math.isnan(found.icc1) and math.isnan(found.icc3k)


def test_using_variance_components_of_a_complete_table_gives_its_intraclass_correlations(
    reference_folder: Path,
) -> None:
    ratings, found = published(reference_folder, "penicillin")
    variance = fit_mixed(ratings.judge, ratings.entry, ratings.value, 6, 24).variance
    one, six = reliability_of_variances(variance), reliability_of_variances(variance, 6)
    ours = (one.agreement, one.consistency, six.agreement, six.consistency)
    expected = (found.icc2, found.icc3, found.icc2k, found.icc3k)
    assert ours == pytest.approx(expected, rel=1e-6)


CELLS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 5)), st.integers(1, 4), min_size=4, max_size=30
)


def arrays_of(cells: dict[tuple[int, int], int]) -> tuple[Integers, Integers, Floats]:
    judge, entry = np.array(list(cells)).T
    return judge, entry, np.array(list(cells.values()), dtype=float)


def alpha_by_pairs(
    entry: Integers, value: Floats, difference: Callable[[float, float, Floats], float]
) -> float:
    """The definition: differences within entries against those between all scores."""
    keep = np.bincount(entry)[entry] > 1
    entry, value = entry[keep], value[keep]
    n = value.size
    observed = sum(
        difference(value[i], value[j], value) / (np.sum(entry == entry[i]) - 1)
        for i, j in itertools.permutations(range(n), 2)
        if entry[i] == entry[j]
    )
    pairs = itertools.permutations(range(n), 2)
    expected = sum(difference(value[i], value[j], value) for i, j in pairs)
    return 1 - (observed / n) / (expected / (n * (n - 1))) if expected else float("nan")


def ordinal(c: float, k: float, values: Floats) -> float:
    low, high = min(c, k), max(c, k)
    between = np.sum((values >= low) & (values <= high))
    return float(between - (np.sum(values == low) + np.sum(values == high)) / 2) ** 2 * (c != k)


@settings(deadline=None, max_examples=40)
@given(CELLS)
def test_computing_alpha_gives_what_the_definition_says(cells: dict[tuple[int, int], int]) -> None:
    _, entry, value = arrays_of(cells)
    expected = [
        alpha_by_pairs(entry, value, lambda c, k, _: float(c != k)),
        alpha_by_pairs(entry, value, ordinal),
        alpha_by_pairs(entry, value, lambda c, k, _: (c - k) ** 2),
    ]
    ours = krippendorff_alpha(entry, value)
    assert ours == pytest.approx(expected, rel=1e-9, abs=1e-12, nan_ok=True)


def test_computing_alpha_agrees_with_the_package_of_that_name() -> None:
    random = np.random.default_rng(3)
    table = random.integers(1, 6, (5, 30)).astype(np.float64)
    table[random.random(table.shape) < 0.4] = np.nan
    judge, entry = np.nonzero(np.isfinite(table))
    ours = krippendorff_alpha(entry, table[judge, entry])
    expected = [
        krippendorff.alpha(table, level_of_measurement="nominal"),
        krippendorff.alpha(table, level_of_measurement="ordinal"),
        krippendorff.alpha(table, level_of_measurement="interval"),
    ]
    assert ours == pytest.approx(expected, rel=1e-9)


@settings(deadline=None)
@given(CELLS, st.permutations(range(5)), st.permutations(range(6)))
def test_relabelling_changes_no_coefficient(
    cells: dict[tuple[int, int], int], judges: list[int], entries: list[int]
) -> None:
    judge, entry, value = arrays_of(cells)
    plain = agreement(judge, entry, value)
    renamed = agreement(np.array(judges)[judge], np.array(entries)[entry], value)
    assert astuple(renamed) == pytest.approx(astuple(plain), rel=1e-9, abs=1e-9, nan_ok=True)


@settings(deadline=None)
@given(CELLS)
def test_moving_and_stretching_the_scale_changes_no_coefficient(
    cells: dict[tuple[int, int], int],
) -> None:
    judge, entry, value = arrays_of(cells)
    plain, moved = agreement(judge, entry, value), agreement(judge, entry, 2.5 * value - 30)
    assert astuple(moved) == pytest.approx(astuple(plain), rel=1e-9, abs=1e-9, nan_ok=True)


def test_ranking_alike_gives_full_concordance_and_at_random_little() -> None:
    ladder = np.arange(8.0)[:, None]
    assert kendall_w(np.hstack([ladder, ladder * 3, ladder**2])) == 1
    random = np.random.default_rng(1).normal(size=(400, 6))
    assert kendall_w(random) == pytest.approx(1 / 6, abs=0.05)


def test_breaking_ties_by_float_noise_changes_no_concordance() -> None:
    table = np.array([[0.3, 1.0], [0.1 + 0.2, 2.0], [0.5, 3.0]])
    clean = np.array([[0.3, 1.0], [0.3, 2.0], [0.5, 3.0]])
    assert kendall_w(table, noise=1e-9) == kendall_w(clean)


DEGENERATE = {
    "nothing": ([], [], []),
    "one judge": ([0, 0, 0], [0, 1, 2], [1.0, 2, 3]),
    "one score": ([0], [0], [4.0]),
    "equal scores": ([0, 1, 0, 1], [0, 0, 1, 1], [8.1, 8.1, 8.1, 0.1 * 81]),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_measuring_too_little_leaves_every_coefficient_undefined(name: str) -> None:
    judge, entry, value = DEGENERATE[name]
    found = agreement(np.array(judge, int), np.array(entry, int), np.array(value, float))
    assert np.isnan(astuple(found)).all()


def test_measuring_one_entry_leaves_only_alpha_of_its_scores() -> None:
    found = agreement(np.arange(3), np.zeros(3, dtype=int), np.array([1.0, 2, 3]))
    assert math.isnan(found.icc2) and math.isnan(found.kendall_w)
    assert found.alpha_interval == pytest.approx(0)
