"""Figures of judges: by refitting without each score, by simulation, and as published."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from competition.scoring import Ratings
from competition.scoring.diagnostics.judges import judge_figures, severity_test
from competition.scoring.fits.additive import AdditiveFit, fit_additive
from tests.scoring.builders import read_csv
from tests.scoring.fits.designs import Design, random_design, turned


@pytest.mark.parametrize("name", ["diving_m3m", "anxiety", "penicillin", "shrout_fleiss"])
@pytest.mark.parametrize("transposed", [False, True])
def test_testing_published_judges_gives_the_published_f(
    reference_folder: Path, name: str, transposed: bool
) -> None:
    rows = read_csv(reference_folder / "data" / f"{name}.csv")
    judge, entry = ("item", "judge") if transposed else ("judge", "item")
    ratings = Ratings.from_columns(
        judge=[row[judge] for row in rows],
        entry=[row[entry] for row in rows],
        value=[row["score"] for row in rows],
    )
    scores = ratings.judge, ratings.entry, ratings.value
    fit = fit_additive(*scores, len(ratings.judges), len(ratings.entries))
    found = severity_test(fit, *scores)
    expected = json.loads((reference_folder / "results" / "additive.json").read_text())[name]
    if transposed:
        assert found.f == pytest.approx(expected["F_item_adj"], rel=1e-9)
        return
    assert found.f == pytest.approx(expected["F_judge_adj"], rel=1e-9)
    assert found.p == pytest.approx(expected["p_judge"], rel=1e-8)
    assert (found.df1, found.df2) == (len(ratings.judges) - 1, expected["df_resid"])


def fitted(design: Design) -> AdditiveFit:
    return fit_additive(*design.arguments)


def slopes_by_refitting(design: Design) -> np.ndarray:
    """Relative slopes with every score left out in turn and the rest fitted again."""
    x = np.full(design.value.size, np.nan)
    whole = fitted(design)
    for k in range(design.value.size):
        left = np.arange(design.value.size) != k
        fit = fit_additive(
            design.judge[left],
            design.entry[left],
            design.value[left],
            design.n_judges,
            design.n_entries,
            None if design.weight is None else design.weight[left],
        )
        if fit.components == whole.components and np.isfinite(fit.severity[design.judge[k]]):
            x[k] = fit.adjusted[design.entry[k]]
    there = np.isfinite(x)
    judge, y, w = design.judge[there], design.value[there], design.weights[there]
    x, slope, xx, xy = x[there], np.full(design.n_judges, np.nan), 0.0, 0.0
    for j in range(design.n_judges):
        mine = judge == j
        if mine.sum() < 3:
            continue
        slope[j] = np.polyfit(x[mine], y[mine], 1, w=np.sqrt(w[mine]))[0]
    for j in np.unique(judge):
        mine = judge == j
        a = x[mine] - np.average(x[mine], weights=w[mine])
        b = y[mine] - np.average(y[mine], weights=w[mine])
        xx, xy = xx + np.sum(w[mine] * a * a), xy + np.sum(w[mine] * a * b)
    return slope / (xy / xx)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("entries_are_more", [False, True])
def test_leaving_scores_out_gives_the_slopes_of_refitting_without_them(
    seed: int, weighted: bool, entries_are_more: bool
) -> None:
    sizes = (12, 5) if entries_are_more else (6, 9)
    design = random_design(seed, weighted, *sizes, 60)
    found = judge_figures(fitted(design), design.judge, design.entry, design.value, design.weight)
    assert found.scale == pytest.approx(slopes_by_refitting(design), rel=1e-6, nan_ok=True)


@pytest.mark.parametrize("seed", range(5))
def test_summing_squares_by_judge_gives_all_of_the_error_variance(seed: int) -> None:
    design = random_design(seed, weighted=True, entries=12, judges=5, scores=60)
    fit = fitted(design)
    figures = judge_figures(fit, design.judge, design.entry, design.value, design.weight)
    assert fit.solution is not None
    leverage = design.weights * fit.solution.variance_of_sum(design.judge, design.entry)
    free = np.bincount(design.judge, 1 - leverage, design.n_judges)
    assert free.sum() == pytest.approx(fit.df)
    assert np.sum(free * figures.residual_sd**2) == pytest.approx(fit.sigma2 * fit.df)
    assert figures.infit == pytest.approx(figures.residual_sd**2 / fit.sigma2)


def test_judging_with_other_noise_and_scale_is_found() -> None:
    random = np.random.default_rng(3)
    judge, entry = np.tile(np.arange(6), 500), np.repeat(np.arange(500), 6)
    scale = np.array([1.0, 1.0, 1.0, 1.0, 1.6, 1.0])
    noise = np.array([1.0, 1.0, 1.0, 1.0, 1.0, 3.0])
    value = scale[judge] * random.normal(0, 2, 500)[entry] + noise[judge] * random.normal(size=3000)
    figures = judge_figures(fit_additive(judge, entry, value, 6, 500), judge, entry, value)
    assert int(np.argmax(figures.scale)) == 4
    others = (scale.sum() - scale) / 5
    assert figures.scale == pytest.approx(scale / others, rel=0.07)
    assert int(np.argmax(figures.infit)) == 5
    assert figures.outfit == pytest.approx(figures.infit, rel=0.1)


def test_judging_alike_gives_mean_squares_and_scales_of_one() -> None:
    random = np.random.default_rng(5)
    judge = np.concatenate([random.choice(20, 4, replace=False) for _ in range(4000)])
    entry = np.repeat(np.arange(4000), 4)
    value = random.normal(0, 2, 4000)[entry] + random.normal(size=16000)
    figures = judge_figures(fit_additive(judge, entry, value, 20, 4000), judge, entry, value)
    for column in (figures.infit, figures.outfit, figures.scale, figures.residual_sd):
        assert column == pytest.approx(1, abs=0.2)
        assert column.mean() == pytest.approx(1, abs=0.02)


def test_exchanging_judges_and_entries_keeps_the_standardized_residuals() -> None:
    design = random_design(2, weighted=True, entries=12, judges=5, scores=60)
    plain = judge_figures(fitted(design), design.judge, design.entry, design.value, design.weight)
    other = turned(design)
    entries = judge_figures(fitted(other), other.judge, other.entry, other.value, other.weight)
    assert entries.n.sum() == plain.n.sum()
    assert np.nansum(entries.outfit * entries.n) == pytest.approx(np.nansum(plain.outfit * plain.n))


DEGENERATE = {
    "one judge": ([0, 0, 0], [0, 1, 2], [1.0, 2, 3]),
    "one entry": ([0, 1, 2], [0, 0, 0], [1.0, 2, 3]),
    "no spare score": ([0, 1, 1, 2], [0, 0, 1, 1], [7.0, 5, 6, 8]),
    "no score": ([], [], []),
}


@pytest.mark.parametrize("name", DEGENERATE)
def test_measuring_judges_on_too_few_scores_gives_no_figure(name: str) -> None:
    judge, entry, value = DEGENERATE[name]
    scores = np.array(judge, int), np.array(entry, int), np.array(value, float)
    fit = fit_additive(*scores, 3, 3)
    figures = judge_figures(fit, *scores)
    assert np.isnan([figures.residual_sd, figures.infit, figures.outfit, figures.scale]).all()
    assert figures.n.tolist() == np.bincount(scores[0], minlength=3).tolist()
    assert np.isnan([severity_test(fit, *scores).f, severity_test(fit, *scores).p]).all()


def test_scoring_once_gives_a_judge_no_figure() -> None:
    judge, entry = np.r_[np.tile([0, 1], 6), 2], np.r_[np.repeat(np.arange(6), 2), 0]
    value = np.random.default_rng(1).normal(size=13)
    figures = judge_figures(fit_additive(judge, entry, value, 3, 6), judge, entry, value)
    assert np.isnan([figures.infit[2], figures.outfit[2], figures.scale[2]]).all()
    assert np.isfinite([figures.infit[:2], figures.outfit[:2]]).all()
