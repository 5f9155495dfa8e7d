"""How likely each judge's log scale or log noise is, and a normal law close to that."""

from __future__ import annotations

import numpy as np

from competition.scoring.arrays import Floats

LEAST_NOISE = float(np.log(1e-4))
"""Log noise has no lower values, natural units: exact scores that fit perfectly would have none."""

MOST_SCALE = 50.0
"""Log scale has no higher values: entries that do not differ would not hold it."""

LEAST_PEAK = 0.1
"""Scales below this, natural units, count as this when the normal law is sought."""

HELD = 12.0
"""Information about a judge's log scale that holds its peak near the other judges'."""


class OfScale:
    """Of log scales x: ``linear g - square g^2 / 2`` in the scale g = e^x.

    Attributes
    ----------
    peak, known : float array, shape (n_chains, n_judges)
        Mean and precision of the normal law: one step of Fisher's scoring from a least-squares
        scale that is pulled towards that of all judges together.
    """

    def __init__(self, square: Floats, linear: Floats) -> None:
        square = np.maximum(square, 1e-12)
        self._half, self._linear = -0.5 * square, linear
        common = linear.sum(axis=1) / square.sum(axis=1)
        common = np.maximum(common, LEAST_PEAK)[:, None]
        pull = HELD / common
        near = np.maximum((linear + pull) / (square + pull / common), LEAST_PEAK * common)
        self.known = square * near**2
        self.peak = np.log(near) + linear / (square * near) - 1

    def __call__(self, x: Floats) -> Floats:
        """Logarithm of the likelihood, but for a constant."""
        scale = np.exp(np.minimum(x, MOST_SCALE))
        scale *= self._half * scale + self._linear
        scale[x > MOST_SCALE] = -np.inf
        return np.asarray(scale)


class OfNoise:
    """Of log noises x: ``-squares e^(-2x) / 2 - count x``.

    Attributes
    ----------
    peak, known : float array, shape (n_chains, n_judges)
        Mean and precision of the normal law.
    """

    def __init__(self, squares: Floats, count: Floats) -> None:
        self._half, self._count = -0.5 * squares, count
        self.known = 2 * count
        self.peak = np.maximum(0.5 * np.log(np.maximum(squares, 1e-300) / count), LEAST_NOISE)

    def __call__(self, x: Floats) -> Floats:
        """Logarithm of the likelihood, but for a constant."""
        result = np.exp(-2 * np.maximum(x, LEAST_NOISE))
        result *= self._half
        result -= self._count * x
        result[x < LEAST_NOISE] = -np.inf
        return np.asarray(result)
