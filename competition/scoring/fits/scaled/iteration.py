"""Expectation and maximization of qualities, scales and noises, biases being known."""

from __future__ import annotations

from typing import Any

import numpy as np

from competition.scoring.arrays import Floats
from competition.scoring.fits.additive import AdditiveFit

PRIOR_WEIGHT = 8.0
"""nu0: the pool counts as so many scores of each judge, and as so many judges."""

PRIOR_SCALE_VARIANCE = 0.05
"""Variance of the judges' scales that the data are shrunk to, as of `PRIOR_WEIGHT` judges."""

PRIOR_ENTRIES = 2.0
"""The least-squares scores' variance counts as so many entries, lest few entries seem all equal."""

MOST_STEPS = 500

TOLERANCE = 1e-8


class Iteration:
    """Expectation and maximization over the scores' table; the state after each step.

    `quality`, `own`: posterior mean and variance of each t_i.
    """

    def __init__(
        self, table: Any, scores: Any, squares: Floats, least: AdditiveFit, value: Floats
    ) -> None:
        self.table, self.scores, self.squares = table, scores, squares
        self.across, self.scores_across = table.T.tocsr(), scores.T.tocsr()
        self.count = np.diff(self.across.indptr)
        self.floor = 1e-8 * float(value.var())
        self.apparent = float(np.nanvar(least.adjusted))
        signal = self.apparent - np.nanmean(least.se**2)
        self.variance = max(float(signal), self.floor)
        self.scale = np.ones(self.count.size)
        self.scale_variance = np.zeros(self.count.size)
        self.between = PRIOR_SCALE_VARIANCE
        self.noise = np.full(self.count.size, max(least.sigma2, self.floor))
        self.quality = self.own = np.zeros(table.shape[0])
        self.steps, self.converged = 0, False

    def run(self) -> Iteration:
        """Step until nothing moves any more."""
        while self.steps < MOST_STEPS and not self.converged:
            before = np.concatenate([self.scale, np.log(self.noise)])
            self._expect()
            self._maximize()
            change = np.abs(np.concatenate([self.scale, np.log(self.noise)]) - before)
            self.steps += 1
            self.converged = bool(change.max() < TOLERANCE)
        self._expect()
        return self

    def uncertain(self) -> tuple[Floats, Floats]:
        """Noises to expect, and with them the variance of each t_i.

        With nu = nu0 + n_j - 1 degrees of freedom behind it, a noise estimated as s_j^2 is
        ``nu / (nu - 2) s_j^2`` on average over what it may be (inverse gamma).
        """
        freedom = PRIOR_WEIGHT + self.count - 1
        noise = self.noise * freedom / (freedom - 2)
        return noise, 1 / (1 / self.variance + self.table @ (self.scale**2 / noise))

    def _expect(self) -> None:
        pull = self.scale / self.noise
        self.own = 1 / (1 / self.variance + self.table @ (pull * self.scale))
        self.quality = self.own * (self.scores @ pull)

    def _maximize(self) -> None:
        second = self.quality**2 + self.own
        size, product = self.across @ second, self.scores_across @ self.quality
        precision = size / self.noise + 1 / self.between
        scale = (product / self.noise + 1 / self.between) / precision
        apart = float(np.sum((scale - 1) ** 2 + 1 / precision))
        self.between = PRIOR_WEIGHT * PRIOR_SCALE_VARIANCE + apart
        self.between /= PRIOR_WEIGHT + self.count.size
        factor = float(scale.mean())
        self.scale, self.scale_variance = scale / factor, 1 / precision / factor**2
        rest = self.squares - 2 * self.scale * product
        rest += (self.scale**2 + self.scale_variance) * size
        pool = 1 / float(np.mean(1 / self.noise))
        noise = PRIOR_WEIGHT * pool + np.maximum(rest, 0)
        noise /= PRIOR_WEIGHT + self.count - 1
        self.noise = np.maximum(noise, self.floor)
        variance = PRIOR_ENTRIES * self.apparent + float(second.sum())
        self.variance = max(variance / (PRIOR_ENTRIES + second.size), self.floor)
