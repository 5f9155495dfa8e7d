"""The hierarchical judge model finds what made the scores, says how sure it is, and owns up."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from competition.scoring.errors import BadSettings
from competition.scoring.fits.bayes import BayesFit, Settings, fit_bayes
from competition.scoring.fits.bayes.data import intervals
from tests.scoring.fits.judged import Judged, judged

SHORT = Settings(sweeps=500, burn_in=150, extensions=0, least_size=40, least_judge_size=20)
BRIEF = Settings(sweeps=160, burn_in=60, extensions=0)
"""Where it is not asked how well the chains have converged."""

ON_TEN = {"scale": (1.0, 10.0), "step": 1.0}


def fitted(world: Judged, **options: object) -> BayesFit:
    return fit_bayes(*world.columns, **({"settings": SHORT} | options))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def world() -> Judged:
    return judged(1, step=1.0)


@pytest.fixture(scope="module")
def fit(world: Judged) -> BayesFit:
    return fitted(world, **ON_TEN)


@pytest.fixture(scope="module")
def brief_fit(world: Judged) -> BayesFit:
    return fitted(world, **ON_TEN, settings=BRIEF)


def test_fitting_scores_of_the_model_finds_entries_within_their_deviations(
    world: Judged, fit: BayesFit
) -> None:
    assert fit.converged
    z = (fit.adjusted - world.score) / fit.se
    # 60 standardized errors: their mean square has standard deviation sqrt(2 / 60) = .18
    # were they independent; they share the judges' errors, hence four of them.
    assert np.mean(z**2) == pytest.approx(1, abs=4 * 0.18)
    assert np.abs(z).max() < 4.5
    assert np.corrcoef(fit.adjusted, world.score)[0, 1] > 0.9


def test_fitting_scores_of_the_model_finds_the_judges(world: Judged, fit: BayesFit) -> None:
    z = (fit.severity - world.severity) / fit.severity_se
    assert np.abs(z).max() < 4
    assert fit.severity.mean() == pytest.approx(0, abs=1e-6)
    assert fit.judge_scale.mean() == pytest.approx(1, abs=1e-6)
    assert np.corrcoef(fit.judge_scale, world.scale)[0, 1] > 0.5
    assert np.corrcoef(np.log(fit.judge_sd), np.log(world.sd))[0, 1] > 0.5


def test_fitting_many_worlds_covers_the_truth_as_often_as_promised() -> None:
    inside = []
    for seed in range(2, 6):
        made = judged(seed, entries=40, step=1.0)
        found = fitted(made, **ON_TEN, settings=replace(SHORT, sweeps=300))
        inside.append(np.abs(found.adjusted - made.score) < 1.96 * found.se)
    # 160 intervals; judges' errors are shared within a world: binomial error .017, doubled.
    assert np.mean(inside) == pytest.approx(0.95, abs=3 * 0.034)


def test_repeating_a_seed_gives_the_same_bytes(world: Judged, brief_fit: BayesFit) -> None:
    options = ON_TEN | {"settings": BRIEF}
    again, other = (fitted(world, **options, seed=seed) for seed in (0, 1))
    for name in ("adjusted", "se", "severity", "judge_sd", "draws", "ranks"):
        assert getattr(again, name).tobytes() == getattr(brief_fit, name).tobytes(), name
    assert other.adjusted.tobytes() != brief_fit.adjusted.tobytes()


def test_relabelling_and_permuting_changes_nothing_but_the_luck_of_the_draws(
    world: Judged, fit: BayesFit
) -> None:
    random = np.random.default_rng(4)
    order = random.permutation(world.value.size)
    of_entry, of_judge = random.permutation(60), random.permutation(8)
    other = fit_bayes(
        of_judge[world.judge][order],
        of_entry[world.entry][order],
        world.value[order],
        8,
        60,
        scale=(1, 10),
        step=1,
        settings=SHORT,
    )
    assert fit.convergence is not None and other.convergence is not None
    sizes = fit.convergence.size["adjusted"], other.convergence.size["adjusted"][of_entry]
    error = fit.se * np.sqrt(1 / sizes[0] + 1 / sizes[1])
    assert np.abs((other.adjusted[of_entry] - fit.adjusted) / error).max() < 5
    assert np.abs((other.severity[of_judge] - fit.severity) / fit.severity_se).max() < 0.6


def test_shifting_and_stretching_the_scale_moves_everything_along(
    world: Judged, brief_fit: BayesFit
) -> None:
    moved = fit_bayes(
        world.judge, world.entry, 40 + 10 * world.value, 8, 60,
        scale=(50, 140), step=10, settings=BRIEF,
    )  # fmt: skip
    assert moved.adjusted == pytest.approx(40 + 10 * brief_fit.adjusted, abs=1e-4)
    assert moved.se == pytest.approx(10 * brief_fit.se, rel=1e-4)
    assert moved.severity == pytest.approx(10 * brief_fit.severity, abs=1e-4)
    assert moved.judge_scale == pytest.approx(brief_fit.judge_scale, rel=1e-4)


def test_scoring_far_from_zero_keeps_the_differences(world: Judged) -> None:
    near, far = (
        fit_bayes(world.judge, world.entry, offset + world.value, 8, 60, settings=BRIEF)
        for offset in (0.0, 2.0**30)
    )
    assert far.adjusted - 2.0**30 == pytest.approx(near.adjusted, abs=1e-3)
    assert far.p_top(10) == pytest.approx(near.p_top(10), abs=0.02)
    assert far.draws[0] - 2.0**30 == pytest.approx(near.draws[0], abs=1e-3)


def test_running_too_short_is_never_called_converged(world: Judged) -> None:
    hasty = Settings(sweeps=24, burn_in=4, extensions=0)
    found = fitted(world, **ON_TEN, settings=hasty)
    assert not found.converged
    assert found.convergence is not None
    assert found.convergence.least_size < 100
    assert np.isfinite(found.adjusted).all()


def test_running_on_until_converged_takes_more_sweeps(world: Judged) -> None:
    patient = Settings(sweeps=64, burn_in=14, extensions=6)
    found = fitted(world, **ON_TEN, settings=patient)
    assert found.converged
    assert found.convergence is not None
    assert found.convergence.sweeps > 64
    assert found.convergence.worst_r_hat < 1.05 and found.convergence.least_size >= 100


@pytest.mark.parametrize("bad", [{"chains": 1}, {"sweeps": 100, "burn_in": 100}, {"burn_in": -1}])
def test_asking_for_chains_that_cannot_be_judged_is_refused(bad: dict[str, int]) -> None:
    with pytest.raises(BadSettings) as caught:
        replace(Settings(), **bad)
    assert caught.value.facts["key"] in {"chains", "sweeps", "burn_in"}


def test_ranking_the_draws_counts_every_place_once(fit: BayesFit) -> None:
    assert (np.sort(fit.ranks, axis=1) == np.arange(1, 61)).all()
    assert fit.p_top(10).sum() == pytest.approx(10)
    assert (fit.p_top(60) == 1).all()
    order = np.argsort(-fit.draws[7])
    assert fit.ranks[7][order].tolist() == list(range(1, 61))


def test_cutting_rank_intervals_leaves_the_tails_outside(fit: BayesFit) -> None:
    inside = (fit.ranks >= fit.rank_low) & (fit.ranks <= fit.rank_high)
    assert (inside.mean(axis=0) >= 0.95).all()
    assert (fit.rank_low >= 1).all() and (fit.rank_high <= 60).all()
    wide = fit.rank_interval(0.99)
    assert (wide[0] <= fit.rank_low).all() and (wide[1] >= fit.rank_high).all()


def test_predicting_a_score_averages_over_draws_rounding_and_ends(fit: BayesFit) -> None:
    assert fit.all_draws is not None
    mean, sd = fit.predict(np.array([2, -1]), np.array([5, 5]))
    drawn = fit.all_draws
    adjusted = drawn.adjusted + drawn.centre
    middle = adjusted[:, :-1].mean(axis=1)
    expected = middle - drawn.severity[:, 2] + drawn.scale[:, 2] * (adjusted[:, 5] - middle)
    noise = np.random.default_rng(1).standard_normal((200, expected.size))
    scores = np.clip(np.round(expected + drawn.sd[:, 2] * noise), 1, 10)
    assert mean[0] == pytest.approx(scores.mean(), abs=0.03)
    assert sd[0] == pytest.approx(scores.std(), rel=0.03)
    assert sd[1] > sd[0]  # of a judge not yet seen less is known


def test_predicting_hidden_scores_beats_the_entry_means() -> None:
    made = judged(9, entries=80, judges=8, each=5, spread=0.4, step=1.0)
    hidden = np.random.default_rng(1).random(made.value.size) < 0.15
    columns = made.judge[~hidden], made.entry[~hidden], made.value[~hidden]
    found = fit_bayes(*columns, 8, 80, scale=(1, 10), step=1, settings=SHORT)
    mean, sd = found.predict(made.judge[hidden], made.entry[hidden])
    truth = made.value[hidden]
    plain = np.bincount(columns[1], columns[2], 80) / np.bincount(columns[1], minlength=80)
    error = np.mean((mean - truth) ** 2)
    assert error < np.mean((plain[made.entry[hidden]] - truth) ** 2)
    # 60 or so: the standardized mean square has standard deviation sqrt(2 / 60) = .18.
    assert np.mean(((mean - truth) / sd) ** 2) == pytest.approx(1, abs=4 * 0.18)
    assert ((mean >= 1) & (mean <= 10)).all()


def test_knowing_the_tracks_finds_their_difference() -> None:
    random = np.random.default_rng(3)
    track = np.arange(60) % 2
    entry = np.repeat(np.arange(60), 3)
    # Judges 0-5 see track 0, judges 6-11 track 1; every third entry has one of the others.
    judge = np.concatenate([(np.array([0, 1, 2]) + i // 2) % 6 + 6 * (i % 2) for i in range(60)])
    judge[::9] = (judge[::9] + 6) % 12
    quality = random.standard_normal(60) + np.array([-1.0, 1.0])[track]
    bias = random.normal(0, 0.5, 12)
    value = 5 + quality[entry] + bias[judge] + 0.5 * random.standard_normal(180)
    truth = quality[track == 1].mean() - quality[track == 0].mean()
    found = fit_bayes(judge, entry, value, 12, 60, track=track, settings=SHORT)
    means = [found.draws[:, track == t].mean(axis=1) for t in (0, 1)]
    gap = means[1] - means[0]
    assert gap.mean() == pytest.approx(truth, abs=4 * float(gap.std()) + 0.1)
    assert found.convergence is not None
    assert found.convergence.r_hat["track"].size == 2


def test_judging_few_entries_in_four_tracks_settles_and_keeps_their_differences() -> None:
    # Track means flat in units of the entries' own spread let that spread fall to 0 here.
    random = np.random.default_rng(0)
    entry, track = np.repeat(np.arange(20), 3), np.arange(20) // 5
    judge = np.concatenate([random.permutation(12)[:3] for _ in range(20)])
    quality = random.normal(70, 8, 20) + 10 * (track - 1.5)
    bias = random.normal(0, 6, 12)
    value = quality[entry] + bias[judge] + random.normal(0, 8, 60)
    value = np.clip(np.round(2 * value) / 2, 0, 100)
    found = fit_bayes(judge, entry, value, 12, 20, scale=(0, 100), step=0.5, track=track)
    assert found.converged
    assert min(np.ptp(found.adjusted[track == t]) for t in range(4)) > 1
    apart = (found.adjusted - quality) / found.se
    assert np.mean(apart**2) < 1 + 4 * np.sqrt(2 / 20)


def test_judging_intervals_stay_open_at_the_ends_of_the_scale() -> None:
    low, high = intervals(np.array([0.0, 0.5, 10.0]), (0, 10), 0.5)
    assert low.tolist() == [-np.inf, 0.25, 9.75]
    assert high.tolist() == [0.25, 0.75, np.inf]
    low, high = intervals(np.array([0.0, 10.0]), None, 0.5)
    assert np.isfinite([low, high]).all()


def test_cutting_at_the_top_of_the_scale_keeps_the_best_apart_from_the_good() -> None:
    """Everybody gives the best the top mark; the latent scores know they may be better still."""
    made = judged(11, step=1.0)
    value = np.minimum(made.value, 7)
    cut = fit_bayes(*made.columns[:2], value, 8, 60, scale=(1, 7), step=1, settings=BRIEF)
    plain = fit_bayes(*made.columns[:2], value, 8, 60, settings=BRIEF)
    best = np.argsort(-made.score)[:10]
    assert cut.adjusted[best].mean() > plain.adjusted[best].mean()
    assert cut.adjusted.max() > 7


def test_weighing_scores_less_trusts_them_less() -> None:
    made = judged(12, entries=40)
    weight = np.ones(made.value.size)
    weight[made.entry < 20] = 0.1
    found = fitted(made, weight=weight, settings=BRIEF)
    assert found.se[:20].mean() > 1.5 * found.se[20:].mean()


def test_weighing_scores_zero_leaves_them_out() -> None:
    made = judged(13, entries=30)
    weight = (made.entry != 7).astype(float)
    kept = made.entry != 7
    found = fitted(made, weight=weight, settings=BRIEF)
    alone = fit_bayes(
        made.judge[kept], made.entry[kept], made.value[kept], 8, 30,
        weight=np.ones(kept.sum()), settings=BRIEF,
    )  # fmt: skip
    assert found.adjusted.tobytes() == alone.adjusted.tobytes()
    assert np.isnan(found.adjusted[7]) and np.isnan(found.p_top(3)[7])
    assert found.component[7] == -1 and found.ranks[:, 7].max() == 0


# Degenerate inputs ------------------------------------------------------------------------

FEW = [
    ("one judge", [(0, i, 5.0 + i) for i in range(4)], 1, 4),
    ("one entry", [(j, 0, 5.0 + j) for j in range(3)], 3, 1),
    ("a chain", [(0, 0, 7.0), (1, 0, 5.0), (1, 1, 6.0), (2, 1, 8.0)], 3, 2),
    ("one score", [(0, 0, 7.0)], 1, 1),
]


@pytest.mark.parametrize(("rows", "judges", "entries"), [case[1:] for case in FEW])
def test_fitting_too_few_scores_falls_back_to_the_mean_and_says_so(
    rows: list[tuple[int, int, float]], judges: int, entries: int
) -> None:
    judge, entry, value = (np.array(column) for column in zip(*rows, strict=True))
    found = fit_bayes(judge, entry, value, judges, entries)
    size = np.bincount(entry, minlength=entries)
    if found.fallback == "mean":
        assert found.df <= 0
    else:
        assert (found.fallback, len(rows)) == ("no_information", 1)
    assert found.adjusted == pytest.approx(np.bincount(entry, value) / size)
    assert np.isnan(found.se).all() and np.isnan(found.severity).all()
    assert not found.converged and len(found.draws) == 0
    assert np.isnan(found.p_top(1)).all() and (found.rank_high == 0).all()
    assert np.isnan(found.predict(np.array([0]), np.array([0]))[0]).all()


def test_fitting_equal_scores_ties_everybody_and_says_so() -> None:
    made = judged(1)
    found = fit_bayes(made.judge, made.entry, np.full(made.value.size, 8.1), 8, 60)
    assert found.fallback == "no_information"
    assert np.ptp(found.adjusted) < 1e-12


def test_fitting_no_scores_gives_nothing() -> None:
    none = np.zeros(0, dtype=np.int64)
    found = fit_bayes(none, none, np.zeros(0), 2, 3)
    assert found.fallback == "mean" and np.isnan(found.adjusted).all()


def test_fitting_judges_of_one_score_and_of_no_variance_stays_finite() -> None:
    made = judged(14, entries=30, step=1.0)
    judge = np.append(made.judge, 8)
    entry, value = np.append(made.entry, 3), np.append(made.value, 9.0)
    value[judge == 0] = 6.0
    found = fit_bayes(judge, entry, value, 9, 30, **ON_TEN, settings=BRIEF)  # type: ignore[arg-type]
    for name in ("adjusted", "se", "severity", "severity_se", "judge_scale", "judge_sd"):
        assert np.isfinite(getattr(found, name)).all(), name
    assert found.judge_scale[0] == found.judge_scale.min()
    assert found.severity_se[8] == found.severity_se.max()


def test_fitting_disconnected_panels_ranks_within_them() -> None:
    one, two = judged(15, entries=20, judges=5), judged(16, entries=12, judges=5)
    found = fit_bayes(
        np.concatenate([one.judge, two.judge + 5]),
        np.concatenate([one.entry, two.entry + 20]),
        np.concatenate([one.value, two.value]),
        10,
        32,
        settings=BRIEF,
    )
    assert found.components == 2
    assert found.component.tolist() == [0] * 20 + [1] * 12
    assert (np.sort(found.ranks[:, :20], axis=1) == np.arange(1, 21)).all()
    assert (np.sort(found.ranks[:, 20:], axis=1) == np.arange(1, 13)).all()
    assert found.p_top(3)[20:].sum() == pytest.approx(3)


def test_fitting_scores_without_any_noise_stays_finite() -> None:
    entry, judge = np.repeat(np.arange(10), 4), np.tile(np.arange(4), 10)
    value = (2.0 + entry * 0.5 + judge).astype(np.float64)
    found = fit_bayes(judge, entry, value, 4, 10, settings=BRIEF)
    assert np.isfinite(found.adjusted).all()
    assert np.argsort(found.adjusted).tolist() == list(range(10))
