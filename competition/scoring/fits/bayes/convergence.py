"""Whether several chains tell the same story, and how many independent draws they amount to."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from competition.scoring.arrays import Floats

_CHUNK = 256
"""Quantities transformed at once; bounds the memory."""


def r_hat_and_size(draws: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    """Split R-hat and effective sample size of every quantity.

    Parameters
    ----------
    draws : float array, shape (n_chains, n_draws, n_quantities)
        At least 4 draws a chain.

    Returns
    -------
    r_hat : float array, shape (n_quantities,)
        Near 1 when the chains agree; NaN for a quantity that never moves.
    size : float array, shape (n_quantities,)
        Independent draws that would give the mean as exactly; at most
        ``m log10(m)`` of m draws. NaN for a quantity that never moves.

    Notes
    -----
    Every chain is cut in halves, n draws each. With W the mean variance within and B / n the
    variance of the means between halves, ``V = (n - 1) / n W + B / n`` and
    ``R-hat = sqrt(V / W)`` (the classic form, without ranks: the quantities here have light
    tails). The autocorrelations ``rho_k = 1 - (W - mean autocovariance_k) / V`` come from fast
    Fourier transforms of all quantities at once; they are summed in pairs up to the first
    pair below 0, each pair at most as large as the one before (Geyer's initial monotone
    sequence). O(n_quantities n_chains n_draws log n_draws).

    Source: A. Gelman et al., Bayesian Data Analysis, third edition 2013, sections 11.4 and
    11.5; C. J. Geyer, Statistical Science 7, 1992; A. Vehtari et al., Bayesian Analysis 16,
    2021.

    Examples
    --------
    >>> independent = np.random.default_rng(1).standard_normal((2, 1000, 1))
    >>> r_hat, size = r_hat_and_size(independent)
    >>> bool(r_hat[0] < 1.01), bool(1500 < size[0] < 2500)
    (True, True)
    """
    half = draws.shape[1] // 2
    halves = draws[:, : 2 * half].reshape(2 * draws.shape[0], half, draws.shape[2])
    parts = [
        _of_halves(halves[:, :, start : start + _CHUNK])
        for start in range(0, draws.shape[2], _CHUNK)
    ]
    return np.concatenate([part[0] for part in parts]), np.concatenate([part[1] for part in parts])


def _of_halves(halves: npt.NDArray[Any]) -> tuple[Floats, Floats]:
    from scipy.fft import irfft, next_fast_len, rfft

    m, n, _ = halves.shape
    middle = halves.mean(axis=1, dtype=np.float64)
    apart = halves - middle[:, None].astype(halves.dtype)
    length = next_fast_len(2 * n, real=True)
    spectrum = rfft(apart, length, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).sum(axis=0)
    covariance = irfft(power, length, axis=0)[:n] / (m * n)
    within = covariance[0] * n / (n - 1)
    still = within <= 1e-14 * np.maximum(np.square(middle).mean(axis=0), 1e-300)
    within = np.where(still, np.nan, within)
    total = (n - 1) / n * within + middle.var(axis=0, ddof=1)
    rho = 1 - (within - covariance * n / (n - 1)) / total
    pairs = rho[0 : n - n % 2 : 2] + rho[1:n:2]
    going = np.logical_and.accumulate(pairs > 0, axis=0)
    summed = np.where(going, np.minimum.accumulate(pairs, axis=0), 0).sum(axis=0)
    time = np.where(still, np.nan, np.maximum(2 * summed - 1, 1 / np.log10(m * n)))
    return np.sqrt(total / within), m * n / time
