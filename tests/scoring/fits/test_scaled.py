"""Scale and noise per judge by empirical Bayes: recovery, invariances, joint errors, fallbacks."""

from __future__ import annotations

import numpy as np
import pytest

from competition.scoring.fits.additive import fit_additive
from competition.scoring.fits.scaled import PRIOR_SCALE_VARIANCE, ScaledFit, fit_scaled
from tests.scoring.fits.judged import Judged, judged

PER_ENTRY = ("adjusted", "se")
PER_JUDGE = ("severity", "severity_se", "judge_scale", "judge_sd")


@pytest.fixture(scope="module")
def world() -> Judged:
    return judged(1, entries=150, judges=10)


@pytest.fixture(scope="module")
def fit(world: Judged) -> ScaledFit:
    return fit_scaled(*world.columns)


def test_fitting_scores_finds_entries_better_than_least_squares() -> None:
    gains, z = [], []
    for seed in range(12):
        made = judged(seed, entries=150, judges=10, spread=0.4)
        found, plain = fit_scaled(*made.columns), fit_additive(*made.columns)
        order = [np.corrcoef(one.adjusted, made.score)[0, 1] for one in (found, plain)]
        gains.append(order[0] - order[1])
        z.append((found.adjusted - made.score) / found.se)
    assert np.mean(gains) > 3 * np.std(gains) / np.sqrt(len(gains))
    assert 0.9 < np.sqrt(np.mean(np.square(z))) < 1.15


def test_telling_errors_takes_each_noise_at_its_mean_over_what_it_may_be() -> None:
    fit = fit_scaled(*judged(3, entries=40, judges=12, each=3).columns)
    assert fit.solution is not None
    # Inverse gamma with nu = 8 + n_j - 1 degrees of freedom.
    size = np.bincount(judged(3, entries=40, judges=12, each=3).judge)
    mean = fit.judge_sd**2 * (7 + size) / (5 + size)
    assert fit.solution.noise == pytest.approx(mean)
    assert (fit.solution.own > 0).all() and (fit.se**2 > fit.solution.own).all()


def test_fitting_scores_finds_the_judges(world: Judged, fit: ScaledFit) -> None:
    assert fit.converged
    assert np.corrcoef(fit.judge_scale, world.scale)[0, 1] > 0.9
    assert np.corrcoef(np.log(fit.judge_sd), np.log(world.sd))[0, 1] > 0.8
    assert fit.judge_scale.mean() == pytest.approx(1)
    # About 60 scores a judge: a log standard deviation has error 1 / sqrt(120) = .09.
    assert np.abs(np.log(fit.judge_sd / world.sd)).max() < 4 * 0.09
    assert fit.test is not None and fit.test.p < 0.001


def test_fitting_few_scores_a_judge_pulls_them_to_the_pool() -> None:
    few, many = judged(2, entries=12, judges=6, each=3), judged(2, entries=400, judges=6, each=3)
    spread = [float(np.std(fit_scaled(*made.columns).judge_scale)) for made in (few, many)]
    assert spread[0] < spread[1]


def test_fitting_gives_the_biases_of_least_squares(world: Judged, fit: ScaledFit) -> None:
    plain = fit_additive(*world.columns)
    assert fit.severity.tolist() == plain.severity.tolist()
    assert fit.severity_se.tolist() == plain.severity_se.tolist()


def test_relabelling_and_permuting_changes_nothing(world: Judged, fit: ScaledFit) -> None:
    random = np.random.default_rng(1)
    order = random.permutation(world.value.size)
    of_judge, of_entry = random.permutation(10), random.permutation(150)
    judge, entry = of_judge[world.judge][order], of_entry[world.entry][order]
    other = fit_scaled(judge, entry, world.value[order], 10, 150)
    for name in PER_ENTRY:
        assert getattr(other, name)[of_entry] == pytest.approx(getattr(fit, name), rel=1e-7)
    for name in PER_JUDGE:
        assert getattr(other, name)[of_judge] == pytest.approx(getattr(fit, name), rel=1e-7)
    assert other.test is not None and fit.test is not None
    assert other.test.p == pytest.approx(fit.test.p, rel=1e-6)


