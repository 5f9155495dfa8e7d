"""Judges' biases by least squares, then their scale and noise by empirical Bayes."""

from __future__ import annotations

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.fits.additive import AdditiveFit, fit_additive
from competition.scoring.fits.scale_test import left_over, pseudo_inverse, scale_test
from competition.scoring.fits.scaled.iteration import Iteration
from competition.scoring.fits.scaled.result import ScaledFit, Solution
from competition.scoring.ranking import noise_level


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
    - ``v = (2 v_ls + sum_i E[t_i^2]) / (2 + I)``, v_ls the variance of the least-squares scores.

    `adjusted` is ``c + E[t_i]``: pulled to the mean, the more so the less an entry's judges
    tell. `se` adds the errors of biases and scales, to first order, and takes for each noise
    the mean of what it may be, ``nu_j / (nu_j - 2) s_j^2`` with nu_j = nu0 + n_j - 1.

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
    found = Iteration(table, scores, squares, least, value).run()
    of_judge = np.zeros(judges.size, dtype=np.int64)
    of_judge[places[1]] = least.component[entry]
    plain = left_over(table, np.asarray(table.sum(axis=1)), np.ones(entries.size))
    pull = table.multiply((found.scale / found.noise)[None, :]).multiply(found.own[:, None])
    noise, own = found.uncertain()
    solution = Solution(
        judges=judges,
        entries=entries,
        centre=centre,
        quality=found.quality,
        own=own,
        bias=-least.severity[judges],
        bias_covariance=least.sigma2 * pseudo_inverse(plain, of_judge),
        scale=found.scale,
        scale_variance=found.scale_variance,
        noise=noise,
        table=pull.tocsr(),
    )
    between = np.nanmean(least.severity**2) - np.nanmean(least.severity_se**2)
    return ScaledFit(
        adjusted=_spread(centre + found.quality, entries, least.adjusted.size),
        se=_spread(np.sqrt(solution.variance()), entries, least.adjusted.size),
        severity=least.severity,
        severity_se=least.severity_se,
        judge_scale=_spread(found.scale, judges, least.severity.size),
        judge_sd=_spread(np.sqrt(found.noise), judges, least.severity.size),
        variance=(found.variance, max(float(between), 0.0), float(found.noise.mean())),
        test=scale_test(judge, entry, value, least, weight),
        component=least.component,
        components=least.components,
        df=least.df,
        fallback=None,
        steps=found.steps,
        converged=found.converged,
        solution=solution,
    )


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
