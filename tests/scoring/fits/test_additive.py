"""Joint covariance and predictions of the additive fit, against dense least squares."""

from __future__ import annotations

import numpy as np
import pytest

from competition.scoring.errors import NotEnoughData, TooLarge
from competition.scoring.fits import solution
from competition.scoring.fits.additive import AdditiveFit, fit_additive
from competition.scoring.graph import components
from tests.scoring.fits.designs import Design, random_design, turned


def dense_covariance(design: Design) -> np.ndarray:
    """Covariance over sigma2 of all entries and judges, with sum-to-zero judges by component."""
    of_judge, of_entry, count = components(
        design.judge, design.entry, design.n_judges, design.n_entries
    )
    size = design.n_entries + design.n_judges
    table = np.zeros((design.value.size, size))
    table[np.arange(design.value.size), design.entry] = 1
    table[np.arange(design.value.size), design.n_entries + design.judge] = 1
    sums = np.zeros((count, size))
    sums[of_judge[of_judge >= 0], design.n_entries + np.flatnonzero(of_judge >= 0)] = 1
    active = np.r_[of_entry, of_judge] >= 0
    table, sums = table[:, active], sums[:, active]
    weight = design.weights
    bordered = np.block(
        [[table.T @ (weight[:, None] * table), sums.T], [sums, np.zeros((count, count))]]
    )
    full = np.full((size, size), np.nan)
    inside = np.linalg.inv(bordered)[: active.sum(), : active.sum()]
    full[np.ix_(active, active)] = inside
    return full


def fitted(design: Design) -> AdditiveFit:
    return fit_additive(*design.arguments)


CASES = [(seed, weighted) for seed in range(14) for weighted in (False, True)]


@pytest.mark.parametrize(("seed", "weighted"), CASES)
def test_joining_entries_gives_the_covariance_of_least_squares(seed: int, weighted: bool) -> None:
    design = random_design(seed, weighted)
    fit = fitted(design)
    if fit.df <= 0:
        with pytest.raises(NotEnoughData):
            fit.joint()
        return
    expected = fit.sigma2 * dense_covariance(design)[: design.n_entries, : design.n_entries]
    scored = np.isfinite(fit.adjusted)
    ours = fit.joint().covariance()[np.ix_(scored, scored)]
    assert ours == pytest.approx(expected[np.ix_(scored, scored)], rel=1e-8, abs=1e-10)
    assert fit.joint().sd == pytest.approx(fit.se, rel=1e-8, abs=1e-7, nan_ok=True)


@pytest.mark.parametrize(("seed", "weighted"), CASES)
def test_predicting_scores_gives_the_variance_of_least_squares(seed: int, weighted: bool) -> None:
    design = random_design(seed, weighted)
    fit = fitted(design)
    if fit.df <= 0:
        return
    covariance = dense_covariance(design)
    judge, entry = (
        grid.ravel() for grid in np.meshgrid(range(design.n_judges), range(design.n_entries))
    )
    mean, sd = fit.predict(judge, entry)
    of_judge, of_entry, _ = components(
        design.judge, design.entry, design.n_judges, design.n_entries
    )
    same = (of_judge[judge] >= 0) & (of_judge[judge] == of_entry[entry])
    assert np.isfinite(mean).tolist() == same.tolist()
    at = design.n_entries + judge
    variance = covariance[entry, entry] + covariance[at, at] + 2 * covariance[entry, at]
    expected = np.sqrt(fit.sigma2 * (1 + variance))
    assert sd[same] == pytest.approx(expected[same], rel=1e-8)
    assert mean[same] == pytest.approx((fit.adjusted[entry] - fit.severity[judge])[same])


@pytest.mark.parametrize("seed", range(6))
def test_exchanging_judges_and_entries_keeps_predictions(seed: int) -> None:
    design = random_design(seed, weighted=True)
    mean, sd = fitted(design).predict(design.judge, design.entry)
    again, sd_again = fitted(turned(design)).predict(design.entry, design.judge)
    assert again == pytest.approx(mean, rel=1e-9)
    assert sd_again == pytest.approx(sd, rel=1e-7, abs=1e-7, nan_ok=True)


def test_taking_each_score_twice_with_half_weight_changes_only_the_degrees_of_freedom() -> None:
    design = random_design(3, weighted=False)
    once = fitted(design)
    twice = fitted(design.twice_with_half_weight())
    assert twice.adjusted == pytest.approx(once.adjusted, rel=1e-10, nan_ok=True)
    assert twice.severity == pytest.approx(once.severity, abs=1e-9, nan_ok=True)
    assert twice.sigma2 * twice.df == pytest.approx(once.sigma2 * once.df, rel=1e-9)
    ratio = np.sqrt(twice.sigma2 / once.sigma2)
    assert twice.se == pytest.approx(once.se * ratio, rel=1e-8, nan_ok=True)


def test_taking_residuals_out_leaves_nothing_by_judge_or_entry() -> None:
    design = random_design(5, weighted=False)
    residual = fitted(design).residuals(design.judge, design.entry, design.value)
    assert np.bincount(design.judge, residual) == pytest.approx(0, abs=1e-9)
    assert np.bincount(design.entry, residual) == pytest.approx(0, abs=1e-9)


def test_predicting_for_unknown_judges_or_entries_gives_nothing() -> None:
    design = random_design(5, weighted=False)
    mean, sd = fitted(design).predict(np.array([-1, 0]), np.array([0, -1]))
    assert np.isnan(np.r_[mean, sd]).all()


def test_fitting_nothing_predicts_nothing() -> None:
    nothing = np.zeros(0, dtype=np.int64)
    fit = fit_additive(nothing, nothing, np.zeros(0), 2, 2)
    assert np.isnan(fit.predict(np.array([0]), np.array([0]))).all()
    with pytest.raises(NotEnoughData):
        fit.joint()


def test_joining_too_many_entries_is_a_typed_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solution, "MOST_JOINT_NUMBERS", 10)
    with pytest.raises(TooLarge) as failure:
        fitted(random_design(3, weighted=False)).joint()
    assert failure.value.facts["most"] == 10
