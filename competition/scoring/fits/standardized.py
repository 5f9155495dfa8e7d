"""Each judge's scores put on one footing by range or by percentile, then averaged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.ranking import midranks, noise_level


@dataclass(frozen=True, eq=False)
class Standardized:
    """Scores after every judge's own transformation.

    Attributes
    ----------
    value : float array, shape (n_entries,)
        Mean of the entry's corrected scores, in points; NaN without scores.
    corrected : float array, shape (n_scores,)
    intercept, slope : float array, shape (n_judges,)
        corrected = intercept + slope * score; NaN where the transformation is no line.
    flat : bool array, shape (n_judges,)
        Judges with scores but without range; each of them counts as the mean of all.
    """

    value: Floats
    corrected: Floats
    intercept: Floats
    slope: Floats
    flat: Flags


def minmax(
    judge: Integers,
    entry: Integers,
    value: Floats,
    n_judges: int,
    n_entries: int,
    span: float | None = None,
) -> Standardized:
    """Each judge's scores as shares of that judge's own range, averaged, mapped back.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
        In points.
    n_judges, n_entries : int
    span : float, optional
        Length of the scale; a range within 1e-9 of it is none.

    Notes
    -----
    ``u = (s - min_j) / (max_j - min_j)``, mapped back as ``m + d (u - mean(u)) / d_u``
    with m the mean of all scores, and d and d_u the pooled within-judge standard
    deviations of s and of u, as for z-scores. Two extreme scores decide about all of a
    judge's; it assumes that every judge saw entries of the same quality. Weights are
    not used. O(n_scores).

    Examples
    --------
    >>> scores = np.array([4.0, 1, 6, 3, 8, 9])
    >>> found = minmax(np.tile([0, 1], 3), np.repeat(np.arange(3), 2), scores, 2, 3)
    >>> np.round(found.value, 2)
    array([2.23, 4.63, 8.63])
    """
    low, high = np.full(n_judges, np.inf), np.full(n_judges, -np.inf)
    np.minimum.at(low, judge, value)
    np.maximum.at(high, judge, value)
    number = np.bincount(judge, minlength=n_judges)
    reach = np.where(number > 0, high - low, 0.0)
    flat = reach <= noise_level(value, span)
    slope = np.where(flat, 0.0, 1 / np.where(flat, 1.0, reach))
    share = np.where(flat, 0.0, low)[judge]
    share = (value - share) * slope[judge]
    counts = ~flat[judge]
    middle = float(share[counts].mean()) if counts.any() else 0.0
    mean, factor = _back(judge, value, share, flat, number)
    slope *= factor
    intercept = np.where(flat, mean, mean - factor * middle - slope * np.where(flat, 0.0, low))
    corrected = intercept[judge] + slope[judge] * value
    return Standardized(
        _means(entry, corrected, n_entries), corrected, intercept, slope, flat & (number > 0)
    )


def percentile(
    judge: Integers,
    entry: Integers,
    value: Floats,
    n_judges: int,
    n_entries: int,
    span: float | None = None,
) -> Standardized:
    """Each judge's scores as percentile ranks among that judge's own, averaged, mapped back.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    value : float array, shape (n_scores,)
        In points.
    n_judges, n_entries : int
    span : float, optional
        Length of the scale; scores within 1e-9 of it are ties.

    Notes
    -----
    ``u = (midrank - 1/2) / n_j``, mapped back as ``m + d (u - 1/2) / d_u`` with m the
    mean of all scores, and d and d_u the pooled within-judge standard deviations of s
    and of u. It keeps only each judge's order, and assumes that every judge saw
    entries of the same quality. Weights are not used. O(n_scores log n_scores).

    Source: H. E. Garrett, Statistics in Psychology and Education, 1926 (percentile
    ranks from midranks).

    Examples
    --------
    >>> scores = np.array([4.0, 1, 6, 3, 8, 9])
    >>> found = percentile(np.tile([0, 1], 3), np.repeat(np.arange(3), 2), scores, 2, 3)
    >>> np.round(found.value, 2)
    array([1.9 , 5.17, 8.43])
    """
    number = np.bincount(judge, minlength=n_judges)
    rank, tie = midranks(value, judge, noise_level(value, span))
    share = (rank - 0.5) / number[judge]
    of_tie = np.zeros(int(tie.max(initial=-1)) + 1, dtype=np.int64)
    of_tie[tie] = judge
    flat = np.bincount(of_tie, minlength=n_judges) <= 1
    mean, factor = _back(judge, value, share, flat, number)
    corrected = mean + factor * (share - 0.5)
    nothing = np.full(n_judges, np.nan)
    return Standardized(
        _means(entry, corrected, n_entries), corrected, nothing, nothing, flat & (number > 0)
    )


def _back(
    judge: Integers, value: Floats, share: Floats, flat: Flags, number: Integers
) -> tuple[float, float]:
    """Mean of all scores, and points for one unit of the shares."""
    if not value.size:
        return float("nan"), 0.0
    counts = ~flat[judge]
    squares = [
        float(np.sum(_apart(judge, x, number)[counts] ** 2)) for x in (value - value.mean(), share)
    ]
    factor = float(np.sqrt(squares[0] / squares[1])) if squares[1] > 0 else 0.0
    return float(value.mean()), factor


def _apart(judge: Integers, x: Floats, number: Integers) -> Floats:
    """Differences from the judge's own mean."""
    means = group_sums(judge, x, number.size) / np.maximum(number, 1)
    return np.asarray(x - means[judge])


def _means(entry: Integers, values: Floats, n_entries: int) -> Floats:
    size = np.bincount(entry, minlength=n_entries)
    return np.where(size == 0, np.nan, group_sums(entry, values, n_entries) / np.maximum(size, 1))
