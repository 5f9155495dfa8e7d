"""The test of the judges' scales, against the linear model written out in full."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import f as f_law
from scipy.stats import kstest

from competition.scoring.arrays import Floats
from competition.scoring.fits.additive import fit_additive
from competition.scoring.fits.scale_test import scale_test
from tests.scoring.fits.judged import Judged, judged


def by_least_squares(world: Judged, weight: Floats | None = None) -> tuple[float, int, int]:
    """F of the slopes from two dense least-squares fits."""
    root = np.ones(world.value.size) if weight is None else np.sqrt(weight)
    fit = fit_additive(*world.columns, weight)
    of_entry, of_judge = np.eye(world.n_entries)[world.entry], np.eye(world.n_judges)[world.judge]
    small = np.hstack([of_entry, of_judge]) * root[:, None]
    slopes = of_judge * (fit.adjusted - fit.adjusted.mean())[world.entry][:, None]
    large = np.hstack([small, slopes * root[:, None]])
    target = world.value * root

    def left(design: Floats) -> tuple[float, int]:
        solution, _, rank, _ = np.linalg.lstsq(design, target, rcond=1e-10)
        return float(np.sum((target - design @ solution) ** 2)), int(rank)

    (before, rank), (after, full) = left(small), left(large)
    df = full - rank, target.size - full
    return (before - after) / df[0] / (after / df[1]), *df


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("weighted", [False, True])
def test_testing_scales_gives_the_f_of_two_nested_fits(seed: int, weighted: bool) -> None:
    world = judged(seed, entries=14, judges=6, each=3)
    weight = np.random.default_rng(seed).uniform(0.5, 2, world.value.size) if weighted else None
    fit = fit_additive(*world.columns, weight)
    found = scale_test(world.judge, world.entry, world.value, fit, weight)
    statistic, slopes, rest = by_least_squares(world, weight)
    assert found is not None
    assert found.df == (slopes, rest)
    assert found.statistic == pytest.approx(statistic, rel=1e-8)
    assert found.p == pytest.approx(f_law.sf(statistic, slopes, rest), rel=1e-8)


def test_testing_judges_of_one_scale_gives_uniform_p_values() -> None:
    random = np.random.default_rng(1)
    p = []
    for _ in range(150):
        panels = random.permuted(np.tile(np.arange(6), (20, 1)), axis=1)[:, :3]
        entry, judge = np.repeat(np.arange(20), 3), panels.ravel()
        value = random.normal(0, 2, 20)[entry] + random.normal(0, 1, 6)[judge]
        value += random.standard_normal(60)
        test = scale_test(judge, entry, value, fit_additive(judge, entry, value, 6, 20))
        assert test is not None
        p.append(test.p)
    assert kstest(p, "uniform").pvalue > 0.001


def test_testing_judges_who_differ_finds_it() -> None:
    world = judged(3, entries=80, judges=8, spread=0.5)
    test = scale_test(world.judge, world.entry, world.value, fit_additive(*world.columns))
    assert test is not None and test.p < 1e-4


def test_testing_where_nothing_is_left_over_says_nothing() -> None:
    judge, entry = np.array([0, 1, 0, 1]), np.array([0, 0, 1, 1])
    value = np.array([1.0, 2.0, 4.0, 3.0])
    assert scale_test(judge, entry, value, fit_additive(judge, entry, value, 2, 2)) is None


def test_testing_disconnected_panels_adds_their_degrees_of_freedom() -> None:
    one, two = judged(4, entries=20, judges=5), judged(5, entries=15, judges=5)
    both = Judged(
        np.concatenate([one.judge, two.judge + 5]),
        np.concatenate([one.entry, two.entry + 20]),
        np.concatenate([one.value, two.value]),
        10, 35, one.score, one.severity, one.scale, one.sd,
    )  # fmt: skip
    test = scale_test(both.judge, both.entry, both.value, fit_additive(*both.columns))
    statistic, slopes, rest = by_least_squares(both)
    assert test is not None
    assert test.df == (slopes, rest)
    assert slopes == 8
    # The scores are centred within components here, and over all of them there: the same
    # columns are spanned, because a component's judges may take up any constant.
    assert test.statistic == pytest.approx(statistic, rel=1e-8)
