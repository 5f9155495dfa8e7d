"""The chains leave the model's own distribution as it is: whatever starts there stays there.

Source of the idea: J. Geweke, Journal of the American Statistical Association 99, 2004
(getting it right): if parameters come from the prior and scores from the model given them,
any number of correct sweeps must leave the parameters distributed as the prior.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import ks_2samp, norm

from competition.scoring.fits.bayes import sampler
from competition.scoring.fits.bayes.data import Data
from competition.scoring.fits.bayes.sampler import BIAS, NOISE, SCALE, Chains
from competition.scoring.fits.bayes.trace import Trace

CHAINS, SWEEPS = 4000, 20
ENTRIES, JUDGES = 5, 3


def from_prior(*, rounded: bool, weighted: bool, seed: int = 1, number: int = CHAINS) -> Chains:
    """Chains of which each has parameters from the prior, and scores of its own given them."""
    random = np.random.default_rng(seed)
    judge, entry = np.repeat(np.arange(JUDGES), ENTRIES), np.tile(np.arange(ENTRIES), JUDGES)
    weight = random.uniform(0.5, 2, entry.size) if weighted else None
    # Unbalanced: one judge skips two entries.
    used = ~((judge == 2) & (entry > 2))
    entry, judge = entry[used], judge[used]
    weight = None if weight is None else weight[used]
    nothing = np.zeros(entry.size)
    data = Data(
        judge, entry, nothing, weight,
        nothing if rounded else None, nothing + 1 if rounded else None,
        np.zeros(ENTRIES, dtype=np.int64), JUDGES, ENTRIES, 1, 0.0, 1.0,
        np.zeros(ENTRIES), np.zeros(JUDGES), 0.6,
    )  # fmt: skip
    chains = Chains(data, number, random)
    width = np.sqrt(sampler.PRIOR_WIDTH)[:, None]
    chains.mean = chains.centre + width * random.standard_normal((3, number))
    gamma = random.standard_gamma(sampler.SHAPE, (3, number))
    chains.variance = sampler.PRIOR_SCALE[:, None] / gamma
    apart = random.standard_normal((3, number, JUDGES))
    chains.judge = chains.mean[:, :, None] + np.sqrt(chains.variance)[:, :, None] * apart
    quality = random.standard_normal((number, ENTRIES))
    chains.quality = quality.ravel()
    scores = chains.judge[BIAS][:, judge]
    scores = scores + np.exp(chains.judge[SCALE])[:, judge] * quality[:, entry]
    error = np.exp(chains.judge[NOISE])[:, judge] / (1 if weight is None else np.sqrt(weight))
    scores = scores + error * random.standard_normal(scores.shape)
    chains.latent = scores.ravel()
    if rounded:
        cuts = np.array([-np.inf, -2, -1, 0, 1, 2, np.inf])
        place = np.searchsorted(cuts, chains.latent)
        chains._scores = replace(chains._scores, low=cuts[place - 1], high=cuts[place])
        chains._take_turns()
    return chains


def quantities(chains: Chains) -> dict[str, np.ndarray]:
    """Functions of each chain's state that together touch every step."""
    quality = chains.quality.reshape(chains.n, ENTRIES)
    found = {"quality": quality[:, 0], "quality squared": quality[:, 1] ** 2}
    found["mean quality"] = quality.mean(axis=1)
    for name, line in (("bias", BIAS), ("scale", SCALE), ("noise", NOISE)):
        found[name] = chains.judge[line][:, 0]
        found[f"mean of {name}"] = chains.mean[line]
        found[f"variance of {name}"] = np.log(chains.variance[line])
        found[f"{name} of the judge apart"] = chains.judge[line][:, 2] - chains.mean[line]
    found["bias times quality"] = chains.judge[BIAS][:, 1] * quality[:, 0]
    found["latent"] = chains.latent.reshape(chains.n, -1)[:, 0]
    return {name: np.array(x) for name, x in found.items()}


@pytest.mark.parametrize(("rounded", "weighted"), [(False, False), (True, True)])
def test_sweeping_from_the_prior_stays_in_the_prior(
    rounded: bool, weighted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampler, "PRIOR_WIDTH", np.array([1.0, 0.2, 0.2]))
    chains = from_prior(rounded=rounded, weighted=weighted)
    chains.run(SWEEPS, Trace.empty(CHAINS, SWEEPS, chains.data))
    fresh = quantities(from_prior(rounded=rounded, weighted=weighted, seed=2))
    p = {name: ks_2samp(x, fresh[name]).pvalue for name, x in quantities(chains).items()}
    assert min(p.values()) > 0.001, p  # 16 comparisons


def test_sweeping_from_the_prior_moves_everything() -> None:
    chains = from_prior(rounded=True, weighted=False, number=400)
    before = quantities(chains)
    chains.run(3, Trace.empty(400, 3, chains.data))
    for name, x in quantities(chains).items():
        assert np.mean(x != before[name]) > 0.5, name


