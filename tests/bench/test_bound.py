"""The bound of all methods in made-up worlds: exact where that can be worked out, and seeded."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from bench.worlds import bound
from bench.worlds.making import MIDDLE, NOISE, SPREAD, Kind, make

ALL_KNOWN = Kind(6, 3, 3, bias=0.0, scale=0.0, noise=0.0)
EASY = Kind(25, 12, 12)


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bound, "SWEEPS", 1200)
    monkeypatch.setattr(bound, "BURN_IN", 100)


def test_knowing_every_judge_gives_the_posterior_that_quadrature_gives() -> None:
    world = make(ALL_KNOWN, 3)
    drawn = bound.draw_scores(world, 1)
    quality = np.linspace(-6, 6, 4001)
    value = world.value.reshape(6, 3)[:, :, None]
    low = np.where(value > 1, value - 0.5, -np.inf)
    high = np.where(value < 10, value + 0.5, np.inf)
    mean = MIDDLE + SPREAD * quality
    density = np.prod(ndtr((high - mean) / NOISE) - ndtr((low - mean) / NOISE), axis=1)
    density *= np.exp(-(quality**2) / 2)
    density /= density.sum(axis=1, keepdims=True)
    expected = density @ mean
    deviation = np.sqrt(density @ mean**2 - expected**2)
    # 1,100 draws, of which two or three tell as much as an independent one.
    assert np.abs((drawn.mean(axis=0) - expected) / deviation).max() < 4 / np.sqrt(400)
    assert drawn.std(axis=0) == pytest.approx(deviation, rel=4 / np.sqrt(2 * 400))


def test_knowing_the_population_finds_entries_within_their_deviations() -> None:
    world = make(EASY, 5)
    drawn = bound.draw_scores(world, 1)
    error = drawn.mean(axis=0) - world.score
    # 25 squares have standard deviation sqrt(2 / 25); they share the judges, hence four of them.
    assert np.mean((error / drawn.std(axis=0)) ** 2) == pytest.approx(1, abs=4 * np.sqrt(2 / 25))
    assert np.corrcoef(drawn.mean(axis=0), world.score)[0, 1] > 0.97


def test_repeating_a_seed_gives_the_same_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bound, "SWEEPS", 120)
    world = make(EASY, 5)
    drawn, again, other = (bound.draw_scores(world, seed).tobytes() for seed in (1, 1, 2))
    assert again == drawn != other