def test_shifting_and_stretching_moves_everything_along(world: Judged, fit: ScaledFit) -> None:
    other = fit_scaled(world.judge, world.entry, 40 + 10 * world.value, 10, 150)
    assert other.adjusted == pytest.approx(40 + 10 * fit.adjusted, rel=1e-8)
    assert other.se == pytest.approx(10 * fit.se, rel=1e-6)
    assert other.judge_sd == pytest.approx(10 * fit.judge_sd, rel=1e-6)
    assert other.judge_scale == pytest.approx(fit.judge_scale, rel=1e-6)


def test_drawing_the_joint_distribution_has_the_standard_errors(fit: ScaledFit) -> None:
    joint = fit.joint()
    assert joint is not None
    assert joint.sd == pytest.approx(fit.se, rel=1e-9)
    assert joint.mean.tolist() == fit.adjusted.tolist()


def test_erring_biases_move_the_entries_as_the_joint_distribution_says(
    world: Judged, fit: ScaledFit
) -> None:
    """The first-order share of the biases, against moving one judge's scores by hand."""
    assert fit.solution is not None
    pull = fit.solution.table.toarray()
    entry = int(world.entry[world.judge == 3][0])
    left = world.value + fit.severity[world.judge] - fit.solution.centre[world.entry]

    def quality(values: np.ndarray) -> float:
        mine = world.entry == entry
        judge = world.judge[mine]
        precision = fit.judge_scale[judge] / fit.judge_sd[judge] ** 2
        total = 1 / fit.variance[0] + np.sum(precision * fit.judge_scale[judge])
        return float(np.sum(precision * values[mine]) / total)

    moved = left - 0.01 * (world.judge == 3)
    change = (quality(moved) - quality(left)) / -0.01
    assert change == pytest.approx(pull[entry, 3], rel=1e-4)


def test_predicting_hidden_scores_beats_the_entry_means() -> None:
    made = judged(9, entries=120, judges=8, each=5, spread=0.4)
    hidden = np.random.default_rng(1).random(made.value.size) < 0.15
    columns = made.judge[~hidden], made.entry[~hidden], made.value[~hidden]
    mean, sd = fit_scaled(*columns, 8, 120).predict(made.judge[hidden], made.entry[hidden])
    truth = made.value[hidden]
    plain = np.bincount(columns[1], columns[2], 120) / np.bincount(columns[1], minlength=120)
    assert np.mean((mean - truth) ** 2) < np.mean((plain[made.entry[hidden]] - truth) ** 2)
    count = int(hidden.sum())
    assert np.mean(((mean - truth) / sd) ** 2) == pytest.approx(1, abs=4 * np.sqrt(2 / count))


def test_predicting_the_unknown_falls_back_to_the_population(fit: ScaledFit) -> None:
    mean, sd = fit.predict(np.array([0, -1, 0, -1]), np.array([0, 0, -1, -1]))
    assert np.isfinite(mean).all()
    assert sd[3] == sd.max() and sd[2] > sd[0]
    assert mean[3] == pytest.approx(float(fit.solution.centre[0])) if fit.solution else False


def test_weighing_scores_zero_leaves_them_out() -> None:
    made = judged(13, entries=30)
    weight = (made.entry != 7).astype(float)
    kept = made.entry != 7
    found = fit_scaled(*made.columns, weight)
    alone = fit_scaled(made.judge[kept], made.entry[kept], made.value[kept], 8, 30)
    assert found.adjusted == pytest.approx(alone.adjusted, nan_ok=True)
    assert np.isnan(found.adjusted[7]) and found.component[7] == -1
    joint = found.joint()
    assert joint is not None and np.isnan(joint.sd[7])


def test_weighing_all_scores_alike_scales_the_noise_only(world: Judged, fit: ScaledFit) -> None:
    found = fit_scaled(*world.columns, np.full(world.value.size, 4.0))
    assert found.adjusted == pytest.approx(fit.adjusted, rel=1e-6)
    assert found.judge_sd == pytest.approx(2 * fit.judge_sd, rel=1e-5)


