"""Scores with their joint uncertainty, as a covariance that is never written out in full."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats


@dataclass(frozen=True, eq=False)
class JointNormal:
    """A normal distribution of all entries' scores: own noise plus what they share by judges.

    Attributes
    ----------
    mean : float array, shape (n,)
        In points.
    own_variance : float array, shape (n,)
        Variance of each score that no other score shares.
    shared : float array, shape (n, k)
        Root of the rest: the covariance is ``diag(own_variance) + shared @ shared.T``.

    Examples
    --------
    >>> joint = JointNormal(np.zeros(2), np.ones(2), np.array([[1.0], [1.0]]))
    >>> joint.covariance()
    array([[2., 1.],
           [1., 2.]])
    """

    mean: Floats
    own_variance: Floats
    shared: Floats

    @property
    def sd(self) -> Floats:
        """Standard deviation of each score, shape (n,)."""
        common: Floats = np.einsum("ij,ij->i", self.shared, self.shared)
        return np.sqrt(self.own_variance + common)

    def covariance(self) -> Floats:
        """The covariance matrix, shape (n, n)."""
        product: Floats = self.shared @ self.shared.T
        product.flat[:: product.shape[0] + 1] += self.own_variance
        return product

    def draw(self, generator: np.random.Generator, draws: int) -> Floats:
        """Joint draws of all scores, shape (draws, n), in O(draws n k).

        Examples
        --------
        >>> joint = JointNormal(np.zeros(3), np.ones(3), np.ones((3, 1)))
        >>> sample = joint.draw(np.random.default_rng(1), 20_000)
        >>> np.round(np.cov(sample.T), 1).tolist()[0]
        [2.0, 1.0, 1.0]
        """
        own = generator.standard_normal((draws, self.mean.size))
        common = generator.standard_normal((draws, self.shared.shape[1]))
        own *= np.sqrt(self.own_variance)
        own += common @ self.shared.T
        own += self.mean
        return own
