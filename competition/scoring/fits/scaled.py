"""Judges' biases by least squares, then their scale and noise by empirical Bayes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.fits.additive import AdditiveFit, fit_additive
from competition.scoring.fits.scale_test import ScaleTest, scale_test
from competition.scoring.graph import components
from competition.scoring.ranking import noise_level
from competition.scoring.uncertainty.joint import JointNormal

ENOUGH_FOR_SCALE = 15
"""Below this many entries a judge's own scale is too uncertain to correct for."""

PRIOR_WEIGHT = 8.0
"""nu0: the pool counts as so many scores of each judge, and as so many judges."""

PRIOR_SCALE_VARIANCE = 0.05
"""Variance of the judges' scales that the data are shrunk to, as of `PRIOR_WEIGHT` judges."""

MOST_STEPS = 500

TOLERANCE = 1e-8

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
    solution: _Solution | None = field(repr=False)

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
class _Solution:
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


def fit_scaled(
    judge: Integers,
    entry: Integers,
    value: Floats,
    n_judges: int,
    n_entries: int,
    weight: Floats | None = None,
) -> ScaledFit:
    """Fit scale and noise of every judge after the biases of least squares.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
        In points.
    n_judges, n_entries : int
        Members without a score get NaN.
    weight : float array, shape (n_scores,), optional
        The error variance of a score is that of its judge over the weight. Scores of weight
        0 are left out.

    Returns
    -------
    ScaledFit
        With `fallback` set where nothing can be fitted.

    Notes
    -----
    Model: ``s_ij - b_j = c + g_j t_i + e``, ``e ~ N(0, s_j^2)``, ``t_i ~ N(0, v)``, b by
    `fit_additive`, c the mean of the least-squares scores of the component. Expectation and
    maximization: t_i has the normal posterior of precision ``1/v + sum_j g_j^2 / s_j^2``; then

    - ``g_j = (sum_i E[t_i] y_ij / s_j^2 + 1/v_g) / (sum_i E[t_i^2] / s_j^2 + 1/v_g)``, scaled
      to mean 1, which is the posterior under ``g_j ~ N(1, v_g)``;
    - ``v_g = (nu0 .05 + sum_j ((g_j - 1)^2 + Var g_j)) / (nu0 + J)``;
    - ``s_j^2 = (nu0 s0^2 + sum_i E[(y_ij - g_j t_i)^2]) / (nu0 + n_j - 1)`` with nu0 = 8 and
      s0^2 the harmonic mean of the s_j^2; the bias has taken one degree of freedom;
    - ``v = mean E[t_i^2]``.

    `adjusted` is ``c + E[t_i]``: pulled to the mean, the more so the less an entry's judges
    tell. `se` adds the errors of biases and scales, to first order.

    Cost: O(n_scores) a step, then O(n_scores n_judges + n_judges^3) for the errors.

    Source: B. Efron and C. Morris, Journal of the American Statistical Association 70, 1975;
    D. B. Rubin and D. T. Thayer, Psychometrika 47, 1982 (the iteration, of which this is the
    one-factor case).

    Examples
    --------
    >>> random = np.random.default_rng(1)
    >>> entry, judge = np.repeat(np.arange(40), 4), np.tile(np.arange(4), 40)
    >>> spread = np.array([0.5, 1.0, 1.0, 1.5])
    >>> value = 6 + spread[judge] * random.normal(0, 2, 40)[entry] + random.normal(0, 0.3, 160)
    >>> fit = fit_scaled(judge, entry, value, n_judges=4, n_entries=40)
    >>> np.round(fit.judge_scale, 1), bool(fit.test.p < 0.001)
    (array([0.5, 1. , 1. , 1.5]), True)
    """
    if weight is not None:
        used = weight > 0
        judge, entry, value, weight = judge[used], entry[used], value[used], weight[used]
    least = fit_additive(judge, entry, value, n_judges, n_entries, weight)
    if value.size and float(np.ptp(value)) <= noise_level(value, None):
        return _without_fit(judge, entry, value, weight, least, "no_information")
    if least.df <= 0:
        return _without_fit(judge, entry, value, weight, least, "mean")
    return _fitted(judge, entry, value, np.ones(value.size) if weight is None else weight, least)


