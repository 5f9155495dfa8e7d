"""The score that a judge would give to an entry, from the draws of the model."""

from __future__ import annotations

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.fits.bayes.trace import Kept

MOST_DRAWS = 500
"""Draws a prediction is averaged over."""

MOST_LEVELS = 101
"""A finer scale is predicted as if it had so many levels."""

_CHUNK = 2_000_000
"""Numbers worked on at once; bounds the memory."""


def predict(
    centre: float,
    adjusted: Kept,
    severity: Kept,
    scale: Kept,
    sd: Kept,
    judge: Integers,
    entry: Integers,
    ends: tuple[float, float] | None,
    step: float | None,
) -> tuple[Floats, Floats]:
    """Mean and standard deviation of the posterior predictive distribution of scores.

    Parameters
    ----------
    centre : float
    adjusted : float array, shape (n_draws, n_entries)
        Less the centre.
    severity, scale, sd : float array, shape (n_draws, n_judges)
    judge, entry : int array, shape (n_pairs,)
    ends : (lowest, highest), optional
    step : float, optional

    Returns
    -------
    mean, sd : float array, shape (n_pairs,)

    Notes
    -----
    In each draw the score before rounding is normal, with mean
    ``x - severity_j + scale_j (adjusted_i - x)``, where x is the mean of the entries' adjusted
    scores. On a scale of equal steps with ends the moments are those of the rounded score:
    with M the number of levels passed, ``E M = sum_k P(M >= k)`` and
    ``E M^2 = sum_k (2 k - 1) P(M >= k)``. O(n_pairs draws levels).
    """
    every = -(-len(adjusted) // MOST_DRAWS)
    adjusted, severity = adjusted[::every], severity[::every]
    scale, sd = scale[::every], sd[::every]
    middle = adjusted[:, :-1].mean(axis=1, dtype=np.float64)[:, None]
    cuts = _cuts(ends, step, centre)
    mean, spread = np.empty(judge.size), np.empty(judge.size)
    at_once = max(1, _CHUNK // (len(adjusted) * (1 if cuts is None else 8)))
    for first in range(0, judge.size, at_once):
        some = slice(first, first + at_once)
        j, i = judge[some], entry[some]
        expected = middle - severity[:, j] + scale[:, j] * (adjusted[:, i] - middle)
        one, two = _moments(expected, sd[:, j].astype(np.float64), cuts, step)
        mean[some], spread[some] = centre + one, np.sqrt(np.maximum(two - one**2, 0))
    return mean, spread


def _cuts(ends: tuple[float, float] | None, step: float | None, centre: float) -> Floats | None:
    """Lowest level, then the boundaries between levels, less the centre; None = no such scale."""
    if ends is None or step is None:
        return None
    levels = max(2, min(round((ends[1] - ends[0]) / step) + 1, MOST_LEVELS))
    width = (ends[1] - ends[0]) / (levels - 1)
    boundaries = ends[0] + width * (np.arange(1, levels) - 0.5)
    return np.concatenate([[ends[0]], boundaries]) - centre


def _moments(
    expected: Floats, sd: Floats, cuts: Floats | None, step: float | None
) -> tuple[Floats, Floats]:
    """First two moments of the scores, averaged over the draws."""
    from scipy.special import ndtr

    if cuts is None:
        rounding = 0.0 if step is None else step**2 / 12
        second = (expected**2 + sd**2).mean(axis=0) + rounding
        return expected.mean(axis=0), second
    lowest, boundaries = float(cuts[0]), cuts[1:]
    width = 2 * float(boundaries[0] - lowest)
    first, second = np.zeros(expected.shape[1]), np.zeros(expected.shape[1])
    for k, boundary in enumerate(boundaries.tolist(), 1):
        passed = ndtr((expected - boundary) / sd).mean(axis=0)
        first += passed
        second += (2 * k - 1) * passed
    mean = lowest + width * first
    return mean, lowest**2 + 2 * lowest * width * first + width**2 * second
