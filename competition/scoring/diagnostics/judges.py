"""How each judge judges under the additive model: spread, fit, scale; and whether judges differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.fits.additive import AdditiveFit

FEWEST_FOR_SCALE = 3
"""Scores that a slope needs at the least; `scaled` asks for many more."""

_FREE = 1e-9
"""A score whose residual can move by less than this share is fitted exactly."""


@dataclass(frozen=True, eq=False)
class JudgeFigures:
    """Figures of each judge; NaN where the scores do not give one.

    Attributes
    ----------
    n : int array, shape (n_judges,)
        Scores.
    residual_sd : float array, shape (n_judges,)
        Standard deviation of the judge's errors (of weight 1), in points.
    infit, outfit : float array, shape (n_judges,)
        Mean squares of the residuals; 1 = as noisy as the panel, 2 = twice the variance.
    scale : float array, shape (n_judges,)
        How far the judge spreads scores compared with the others who scored the same
        entries; 1 = as far, below = narrower.
    """

    n: Integers
    residual_sd: Floats
    infit: Floats
    outfit: Floats
    scale: Floats


def judge_figures(
    fit: AdditiveFit,
    judge: Integers,
    entry: Integers,
    value: Floats,
    weight: Floats | None = None,
) -> JudgeFigures:
    """Spread, fit and scale of every judge.

    Parameters
    ----------
    fit : AdditiveFit
        To these same scores and weights.
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
    weight : float array, shape (n_scores,), optional

    Notes
    -----
    With residuals r and leverages ``h = w Var(a_i + b_j) / sigma2``, so that
    ``Var(r) = sigma2 (1 - h) / w``:

    - ``residual_sd^2 = sum_j w r^2 / sum_j (1 - h)``, unbiased when all judges are alike;
    - infit ``= residual_sd^2 / sigma2``: mean square weighted by information;
    - outfit ``= mean_j w r^2 / (sigma2 (1 - h))``: plain mean of squared standardized
      residuals, which a single surprise moves more;
    - scale: slope of the judge's scores on the entries' adjusted scores, each computed
      without that very score, ``a_i - w Cov(a_i, a_i + b_j) r / (1 - h)``, so that no
      score explains itself. Noise in the adjusted scores flattens all slopes alike,
      therefore each is divided by the pooled slope within judges. NaN for fewer than
      3 scores that can be left out, and for all if the pooled slope is not positive.

    The others' spread does not hold the judge's own: one who spreads 1.6 times as far
    as five others of scale 1 has 1.6, and each of those 1 / 1.12.

    Scores with h = 1, such as an entry's only one, tell nothing and are left out.
    O(n_scores + sum n_row^2).

    Source: J. M. Linacre, Many-Facet Rasch Measurement, 1994, chapter 6 (infit and
    outfit), with the normal model's variance; R. D. Cook and S. Weisberg, Residuals
    and Influence in Regression, 1982, section 2.2 (leaving one score out).

    Examples
    --------
    >>> from competition.scoring.fits.additive import fit_additive
    >>> judge, entry = np.tile([0, 1, 2], 4), np.repeat(np.arange(4), 3)
    >>> value = np.array([5.0, 5, 6, 6, 6, 8, 7, 7, 10, 8, 8, 12])
    >>> fit = fit_additive(judge, entry, value, 3, 4)
    >>> np.round(judge_figures(fit, judge, entry, value).scale, 2)
    array([0.74, 0.74, 2.59])
    """
    judges = fit.severity.size
    n = np.bincount(judge, minlength=judges)
    nothing = np.full(judges, np.nan)
    if fit.solution is None or not fit.sigma2 > 0:
        return JudgeFigures(n, nothing, nothing, nothing, nothing)
    weights = np.ones(value.size) if weight is None else weight
    residual = fit.residuals(judge, entry, value)
    variances, shares = fit.solution.variance_and_share(judge, entry)
    free = 1 - weights * variances
    without = fit.adjusted[entry] - weights * shares * residual / np.maximum(free, _FREE)
    tells = free > _FREE
    judge, entry, value = judge[tells], entry[tells], value[tells]
    weights, residual, free = weights[tells], residual[tells], free[tells]
    square = weights * residual**2
    with np.errstate(invalid="ignore"):
        variance = group_sums(judge, square, judges) / group_sums(judge, free, judges)
        outfit = group_sums(judge, square / free, judges) / np.bincount(judge, minlength=judges)
    scale = _relative_slopes(judge, without[tells], value, weights, judges)
    return JudgeFigures(n, np.sqrt(variance), variance / fit.sigma2, outfit / fit.sigma2, scale)


def _relative_slopes(judge: Integers, x: Floats, y: Floats, weight: Floats, judges: int) -> Floats:
    """Slope of y on x within each judge, over the pooled slope."""
    total = np.maximum(group_sums(judge, weight, judges), 1e-300)
    x = x - (group_sums(judge, weight * x, judges) / total)[judge]
    y = y - (group_sums(judge, weight * y, judges) / total)[judge]
    xx, xy = (group_sums(judge, weight * x * z, judges) for z in (x, y))
    result = np.full(judges, np.nan)
    spread = float(xx.sum())
    enough = np.bincount(judge, minlength=judges) >= FEWEST_FOR_SCALE
    enough &= xx > 1e-9 * spread / judges
    if spread > 0 and float(xy.sum()) > 0:
        result[enough] = xy[enough] / xx[enough] / (float(xy.sum()) / spread)
    return result


@dataclass(frozen=True)
class FTest:
    """Test that all judges (of each component) are equally severe.

    Attributes
    ----------
    f, p : float
    df1, df2 : int
    """

    f: float
    df1: int
    df2: int
    p: float


def severity_test(
    fit: AdditiveFit,
    judge: Integers,
    entry: Integers,
    value: Floats,
    weight: Floats | None = None,
) -> FTest:
    """F test of the judges' severities, the entries being accounted for.

    Returns
    -------
    FTest
        f and p are NaN without degrees of freedom or without error variance.

    Notes
    -----
    ``F = (SS within entries - SS residual) / df1 / sigma2`` with df1 = judges -
    components and df2 = the fit's. Source: Searle, Linear Models, 1971, section 7.2.

    Examples
    --------
    >>> from competition.scoring.fits.additive import fit_additive
    >>> judge, entry = np.tile([0, 1], 3), np.repeat(np.arange(3), 2)
    >>> value = np.array([5.0, 6, 6, 8, 7, 7])
    >>> found = severity_test(fit_additive(judge, entry, value, 2, 3), judge, entry, value)
    >>> round(found.f, 6), found.df1, found.df2, round(found.p, 4)
    (3.0, 1, 2, 0.2254)
    """
    from scipy.special import fdtrc

    df1 = int(np.count_nonzero(np.bincount(judge, minlength=1))) - fit.components
    nothing = FTest(float("nan"), df1, fit.df, float("nan"))
    if df1 < 1 or not fit.sigma2 > 0:
        return nothing
    weights = np.ones(value.size) if weight is None else weight
    centred = value - value.mean()
    total = group_sums(entry, weights, fit.adjusted.size)
    mean = group_sums(entry, weights * centred, total.size) / np.maximum(total, 1e-300)
    within = float(np.sum(weights * (centred - mean[entry]) ** 2))
    f = max(within - fit.sigma2 * fit.df, 0.0) / df1 / fit.sigma2
    return FTest(f, df1, fit.df, float(fdtrc(df1, fit.df, f)))