def _fitted(
    judge: Integers, entry: Integers, value: Floats, weight: Floats, least: AdditiveFit
) -> ScaledFit:
    from scipy.sparse import csr_array

    judges = np.flatnonzero(np.isfinite(least.severity))
    entries = np.flatnonzero(least.component >= 0)
    places = (np.searchsorted(entries, entry), np.searchsorted(judges, judge))
    shape = (entries.size, judges.size)
    component = least.component[entries]
    centre = group_sums(component, least.adjusted[entries], least.components)
    centre = (centre / np.bincount(component))[component]
    left = value - centre[places[0]] + least.severity[judge]
    table = csr_array((weight, places), shape=shape)
    scores = csr_array((weight * left, places), shape=shape)
    squares = group_sums(places[1], weight * left**2, judges.size)
    found = _Iteration(table, scores, squares, least, value).run()
    pull = table.multiply((found.scale / found.noise)[None, :]).multiply(found.own[:, None])
    solution = _Solution(
        judges=judges,
        entries=entries,
        centre=centre,
        quality=found.quality,
        own=found.own,
        bias=-least.severity[judges],
        bias_covariance=least.sigma2 * _pseudo_inverse(table, judge, entry, least),
        scale=found.scale,
        scale_variance=found.scale_variance,
        noise=found.noise,
        table=pull.tocsr(),
    )
    of_judge = np.nanmean(least.severity**2) - np.nanmean(least.severity_se**2)
    return ScaledFit(
        adjusted=_spread(centre + found.quality, entries, least.adjusted.size),
        se=_spread(np.sqrt(solution.variance()), entries, least.adjusted.size),
        severity=least.severity,
        severity_se=least.severity_se,
        judge_scale=_spread(found.scale, judges, least.severity.size),
        judge_sd=_spread(np.sqrt(found.noise), judges, least.severity.size),
        variance=(found.variance, max(float(of_judge), 0.0), float(found.noise.mean())),
        test=scale_test(judge, entry, value, least, weight),
        component=least.component,
        components=least.components,
        df=least.df,
        fallback=None,
        steps=found.steps,
        converged=found.converged,
        solution=solution,
    )


class _Iteration:
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
        signal = np.nanvar(least.adjusted) - np.nanmean(least.se**2)
        self.variance = max(float(signal), self.floor)
        self.scale = np.ones(self.count.size)
        self.scale_variance = np.zeros(self.count.size)
        self.between = PRIOR_SCALE_VARIANCE
        self.noise = np.full(self.count.size, max(least.sigma2, self.floor))
        self.quality = self.own = np.zeros(table.shape[0])
        self.steps, self.converged = 0, False

    def run(self) -> _Iteration:
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
        self.variance = max(float(second.mean()), self.floor)


def _pseudo_inverse(table: Any, judge: Integers, entry: Integers, least: AdditiveFit) -> Floats:
    """S+ of the judges, S = diag(n_j) - B' diag(1/n_i) B, in the judges' order."""
    of_judge = components(judge, entry, least.severity.size, least.adjusted.size)[0]
    mine = of_judge[of_judge >= 0]
    mass = np.asarray(table.sum(axis=1))
    schur: Floats = -(table.T @ table.multiply(1 / mass[:, None]).tocsr()).toarray()
    schur.flat[:: len(schur) + 1] += np.asarray(table.sum(axis=0))
    same = (mine[:, None] == mine[None, :]).astype(np.float64)
    alpha = float(schur.diagonal().mean()) / mine.size
    inverse: Floats = np.linalg.inv(schur + alpha * same)
    inverse -= same / (alpha * np.bincount(mine)[mine].astype(float) ** 2)
    return inverse


def _without_fit(
    judge: Integers,
    entry: Integers,
    value: Floats,
    weight: Floats | None,
    least: AdditiveFit,
    why: str,
) -> ScaledFit:
    weight = np.ones(value.size) if weight is None else weight
    mass = group_sums(entry, weight, least.adjusted.size)
    total = group_sums(entry, weight * value, mass.size)
    nothing, no_judge = np.full(mass.size, np.nan), np.full(least.severity.size, np.nan)
    return ScaledFit(
        adjusted=np.where(mass > 0, total / np.where(mass > 0, mass, 1), np.nan),
        se=nothing,
        severity=no_judge,
        severity_se=no_judge,
        judge_scale=no_judge,
        judge_sd=no_judge,
        variance=(float("nan"),) * 3,
        test=None,
        component=least.component,
        components=least.components,
        df=least.df,
        fallback=why,
        steps=0,
        converged=False,
        solution=None,
    )


def _spread(values: Floats, members: Integers, count: int) -> Floats:
    result = np.full(count, np.nan)
    result[members] = values
    return result
