"""Variance components, predictions and criterion of the mixed model, against dense algebra."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from competition.scoring import Ratings
from competition.scoring.arrays import Floats, Integers
from competition.scoring.errors import NotEnoughData, TooLarge
from competition.scoring.fits import predictor, reml
from competition.scoring.fits.mixed import MixedFit, fit_mixed
from tests.scoring.builders import read_csv
from tests.scoring.fits.designs import Design, random_design, shuffled, turned

PUBLISHED = {
    "shrout_fleiss": "score",
    "anxiety": "score",
    "penicillin": "score",
    "diving_m3m": "score",
    "ordinal_wine": "response",
}


def published(folder: Path, name: str, *, transposed: bool = False) -> tuple[Ratings, MixedFit]:
    rows = read_csv(folder / "data" / f"{name}.csv")
    ratings = Ratings.from_columns(
        judge=[row["judge"] for row in rows],
        entry=[row["item"] for row in rows],
        value=[row[PUBLISHED[name]] for row in rows],
    )
    judges, entries = len(ratings.judges), len(ratings.entries)
    if transposed:
        return ratings, fit_mixed(ratings.entry, ratings.judge, ratings.value, entries, judges)
    return ratings, fit_mixed(ratings.judge, ratings.entry, ratings.value, judges, entries)


def column(folder: Path, file: str, name: str, labels: tuple[Any, ...]) -> list[float]:
    by_label = {row["level"]: float(row[name]) for row in read_csv(folder / "results" / file)}
    return [by_label[str(label)] for label in labels]


@pytest.mark.parametrize("transposed", [False, True])
@pytest.mark.parametrize("name", PUBLISHED)
def test_fitting_published_data_gives_the_published_variances(
    reference_folder: Path, name: str, transposed: bool
) -> None:
    fit = published(reference_folder, name, transposed=transposed)[1]
    expected = json.loads((reference_folder / "results" / "mixed.json").read_text())[name]["REML"]
    entry, judge = fit.variance.entry, fit.variance.judge
    if transposed:
        entry, judge = judge, entry
    assert entry == pytest.approx(expected["var_item"], rel=1e-5)
    assert judge == pytest.approx(expected["var_judge"], rel=1e-5)
    assert fit.sigma2 == pytest.approx(expected["var_resid"], rel=1e-6)
    assert fit.criterion == pytest.approx(expected["crit"], rel=1e-9)
    assert fit.mean == pytest.approx(expected["intercept"], rel=1e-8)
    assert fit.at_boundary == ()


@pytest.mark.parametrize("name", PUBLISHED)
def test_fitting_published_data_gives_the_published_predictions(
    reference_folder: Path, name: str
) -> None:
    ratings, fit = published(reference_folder, name)
    for file, labels, effect, error in (
        (f"{name}_mixed_item.csv", ratings.entries, fit.effect, fit.se),
        (f"{name}_mixed_judge.csv", ratings.judges, -fit.severity, fit.severity_se),
    ):
        expected = column(reference_folder, file, "blup", labels)
        assert effect == pytest.approx(expected, rel=1e-6, abs=1e-6)
        expected = column(reference_folder, file, "condsd", labels)
        assert error == pytest.approx(expected, rel=1e-6)
    assert fit.adjusted == pytest.approx(fit.mean + fit.effect, rel=1e-12)


def test_fitting_complete_tables_gives_the_variances_of_the_mean_squares(
    reference_folder: Path,
) -> None:
    """With all variances inside, REML of a complete table is the analysis of variance."""
    ratings, fit = published(reference_folder, "penicillin")
    table = np.zeros((24, 6))
    table[ratings.entry, ratings.judge] = ratings.value
    lines, columns = table.mean(axis=1), table.mean(axis=0)
    residual = table - lines[:, None] - columns + table.mean()
    error = float(np.sum(residual**2)) / (23 * 5)
    exact = [lines.var(ddof=1) - error / 6, columns.var(ddof=1) - error / 24, error]
    ours = [fit.variance.entry, fit.variance.judge, fit.variance.residual]
    assert ours == pytest.approx(exact, rel=5e-8)
    # The printed digits come from an optimizer that stopped 8e-8 before this.
    assert ours == pytest.approx([0.7169082, 3.7309176, 0.3024155], rel=2e-7)


class Dense:
    """The model written out: all covariances as full matrices, over sigma2."""

    def __init__(self, design: Design, fit: MixedFit, track: Integers | None) -> None:
        entries, judges = design.n_entries, design.n_judges
        z = np.zeros((design.value.size, entries + judges))
        z[np.arange(design.value.size), design.entry] = 1
        z[np.arange(design.value.size), entries + design.judge] = 1
        ratio = np.r_[np.full(entries, fit.variance.entry), np.full(judges, fit.variance.judge)] / (
            fit.sigma2
        )
        groups = np.zeros(entries, dtype=int) if track is None else track
        scored = np.unique(design.entry)
        self.of_entry = (groups[:, None] == np.unique(groups[scored])).astype(float)
        self.x = self.of_entry[design.entry]
        self.v = np.diag(1 / design.weights) + z @ (ratio[:, None] * z.T)
        inverse = np.linalg.inv(self.v)
        self.fixed_cov = np.linalg.inv(self.x.T @ inverse @ self.x)
        self.fixed = self.fixed_cov @ self.x.T @ inverse @ design.value
        back = ratio[:, None] * z.T @ inverse
        self.residual = design.value - self.x @ self.fixed
        self.effect = back @ self.residual
        self.conditional = np.diag(ratio) - back @ (ratio[:, None] * z.T).T
        self.change = np.vstack([self.of_entry, np.zeros((judges, self.x.shape[1]))])
        self.change = self.change - back @ self.x
        self.error = self.conditional + self.change @ self.fixed_cov @ self.change.T
        square = self.residual @ inverse @ self.residual
        free = design.value.size - self.x.shape[1]
        self.sigma2 = square / free
        self.criterion = (
            np.linalg.slogdet(self.v)[1]
            + np.linalg.slogdet(self.x.T @ inverse @ self.x)[1]
            + free * (1 + np.log(2 * np.pi * square / free))
        )


CASES = [
    (seed, weighted, tracks)
    for seed in (0, 1, 2, 3, 4, 6, 8, 9)
    for weighted in (False, True)
    for tracks in (1, 3)
]


def fit_tracks(design: Design, track: Integers | None, tracks: int) -> MixedFit:
    return fit_mixed(
        design.judge,
        design.entry,
        design.value,
        design.n_judges,
        design.n_entries,
        design.weight,
        track,
        tracks,
    )


def fitted(design: Design, tracks: int = 1) -> tuple[MixedFit, Integers | None]:
    track = None
    if tracks > 1:
        track = np.arange(design.n_entries) % tracks
    return fit_tracks(design, track, tracks), track


def design_of(seed: int, weighted: bool) -> Design:
    entries, judges = (11, 5) if seed % 2 else (6, 13)
    return random_design(seed, weighted, entries, judges, 60)


@pytest.mark.parametrize(("seed", "weighted", "tracks"), CASES)
def test_fitting_random_designs_gives_what_dense_matrices_give(
    seed: int, weighted: bool, tracks: int
) -> None:
    design = design_of(seed, weighted)
    fit, track = fitted(design, tracks)
    dense = Dense(design, fit, track)
    effect = np.r_[fit.effect, -fit.severity]
    error = np.r_[fit.se, fit.severity_se]
    there = np.isfinite(effect)
    assert fit.criterion == pytest.approx(dense.criterion, rel=1e-9)
    assert fit.sigma2 == pytest.approx(dense.sigma2, rel=1e-9)
    assert effect[there] == pytest.approx(dense.effect[there], rel=1e-8, abs=1e-8)
    variance = fit.sigma2 * dense.conditional.diagonal()
    assert error[there] ** 2 == pytest.approx(variance[there], rel=1e-7, abs=1e-9)
    if track is not None:
        assert fit.track_mean == pytest.approx(dense.fixed, rel=1e-9)
        expected = np.sqrt(fit.sigma2 * dense.fixed_cov.diagonal())
        assert fit.track_se == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("seed", "weighted", "tracks"), CASES)
def test_joining_and_predicting_give_the_error_covariance_of_dense_matrices(
    seed: int, weighted: bool, tracks: int
) -> None:
    design = design_of(seed, weighted)
    fit, track = fitted(design, tracks)
    dense = Dense(design, fit, track)
    entries = design.n_entries
    covariance = fit.sigma2 * dense.error
    scored = np.flatnonzero(np.isfinite(fit.adjusted))
    ours = fit.joint().covariance()[np.ix_(scored, scored)]
    assert ours == pytest.approx(covariance[np.ix_(scored, scored)], rel=1e-7, abs=1e-9)
    judge, entry = (grid.ravel() for grid in np.meshgrid(range(design.n_judges), scored))
    mean, sd = fit.predict(judge, entry)
    at = entries + judge
    variance = covariance[entry, entry] + covariance[at, at] + 2 * covariance[entry, at]
    assert sd == pytest.approx(np.sqrt(fit.sigma2 + variance), rel=1e-8)
    expected = (dense.of_entry @ dense.fixed)[entry] + dense.effect[entry] + dense.effect[at]
    assert mean == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("seed", "weighted", "tracks"), CASES)
def test_moving_the_variances_never_raises_the_likelihood(
    seed: int, weighted: bool, tracks: int
) -> None:
    design = design_of(seed, weighted)
    fit = fitted(design, tracks)[0]
    profile, point = fit.predictor.profile, fit.predictor.point
    for row in (-0.02, 0.0, 0.02):
        for col in (-0.02, 0.0, 0.02):
            ratio = (point.ratio[0] * np.exp(row), point.ratio[1] * np.exp(col))
            there = profile.at(*np.maximum(ratio, [row * 1e-3, col * 1e-3]).tolist())
            assert there.criterion >= point.criterion - 1e-9


@pytest.mark.parametrize("seed", range(4))
def test_deriving_the_criterion_gives_its_finite_differences(seed: int) -> None:
    profile = fitted(design_of(seed, weighted=True), 3)[0].predictor.profile
    here = np.array([0.7, 0.3])
    gradient = profile.at(*here).gradient
    for k in range(2):
        step = np.eye(2)[k] * 1e-5
        ahead, back = profile.at(*(here + step)), profile.at(*(here - step))
        slope = (ahead.criterion - back.criterion) / 2e-5
        assert gradient[k] == pytest.approx(slope, rel=1e-6, abs=1e-6)


def columns_of(fit: MixedFit) -> Floats:
    parts = (fit.adjusted, fit.se, fit.severity, fit.severity_se)
    return np.concatenate([*parts, [fit.criterion, fit.sigma2]])


@pytest.mark.parametrize("seed", range(4))
def test_permuting_the_scores_changes_nothing(seed: int) -> None:
    design = design_of(seed, weighted=True)
    plain, mixed_up = fitted(design)[0], fitted(shuffled(design, 1))[0]
    assert columns_of(mixed_up) == pytest.approx(columns_of(plain), rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("seed", range(4))
def test_exchanging_judges_and_entries_exchanges_the_variances(seed: int) -> None:
    design = design_of(seed, weighted=True)
    plain, other = fitted(design)[0], fit_mixed(*turned(design).arguments)
    assert other.criterion == pytest.approx(plain.criterion, rel=1e-10)
    assert other.variance.entry == pytest.approx(plain.variance.judge, rel=1e-6, abs=1e-9)
    assert other.effect == pytest.approx(-plain.severity, rel=1e-6, abs=1e-6, nan_ok=True)


@pytest.mark.parametrize("seed", range(4))
def test_moving_and_stretching_the_scale_moves_and_stretches_the_scores(seed: int) -> None:
    design = design_of(seed, weighted=False)
    plain = fitted(design)[0]
    value = design.value * 10 - 7
    moved = fit_mixed(design.judge, design.entry, value, design.n_judges, design.n_entries)
    assert moved.adjusted == pytest.approx(plain.adjusted * 10 - 7, rel=1e-7, nan_ok=True)
    assert moved.se == pytest.approx(plain.se * 10, rel=1e-6, nan_ok=True)
    assert moved.variance.judge == pytest.approx(plain.variance.judge * 100, rel=1e-6)


def test_finding_no_difference_between_judges_puts_their_variance_at_the_boundary() -> None:
    random = np.random.default_rng(4)
    noise = random.normal(0, 1, (40, 5))
    noise -= noise.mean(axis=0)
    value = (random.normal(0, 2, (40, 1)) + noise).ravel()
    judge, entry = np.tile(np.arange(5), 40), np.repeat(np.arange(40), 5)
    fit = fit_mixed(judge, entry, value, 5, 40)
    assert fit.at_boundary == ("judge",)
    assert fit.variance.judge == 0
    assert fit.severity.tolist() == fit.severity_se.tolist() == [0] * 5
    assert fit.variance.entry > 0 and np.isfinite(fit.se).all()
    gradient = fit.predictor.point.gradient
    assert gradient[1] > 0 and gradient[0] == pytest.approx(0, abs=1e-5)


def test_comparing_unconnected_panels_is_possible_through_the_mean() -> None:
    random = np.random.default_rng(6)
    judge = np.r_[np.tile([0, 1, 2], 8), np.tile([3, 4, 5], 8)]
    entry = np.repeat(np.arange(16), 3)
    value = random.normal(0, 2, 16)[entry] + random.normal(0, 1, 6)[judge]
    value += random.normal(0, 1, 48)
    fit = fit_mixed(judge, entry, value, 6, 16)
    assert np.isfinite(fit.adjusted).all()
    assert fit.joint().covariance()[0, 15] != 0


def test_predicting_a_new_judge_adds_the_variance_of_judges() -> None:
    design = design_of(1, weighted=False)
    fit = fitted(design)[0]
    mean, sd = fit.predict(np.array([-1]), np.array([0]))
    assert mean[0] == pytest.approx(fit.adjusted[0])
    expected = fit.sigma2 + fit.variance.judge + fit.joint().sd[0] ** 2
    assert sd[0] == pytest.approx(np.sqrt(expected))


def test_predicting_a_new_entry_of_a_new_judge_gives_the_mean_and_all_variance() -> None:
    fit = fitted(design_of(1, weighted=False))[0]
    mean, sd = fit.predict(np.array([-1]), np.array([-1]))
    fixed = float(fit.predictor.point.fixed_inverse[0, 0])
    variance = fit.variance.entry + fit.variance.judge + fit.sigma2 * (1 + fixed)
    assert (mean[0], sd[0]) == pytest.approx((fit.mean, np.sqrt(variance)))


def test_fitting_members_without_scores_leaves_them_out() -> None:
    design = design_of(1, weighted=False)
    fit = fit_mixed(
        design.judge, design.entry + 1, design.value, design.n_judges + 2, design.n_entries + 1
    )
    plain = fitted(design)[0]
    assert np.isnan(fit.adjusted[0]) and np.isnan(fit.severity[-2:]).all()
    assert fit.adjusted[1:] == pytest.approx(plain.adjusted, rel=1e-9)
    mean, _ = fit.predict(np.array([0]), np.array([0]))
    assert mean[0] == pytest.approx(fit.mean - fit.severity[0])


def test_naming_no_track_for_an_entry_makes_a_group_of_its_own() -> None:
    design = random_design(1, weighted=False, entries=12, judges=5, scores=60)
    track = np.arange(12) % 3 - 1
    fit = fit_tracks(design, track, 3)
    assert np.isfinite(fit.track_mean).tolist() == [True, True, False]
    assert fit.df == design.value.size - 3


TYPED_FAILURES = {
    "scores": ([], [], []),
    "entries": ([0, 1, 2], [0, 0, 0], [1.0, 2, 3]),
    "judges": ([0, 0, 0], [0, 1, 2], [1.0, 2, 3]),
    "repeated_scores": ([0, 1, 1], [0, 1, 2], [1.0, 2, 4]),
    "variance": ([0, 1, 0, 1], [0, 0, 1, 1], [8.1, 8.1, 8.1, 8.1]),
    "residual_variance": (
        [0, 1, 2] * 3,
        [0] * 3 + [1] * 3 + [2] * 3,
        [1.0, 2, 4, 3, 4, 6, 0, 1, 3],
    ),
}


@pytest.mark.parametrize("needs", TYPED_FAILURES)
def test_fitting_too_little_is_a_typed_failure_that_says_what_is_missing(needs: str) -> None:
    judge, entry, value = TYPED_FAILURES[needs]
    with pytest.raises(NotEnoughData) as failure:
        fit_mixed(np.array(judge, int), np.array(entry, int), np.array(value, float), 3, 3)
    assert failure.value.facts["needs"] == needs


def test_joining_too_many_entries_is_a_typed_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predictor, "MOST_JOINT_NUMBERS", 10)
    with pytest.raises(TooLarge):
        fitted(design_of(1, weighted=False))[0].joint()


def test_fitting_many_sizes_of_panels_agrees_with_dense_matrices() -> None:
    random = np.random.default_rng(9)
    size = random.integers(1, 12, 150)
    entry = np.repeat(np.arange(150), size)
    judge = np.concatenate([random.choice(120, k, replace=False) for k in size])
    value = random.normal(0, 2, 150)[entry] + random.normal(0, 1, 120)[judge]
    design = Design(judge, entry, value + random.normal(0, 1, entry.size), 120, 150)
    fit = fitted(design)[0]
    dense = Dense(design, fit, None)
    assert fit.predictor.profile.crossing.n_cols > reml._SMALL
    assert fit.criterion == pytest.approx(dense.criterion, rel=1e-10)
    assert fit.effect == pytest.approx(dense.effect[:150], rel=1e-8, abs=1e-8)
    assert fit.predictor.point.gradient == pytest.approx(0, abs=1e-4)