# Degenerate inputs ------------------------------------------------------------------------

FEW = {
    "one judge": ([0, 0, 0], [0, 1, 2], [5.0, 6.0, 8.0]),
    "one entry": ([0, 1, 2], [0, 0, 0], [5.0, 6.0, 8.0]),
    "a chain": ([0, 1, 1, 2], [0, 0, 1, 1], [7.0, 5.0, 6.0, 8.0]),
}


@pytest.mark.parametrize("case", FEW)
def test_fitting_too_few_scores_falls_back_to_the_mean_and_says_so(case: str) -> None:
    judge, entry, value = (np.array(column) for column in FEW[case])
    found = fit_scaled(judge, entry, value, 3, 3)
    with np.errstate(invalid="ignore"):
        plain = np.bincount(entry, value, 3) / np.bincount(entry, minlength=3)
    assert found.fallback == "mean" and found.df <= 0
    assert found.adjusted == pytest.approx(plain, nan_ok=True)
    assert np.isnan(found.se).all() and found.test is None and found.joint() is None
    assert np.isnan(found.predict(np.array([0]), np.array([0]))[1]).all()


def test_fitting_equal_scores_ties_everybody_and_says_so() -> None:
    made = judged(1)
    found = fit_scaled(made.judge, made.entry, np.full(made.value.size, 8.1), 8, 60)
    assert found.fallback == "no_information"
    assert np.ptp(found.adjusted) < 1e-12


def test_fitting_no_scores_gives_nothing() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert np.isnan(fit_scaled(none, none, np.zeros(0), 2, 3).adjusted).all()


def test_fitting_judges_of_one_score_and_of_no_variance_stays_finite() -> None:
    made = judged(14, entries=30)
    judge = np.append(made.judge, 8)
    entry, value = np.append(made.entry, 3), np.append(made.value, 9.0)
    value[judge == 0] = 6.0
    found = fit_scaled(judge, entry, value, 9, 30)
    for name in (*PER_ENTRY, *PER_JUDGE):
        assert np.isfinite(getattr(found, name)).all(), name
    assert found.judge_scale[0] == found.judge_scale.min()
    # One score tells nothing of a scale: it stays within the population's deviation.
    assert abs(found.judge_scale[8] - 1) < PRIOR_SCALE_VARIANCE**0.5


def test_fitting_scores_without_any_noise_keeps_their_order() -> None:
    entry, judge = np.repeat(np.arange(10), 4), np.tile(np.arange(4), 10)
    value = (2.0 + entry * 0.5 + judge).astype(np.float64)
    found = fit_scaled(judge, entry, value, 4, 10)
    assert np.argsort(found.adjusted).tolist() == list(range(10))
    assert np.isfinite(found.se).all()


def test_fitting_few_entries_without_signal_never_calls_them_certain() -> None:
    entry, judge = np.repeat(np.arange(3), 3), np.tile(np.arange(3), 3)
    for seed in range(20):
        value = np.random.default_rng(seed).normal(5, 1, 9)
        found, plain = (
            fit_scaled(judge, entry, value, 3, 3),
            fit_additive(judge, entry, value, 3, 3),
        )
        # Pulled together by at most what their own spread suggests.
        assert found.se.min() > 0.2 * plain.se.min()


def test_fitting_disconnected_panels_centres_each_on_its_own() -> None:
    one, two = judged(15, entries=40, judges=5), judged(16, entries=30, judges=5)
    found = fit_scaled(
        np.concatenate([one.judge, two.judge + 5]),
        np.concatenate([one.entry, two.entry + 40]),
        np.concatenate([one.value, two.value + 3]),
        10,
        70,
    )
    plain = fit_additive(*two.columns)
    assert found.components == 2
    assert found.adjusted[40:].mean() == pytest.approx(plain.adjusted.mean() + 3, abs=0.1)
    assert found.severity[5:].sum() == pytest.approx(0, abs=1e-9)
