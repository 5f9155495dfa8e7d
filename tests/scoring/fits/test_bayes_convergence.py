"""R-hat and effective size, against their definitions written out and against known chains."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lfilter

from competition.scoring.fits.bayes import r_hat_and_size


def autoregressive(seed: int, rho: float, chains: int, draws: int) -> np.ndarray:
    """Each draw is rho times the one before, plus noise; of variance 1 from the first on."""
    noise = np.random.default_rng(seed).standard_normal((chains, draws))
    noise[:, 1:] *= np.sqrt(1 - rho**2)
    return np.asarray(lfilter([1], [1, -rho], noise))[:, :, None]


def by_definition(x: np.ndarray) -> tuple[float, float]:
    """Split R-hat and effective size of one quantity, sum by sum."""
    half = x.shape[1] // 2
    parts = [row[k * half : (k + 1) * half] for row in x for k in (0, 1)]
    m, n = len(parts), half
    within = sum(float(np.var(part, ddof=1)) for part in parts) / m
    total = (n - 1) / n * within + float(np.var([part.mean() for part in parts], ddof=1))

    def autocovariance(lag: int) -> float:
        sums = [
            float(np.sum((part[: n - lag] - part.mean()) * (part[lag:] - part.mean()))) / n
            for part in parts
        ]
        return float(np.sum(sums) / m * n / (n - 1))

    rho = [1 - (within - autocovariance(lag)) / total for lag in range(n)]
    time, before = -1.0, np.inf
    for k in range(0, n - 1, 2):
        pair = rho[k] + rho[k + 1]
        if pair <= 0:
            break
        before = min(before, pair)
        time += 2 * before
    return float(np.sqrt(total / within)), m * n / max(time, 1 / np.log10(m * n))


@pytest.mark.parametrize("rho", [-0.3, 0.0, 0.6, 0.95])
def test_measuring_chains_gives_what_the_definitions_give(rho: float) -> None:
    x = autoregressive(3, rho, chains=3, draws=401)
    r_hat, size = r_hat_and_size(x)
    expected = by_definition(x[:, :, 0])
    assert (r_hat[0], size[0]) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
def test_measuring_autoregressive_chains_finds_their_effective_size(rho: float) -> None:
    many = np.concatenate([autoregressive(k, rho, 4, 2000) for k in range(20)], axis=2)
    r_hat, size = r_hat_and_size(many)
    truth = 8000 * (1 - rho) / (1 + rho)
    assert size.mean() == pytest.approx(truth, rel=0.07)
    assert r_hat.max() < 1.02


def test_measuring_chains_that_disagree_raises_r_hat() -> None:
    x = autoregressive(5, 0.3, 2, 1000)
    x[1] += 2
    r_hat, size = r_hat_and_size(x)
    assert r_hat[0] > 1.3
    assert size[0] < 20


def test_measuring_a_chain_that_drifts_raises_r_hat() -> None:
    x = autoregressive(6, 0.3, 2, 1000) + np.linspace(0, 4, 1000)[None, :, None]
    assert r_hat_and_size(x)[0][0] > 1.2


def test_measuring_a_quantity_that_never_moves_says_nothing() -> None:
    r_hat, size = r_hat_and_size(np.ones((2, 100, 1)))
    assert np.isnan(r_hat).all() and np.isnan(size).all()
