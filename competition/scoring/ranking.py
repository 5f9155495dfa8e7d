"""Competition ranks (1, 2, 2, 4) that float noise cannot change."""

from __future__ import annotations

import numpy as np

from competition.scoring.arrays import Floats, Integers

UNRANKED = 0
"""The rank of what has no score."""

RELATIVE_NOISE = 1e-9
"""Share of the scale below which two scores are the same score."""


def noise_level(values: Floats, span: float | None = None) -> float:
    """Size of differences that are accidents of float arithmetic.

    Parameters
    ----------
    values : float array, shape (n,)
        NaN is left out.
    span : float, optional
        Length of the scale; without it the range of the values.

    Returns
    -------
    float
        1e-9 of the scale, yet not less than what doubles of this size can tell.

    Examples
    --------
    >>> noise_level(np.array([0.2, 0.7]), span=1.0)
    1e-09
    """
    if not values.size:
        return RELATIVE_NOISE
    low, high = float(values.min()), float(values.max())
    if not np.isfinite(high - low):
        there = values[np.isfinite(values)]
        if not there.size:
            return RELATIVE_NOISE
        low, high = float(there.min()), float(there.max())
    width = high - low if span is None else span
    return max(RELATIVE_NOISE * width, 1e-13 * max(abs(low), abs(high)), 1e-300)


def ranks(values: Floats, noise: float = 0.0) -> Integers:
    """Rank by value, highest first; equal values share a rank and the next is skipped.

    Parameters
    ----------
    values : float array, shape (n,)
        NaN = no score.
    noise : float
        Neighbours in the order that differ by no more than this are equal.

    Returns
    -------
    int array, shape (n,)
        1 = best; `UNRANKED` (0) where there is no score, which is never a rank.

    Notes
    -----
    Equality is decided between neighbours in the sorted order, not on a grid,
    so two equal scores can never fall on two sides of a grid line. O(n log n).

    Examples
    --------
    >>> ranks(np.array([7.0, 9.0, np.nan, 0.1 + 0.2, 7.0, 0.3]), noise=1e-9)
    array([2, 1, 0, 4, 2, 4])
    """
    return rank_within(values, np.zeros(values.size, dtype=np.int64), noise)


def rank_within(values: Floats, group: Integers, noise: float = 0.0) -> Integers:
    """Rank by value inside each group, as `ranks` does.

    Parameters
    ----------
    values : float array, shape (n,)
    group : int array, shape (n,)
        For example each entry's track or component.
    noise : float

    Returns
    -------
    int array, shape (n,)

    Examples
    --------
    >>> rank_within(np.array([7.0, 9.0, 8.0, 8.0]), np.array([0, 0, 1, 1]))
    array([2, 1, 1, 1])
    """
    result = np.full(values.size, UNRANKED, dtype=np.int64)
    there = np.flatnonzero(np.isfinite(values))
    if not there.size:
        return result
    order = there[np.argsort(-values[there])]
    if np.ptp(group[there]):
        order = order[np.argsort(group[order], kind="stable")]
    place = np.arange(order.size)
    opens_group = np.r_[True, group[order][1:] != group[order][:-1]]
    falls = np.r_[True, values[order][:-1] - values[order][1:] > noise]
    group_start = np.maximum.accumulate(np.where(opens_group, place, 0))
    tie_start = np.maximum.accumulate(np.where(opens_group | falls, place, 0))
    result[order] = tie_start - group_start + 1
    return result


def midranks(values: Floats, group: Integers, noise: float = 0.0) -> tuple[Floats, Integers]:
    """Ascending ranks inside each group, ties sharing the mean of their places.

    Parameters
    ----------
    values : float array, finite, shape (n,)
    group : int array, shape (n,)
    noise : float
        Neighbours in the order that differ by no more than this are equal.

    Returns
    -------
    rank : float array, shape (n,)
        1 = lowest.
    tie : int array, shape (n,)
        Number of the tie that the value belongs to, counted over all groups.

    Examples
    --------
    >>> midranks(np.array([7.0, 9.0, 7.0, 8.0]), np.array([0, 0, 0, 1]))
    (array([1.5, 3. , 1.5, 1. ]), array([0, 1, 0, 2]))
    """
    order = np.argsort(values)
    if group.size and np.ptp(group):
        order = order[np.argsort(group[order], kind="stable")]
    ordered, of = values[order], group[order]
    place = np.arange(order.size)
    opens = np.r_[True, of[1:] != of[:-1]][: order.size]
    opens_tie = opens | np.r_[True, ordered[1:] - ordered[:-1] > noise][: order.size]
    number = np.cumsum(opens_tie) - 1
    start = place[opens_tie]
    end = np.r_[start[1:], order.size][: start.size]
    group_start = np.maximum.accumulate(np.where(opens, place, 0))
    rank, tie = np.empty(order.size), np.empty(order.size, dtype=np.int64)
    rank[order] = (start + end + 1)[number] / 2 - group_start
    tie[order] = number
    return rank, tie
