"""How far judges agree: intraclass correlations, Kendall's W and Krippendorff's alpha."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.fits.mixed import Variance
from competition.scoring.ranking import midranks, noise_level


@dataclass(frozen=True)
class Agreement:
    """Coefficients of agreement; NaN = not defined for these scores.

    Attributes
    ----------
    icc1, icc2, icc3 : float
        Reliability of one judge: judges drawn anew for each entry, the same random
        judges for all, these very judges (consistency).
    icc1k, icc2k, icc3k : float
        The same of the mean of all judges.
    kendall_w : float
        Concordance of the judges' rankings, corrected for ties.
    alpha_nominal, alpha_ordinal, alpha_interval : float
        Krippendorff's alpha by scale of measurement.
    """

    icc1: float
    icc2: float
    icc3: float
    icc1k: float
    icc2k: float
    icc3k: float
    kendall_w: float
    alpha_nominal: float
    alpha_ordinal: float
    alpha_interval: float


def agreement(
    judge: Integers,
    entry: Integers,
    value: Floats,
    span: float | None = None,
) -> Agreement:
    """All coefficients of agreement that the design allows.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
    span : float, optional
        Length of the scale; scores within 1e-9 of it are ties.

    Returns
    -------
    Agreement
        Intraclass correlations and W need every judge to score every entry; alpha
        needs some entries with two scores. For other designs see
        `reliability_of_variances`.

    Notes
    -----
    Weights have no place in these coefficients. O(n_scores log n_scores).

    Examples
    --------
    >>> found = agreement(np.array([0, 1] * 3), np.array([0, 0, 1, 1, 2, 2]),
    ...                   np.array([5.0, 6, 7, 8, 9, 10]))
    >>> round(found.icc2, 4), round(found.icc3, 4), found.kendall_w
    (0.8889, 1.0, 1.0)
    """
    noise = noise_level(value, span)
    table = _complete(judge, entry, value)
    icc = [float("nan")] * 6 if table is None else intraclass(table, noise)
    w = float("nan") if table is None else kendall_w(table, noise)
    alpha = krippendorff_alpha(entry, value, noise)
    return Agreement(
        icc1=icc[0],
        icc2=icc[1],
        icc3=icc[2],
        icc1k=icc[3],
        icc2k=icc[4],
        icc3k=icc[5],
        kendall_w=w,
        alpha_nominal=alpha[0],
        alpha_ordinal=alpha[1],
        alpha_interval=alpha[2],
    )


def intraclass(table: Floats, noise: float = 0.0) -> list[float]:
    """ICC(1), ICC(2,1), ICC(3,1), ICC(1,k), ICC(2,k), ICC(3,k) of a complete table.

    Parameters
    ----------
    table : float array, shape (n_entries, n_judges)
    noise : float
        Scores that differ by no more are equal.

    Notes
    -----
    With the mean squares of entries R, judges C, error E, and within entries W:
    ``ICC(1) = (R - W) / (R + (k-1) W)``, ``ICC(2,1) = (R - E) / (R + (k-1) E +
    k (C - E) / n)``, ``ICC(3,1) = (R - E) / (R + (k-1) E)``; of means,
    ``(R - W) / R``, ``(R - E) / (R + (C - E) / n)``, ``(R - E) / R``. They can be
    negative. NaN with one entry, one judge, or no variance.

    Source: P. E. Shrout and J. L. Fleiss 1979, Psychological Bulletin 86, 420.

    Examples
    --------
    Table 2 of the paper:

    >>> table = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8],
    ...                   [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], dtype=float)
    >>> [round(value, 2) for value in intraclass(table)]
    [0.17, 0.29, 0.71, 0.44, 0.62, 0.91]
    """
    n, k = table.shape
    if min(n, k) < 2 or np.ptp(table) <= noise:
        return [float("nan")] * 6
    centred = table - table.mean()
    rows, columns = centred.mean(axis=1), centred.mean(axis=0)
    error = centred - rows[:, None] - columns
    e = float(np.sum(error**2)) / ((n - 1) * (k - 1))
    r = k * float(rows @ rows) / (n - 1)
    c = n * float(columns @ columns) / (k - 1)
    w = float(np.sum((centred - rows[:, None]) ** 2)) / (n * (k - 1))
    return [
        _ratio(r - w, r + (k - 1) * w),
        _ratio(r - e, r + (k - 1) * e + k * (c - e) / n),
        _ratio(r - e, r + (k - 1) * e),
        _ratio(r - w, r),
        _ratio(r - e, r + (c - e) / n),
        _ratio(r - e, r),
    ]


@dataclass(frozen=True)
class Reliability:
    """Reliability of the mean of `judges` judges, from variance components.

    Attributes
    ----------
    judges : float
    agreement : float
        Judges drawn anew, their severities left in: entry / (entry + (judge + residual) / n).
    consistency : float
        Severities taken out: entry / (entry + residual / n).
    """

    judges: float
    agreement: float
    consistency: float


def reliability_of_variances(variance: Variance, judges: float = 1) -> Reliability:
    """Reliability in any design, complete or not, from REML variance components.

    Notes
    -----
    For a complete table with all variances inside, these are ICC(2,1), ICC(2,k) and
    ICC(3,1), ICC(3,k). Source: R. L. Brennan, Generalizability Theory, 2001,
    section 2.3.

    Examples
    --------
    >>> reliability_of_variances(Variance(4.0, 2.0, 2.0), judges=2)
    Reliability(judges=2, agreement=0.6666666666666666, consistency=0.8)
    """
    entry, both = variance.entry, variance.judge + variance.residual
    return Reliability(
        judges,
        _ratio(entry, entry + both / judges),
        _ratio(entry, entry + variance.residual / judges),
    )


def kendall_w(table: Floats, noise: float = 0.0) -> float:
    """Kendall's coefficient of concordance, corrected for ties.

    Parameters
    ----------
    table : float array, shape (n_entries, n_judges)
    noise : float

    Notes
    -----
    ``W = 12 S / (m^2 (n^3 - n) - m sum T)`` with S the squares of the entries' rank
    sums about their mean and ``T = sum (t^3 - t)`` over the ties of each judge.
    NaN with one entry, one judge, or when no judge tells entries apart.

    Source: M. G. Kendall, Rank Correlation Methods, 1948, chapter 6.

    Examples
    --------
    >>> kendall_w(np.array([[1.0, 2.0], [2.0, 5.0], [3.0, 5.0]])).__round__(4)
    0.9286
    """
    n, m = table.shape
    if min(n, m) < 2:
        return float("nan")
    rank, tie = midranks(table.T.ravel(), np.repeat(np.arange(m), n), noise)
    sums = rank.reshape(m, n).sum(axis=0)
    size = np.bincount(tie).astype(np.float64)
    ties = float(np.sum(size**3 - size))
    squares = float(np.sum((sums - sums.mean()) ** 2))
    return _ratio(12 * squares, m**2 * (n**3 - n) - m * ties)


def krippendorff_alpha(
    entry: Integers, value: Floats, noise: float = 0.0
) -> tuple[float, float, float]:
    """Krippendorff's alpha: nominal, ordinal, interval.

    Parameters
    ----------
    entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
    noise : float

    Notes
    -----
    ``alpha = 1 - D_o / D_e`` over the n scores of entries with two or more:
    ``D_o = sum_u sum_{i != j in u} d^2 / (m_u - 1) / n`` and
    ``D_e = sum_{i != j} d^2 / (n (n - 1))``. Squared differences add up without pairs:
    ``sum_{i != j} (x_i - x_j)^2 = 2 m sum (x - mean)^2``. The ordinal difference
    ``n_c/2 + ... + n_k/2`` is that of the midranks of all n scores, so alpha ordinal
    is alpha interval of midranks. NaN when no entry has two scores or all are equal.
    Scores missing at random do no harm.

    Source: K. Krippendorff, Content Analysis, 3rd edition 2013, section 12.3.

    Examples
    --------
    >>> entry, value = np.array([0, 0, 1, 1, 2, 2]), np.array([1.0, 1, 2, 2, 3, 2])
    >>> [round(alpha, 4) for alpha in krippendorff_alpha(entry, value)]
    [0.5455, 0.7778, 0.7059]
    """
    size = np.bincount(entry)
    paired = size[entry] > 1
    unit = (np.cumsum(size > 1) - 1)[entry[paired]]
    value = value[paired]
    if not value.size:
        return (float("nan"),) * 3
    rank, category = midranks(value, np.zeros(value.size, dtype=np.int64), noise)
    if not category.any():
        return (float("nan"),) * 3
    return _alpha_nominal(unit, category), _alpha_interval(unit, rank), _alpha_interval(unit, value)


def _alpha_interval(unit: Integers, value: Floats) -> float:
    m = np.bincount(unit)
    centred = value - value.mean()
    apart = centred - (group_sums(unit, centred, m.size) / m)[unit]
    observed = 2 * float(np.sum((m / (m - 1))[unit] * apart**2)) / value.size
    expected = 2 * float(centred @ centred) / (value.size - 1)
    return 1 - _ratio(observed, expected)


def _alpha_nominal(unit: Integers, category: Integers) -> float:
    from scipy.sparse import csr_array

    m, n = np.bincount(unit), unit.size
    count = np.bincount(category)
    together = csr_array((np.ones(n), (unit, category)), shape=(m.size, count.size))
    together.sum_duplicates()
    unequal = m**2 - together.power(2).sum(axis=1)
    observed = float(np.sum(unequal / (m - 1))) / n
    expected = float(n**2 - np.sum(count**2)) / (n * (n - 1))
    return 1 - _ratio(observed, expected)


def _complete(judge: Integers, entry: Integers, value: Floats) -> Floats | None:
    """The scores as a table of entries by judges, if every judge scored every entry."""
    judges, entries = np.bincount(judge) > 0, np.bincount(entry) > 0
    shape = int(entries.sum()), int(judges.sum())
    if not value.size or shape[0] * shape[1] != value.size:
        return None
    table = np.full(shape, np.nan)
    table[(np.cumsum(entries) - 1)[entry], (np.cumsum(judges) - 1)[judge]] = value
    return None if np.isnan(table).any() else table


def _ratio(above: float, below: float) -> float:
    """NaN where there is nothing to divide by."""
    return above / below if abs(below) > 1e-300 else float("nan")