def test_drawing_entries_of_a_judge_far_steadier_than_the_rounding_crosses_its_intervals() -> None:
    """The first judge's error is a hundredth of a step, and each chain begins at the same end."""
    chains_, sd = 500, np.array([0.01, 1.0])
    low = np.array([-2.0, 0.0, -1.0, 1.0, -np.inf, 1.0])  # three entries by each of two judges
    high = np.where(np.isinf(low), -2.0, low + 1)
    data = Data(
        np.repeat([0, 1], 3), np.tile(np.arange(3), 2), np.zeros(6), None, low, high,
        np.zeros(3, dtype=np.int64), 2, 3, 1, 0.0, 1.0, np.zeros(3), np.zeros(2), 1.0,
    )  # fmt: skip
    chains = Chains(data, chains_, np.random.default_rng(6))
    chains.judge[:] = 0.0
    chains.judge[NOISE] = np.log(sd)
    chains._take_exponentials()
    ends = np.array([-2.0, 0.0, -1.0]) + 1e-3
    chains.quality = np.tile(ends, chains_)
    chains.latent = np.tile(np.concatenate([ends, [1.5, -2.5, 1.5]]), chains_)
    for _ in range(20):
        chains._draw_latent()
        chains._draw_quality()
    drawn = chains.quality.reshape(chains_, 3)
    grid = np.linspace(-3, 3, 60_001)[:, None]
    density = norm.pdf(grid)
    for k in (0, 1):
        mine = slice(3 * k, 3 * k + 3)
        density = density * (norm.cdf(high[mine], grid, sd[k]) - norm.cdf(low[mine], grid, sd[k]))
    density /= density.sum(axis=0)
    mean = (density * grid).sum(axis=0)
    deviation = np.sqrt((density * grid**2).sum(axis=0) - mean**2)
    z = (drawn.mean(axis=0) - mean) / deviation * np.sqrt(chains_)
    assert np.abs(z).max() < norm.isf(1e-4)
    # Flat over an interval, or steeper: the error of a deviation is at most that of a normal one.
    assert drawn.std(axis=0) == pytest.approx(deviation, rel=norm.isf(1e-4) / np.sqrt(2 * chains_))


def test_drawing_tracks_keeps_their_sum_zero_and_their_law() -> None:
    entries, tracks = 12, 3
    track = np.repeat(np.arange(tracks), (2, 4, 6))
    one = np.zeros(entries)
    data = Data(
        np.zeros(entries, dtype=np.int64), np.arange(entries), one, None, None, None,
        track, 1, entries, tracks, 0.0, 1.0, one, np.zeros(1), 1.0,
    )  # fmt: skip
    chains = Chains(data, 4000, np.random.default_rng(3))
    quality = np.array([1.0, 0.0, -1.0])[track]
    chains.quality = np.tile(quality, 4000)
    chains._draw_tracks()
    drawn = chains.track.reshape(4000, tracks)
    assert np.abs(drawn.sum(axis=1)).max() < 1e-12
    # Normal with precision diag(n_k), on the plane of sum 0.
    spread = np.diag([1 / 2, 1 / 4, 1 / 6])
    ones = np.ones(3)
    pull = spread @ ones / (ones @ spread @ ones)
    cov = spread - np.outer(pull, ones @ spread)
    centre = np.array([1.0, 0.0, -1.0])
    z = (drawn - centre) / np.sqrt(np.diag(cov))
    assert np.abs(z.mean(axis=0)).max() < norm.isf(1e-4) / np.sqrt(4000)
    assert np.abs(z.std(axis=0) - 1).max() < norm.isf(1e-4) / np.sqrt(2 * 4000)


def test_stretching_gives_the_entries_apart_from_their_tracks_unit_spread() -> None:
    entries, tracks = 12, 3
    track = np.repeat(np.arange(tracks), (2, 4, 6))
    one = np.zeros(entries)
    data = Data(
        np.zeros(entries, dtype=np.int64), np.arange(entries), one, None, None, None,
        track, 1, entries, tracks, 0.0, 1.0, one, np.zeros(1), 1.0,
    )  # fmt: skip
    chains = Chains(data, 4000, np.random.default_rng(4))
    chains.track = np.tile([1.0, 0.0, -1.0], 4000)
    chains.mean[SCALE] = 0.0
    points = np.exp(chains.mean[SCALE])[:, None] * chains.track.reshape(4000, tracks)
    chains._stretch()
    # Tracks that are flat in points add nothing to the twelve entries' own freedom.
    apart = (chains.quality - chains.track[chains._track]).reshape(4000, entries)
    squares = (apart**2).sum(axis=1)
    width = sampler.PRIOR_WIDTH[SCALE]
    weight = np.exp(chains.mean[SCALE] ** 2 / (2 * width))  # takes the prior of the level out
    expected = float(np.average(squares, weights=weight))
    assert expected == pytest.approx(entries, abs=5 * np.sqrt(2 * entries / 4000))
    moved = np.exp(chains.mean[SCALE])[:, None] * chains.track.reshape(4000, tracks)
    assert np.abs(moved - points).max() < 1e-12
