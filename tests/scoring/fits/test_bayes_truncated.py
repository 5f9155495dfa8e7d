"""Normal numbers inside intervals, against an independent implementation of their moments."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import truncnorm

from competition.scoring.fits.bayes.truncated import draw_truncated

ENDS = [
    (-0.5, 0.5),
    (-3.0, -1.0),
    (1.0, 1.25),
    (-np.inf, -2.0),
    (2.5, np.inf),
    (8.0, 8.5),
    (-9.0, -8.0),
    (30.0, 31.0),
    (-35.5, -34.5),
]
FAR = [(50.0, 51.0), (-200.0, -199.0), (1000.0, np.inf), (-np.inf, -60.0)]


def drawn(low: float, high: float, mean: float = 0.0, sd: float = 1.0) -> np.ndarray:
    """Draws at evenly spread uniform numbers: their mean is a quadrature of the inverse."""
    count = 20_000
    uniform = (np.arange(count) + 0.5) / count
    full = np.ones(count)
    return draw_truncated(mean * full, sd * full, low * full, high * full, uniform)


@pytest.mark.parametrize(("low", "high"), ENDS)
def test_drawing_inside_an_interval_gives_its_mean_and_variance(low: float, high: float) -> None:
    x = drawn(3 + 2 * low, 3 + 2 * high, mean=3, sd=2)
    law = truncnorm(low, high, loc=3, scale=2)
    assert x.min() >= 3 + 2 * low and x.max() <= 3 + 2 * high
    # The quadrature of an unbounded tail is good to about the last of its 20,000 cells.
    assert x.mean() == pytest.approx(law.mean(), abs=2e-4 * law.std())
    assert x.std() == pytest.approx(law.std(), rel=5e-3)


@pytest.mark.parametrize(("low", "high"), FAR)
def test_drawing_far_in_the_tail_follows_the_exponential_that_the_tail_becomes(
    low: float, high: float
) -> None:
    nearest = low if low > 0 else -high
    beyond = np.abs(drawn(low, high)) - nearest
    # Mills: the mean excess of a normal tail at a is 1/a - 2/a^3 + ...
    assert (beyond >= 0).all()
    assert beyond.mean() == pytest.approx(1 / nearest - 2 / nearest**3, rel=1e-3)
    assert np.unique(beyond).size > 10_000


def test_drawing_with_random_numbers_fits_the_distribution_function() -> None:
    uniform = np.random.default_rng(1).random(4000)
    full = np.ones(4000)
    x = draw_truncated(0 * full, full, 0.2 * full, 2 * full, uniform)
    expected = truncnorm(0.2, 2).cdf(np.sort(x))
    distance = np.abs(expected - (np.arange(4000) + 0.5) / 4000).max()
    assert distance < 1.95 / np.sqrt(4000)  # Kolmogorov, p = .001
