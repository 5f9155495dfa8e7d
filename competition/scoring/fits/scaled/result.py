"""What the empirical-Bayes fit hands back: scores, joint errors and predictions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.fits.scale_test import ScaleTest
from competition.scoring.uncertainty.joint import JointNormal

_CHUNK = 4_000_000
"""Numbers held at once; bounds the memory of the standard errors."""


@dataclass(frozen=True, eq=False)
class ScaledFit:
    """Entries and judges with scales and noises of the judges' own.

    Attributes
    ----------
    adjusted, se : float array, shape (n_entries,)
        Score of each entry in points, and its standard deviation; NaN without scores.
    severity, severity_se : float array, shape (n_judges,)
        Of the least-squares fit, in points, positive = harsher.
    judge_scale, judge_sd : float array, shape (n_judges,)
        Spread of the marks over the judges' mean, and standard deviation of the error of a
        score of weight 1, in points; both shrunk to the pool.
    variance : (entry, judge, residual)
        In points squared; judge = that of the least-squares effects, less their own error.
    test : ScaleTest or None
        Whether the judges' scales differ at all.
    component : int array, shape (n_entries,)
        Entries are compared within their component only; -1 = no score.
    components : int
    df : int
        Scores - entries - judges + components.
    fallback : {None, "mean", "no_information"}
        No degrees of freedom (`adjusted` is the mean of the scores), or all scores the same;
        there are no standard errors then.
    steps : int
        Steps of the iteration.
    converged : bool
    """

    adjusted: Floats
    se: Floats
    severity: Floats
    severity_se: Floats
    judge_scale: Floats
    judge_sd: Floats
    variance: tuple[float, float, float]
    test: ScaleTest | None
    component: Integers
    components: int
    df: int
    fallback: str | None
    steps: int
    converged: bool
    solution: Solution | None = field(repr=False)

    def joint(self) -> JointNormal | None:
        """All entries' scores with their covariance, as a normal approximation.

        Returns
        -------
        JointNormal, shape (n_entries,), or None
            None after a fallback. NaN for entries without scores.

        Notes
        -----
        Given the biases and scales, entries are independent. What they share is the error of
        the biases, ``H root(Cov b)``, and of the scales, ``-m_i h_ij sd(g_j)``, with
        ``h_ij = dt_i / ds_ij``. Memory O(n_entries n_judges).
        """
        if self.solution is None:
            return None
        own, shared = self.solution.joint()
        members = self.solution.entries
        variance = np.full(self.adjusted.size, np.nan)
        variance[members] = own
        table = np.zeros((self.adjusted.size, shared.shape[1]))
        table[members] = shared
        return JointNormal(self.adjusted, variance, table)

    def predict(self, judge: Integers, entry: Integers) -> tuple[Floats, Floats]:
        """Mean and standard deviation of the scores that judges would give to entries.

        Parameters
        ----------
        judge, entry : int array, shape (n_pairs,)
            -1, or a member without scores, stands for one of the population.

        Returns
        -------
        mean, sd : float array, shape (n_pairs,)
            Not rounded and not cut; NaN after a fallback. `sd` takes the errors of entry,
            bias and scale as independent.
        """
        if self.solution is None:
            return np.full(len(judge), np.nan), np.full(len(judge), np.nan)
        return self.solution.predict(judge, entry, self.severity.size, self.variance)


@dataclass(frozen=True, eq=False)
class Solution:
    """What is left of the fit of the members that have scores.

    Shapes: (n_entries,) `centre`, `quality`, `own`; (n_judges,) `bias`, `scale`,
    `scale_variance`, `noise`; `bias_covariance` (n_judges, n_judges); `table` (n_entries,
    n_judges) holds the h_ij.
    """

    judges: Integers
    entries: Integers
    centre: Floats
    quality: Floats
    own: Floats
    bias: Floats
    bias_covariance: Floats
    scale: Floats
    scale_variance: Floats
    noise: Floats
    table: Any

    def variance(self) -> Floats:
        """Variance of each entry's score, biases and scales being uncertain too."""
        total = self.own + self.quality**2 * (self.table.power(2) @ self.scale_variance)
        at_once = max(1, _CHUNK // self.bias.size)
        for first in range(0, self.own.size, at_once):
            some = self.table[first : first + at_once]
            pulled = some @ self.bias_covariance
            total[first : first + at_once] += np.asarray(some.multiply(pulled).sum(axis=1))
        return np.asarray(total)

    def joint(self) -> tuple[Floats, Floats]:
        values, vectors = np.linalg.eigh(self.bias_covariance)
        root = vectors * np.sqrt(np.maximum(values, 0))
        of_scale = self.table.toarray() * -self.quality[:, None] * np.sqrt(self.scale_variance)
        return self.own, np.hstack([self.table @ root, of_scale])

    def predict(
        self,
        judge: Integers,
        entry: Integers,
        n_judges: int,
        variance: tuple[float, float, float],
    ) -> tuple[Floats, Floats]:
        def extended(values: Floats, members: Integers, size: int, other: float) -> Floats:
            result = np.full(size + 1, other)
            result[members] = values
            return result

        n_entries = int(max(self.entries.max(), entry.max(initial=-1))) + 1
        middle = float(self.centre.mean())
        of_entry = extended(self.quality, self.entries, n_entries, 0.0)[entry]
        centre = extended(self.centre, self.entries, n_entries, middle)[entry]
        own = extended(self.own, self.entries, n_entries, variance[0])[entry]
        scale = extended(self.scale, self.judges, n_judges, 1.0)[judge]
        scale_variance = extended(
            self.scale_variance, self.judges, n_judges, float(self.scale.var())
        )[judge]
        bias = extended(self.bias, self.judges, n_judges, 0.0)[judge]
        known = self.bias_covariance.diagonal()
        bias_variance = extended(known, self.judges, n_judges, variance[1])[judge]
        noise = extended(self.noise, self.judges, n_judges, variance[2])[judge]
        total = noise + bias_variance + scale**2 * own + of_entry**2 * scale_variance
        return centre + bias + scale * of_entry, np.sqrt(total)
