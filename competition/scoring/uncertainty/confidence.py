"""Confidence sets for all ranks at once, and for who may be among the top."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.errors import TooManyComparisons
from competition.scoring.ranking import UNRANKED
from competition.scoring.uncertainty.joint import JointNormal
from competition.scoring.uncertainty.ranks import spread_of_t

_Singles: TypeAlias = npt.NDArray[np.float32]

MOST_STEPS = 20

MOST_PAIRS = 20_000_000
"""About 6,300 entries; beyond this memory runs out first."""


_EXTREMES = 24
"""Entries at either end of a draw among which the largest difference is sought first."""


@dataclass(frozen=True, eq=False)
class RankConfidence:
    """Ranks that hold for all entries together at the confidence level.

    Attributes
    ----------
    low, high : int array, shape (n_entries,)
        The true rank of every entry lies between them, `low` the better one, at
        the level for all entries at once; 0 without a score.
    better, worse : int array, shape (n_entries,)
        How many entries of the same group are surely better, surely worse.
    critical : float
        Differences beyond so many standard errors are sure (of the last step).
    steps : int
    level : float
    """

    low: Integers
    high: Integers
    better: Integers
    worse: Integers
    critical: float
    steps: int
    level: float

    def possible_top(self, k: int) -> Flags:
        """Entries among which the true top k lie, all of them, at the level; shape (n,)."""
        return (self.low > UNRANKED) & (self.low <= k)

    def sure_top(self, k: int) -> Flags:
        """Entries that belong to the true top k, all of them, at the level; shape (n,)."""
        return (self.low > UNRANKED) & (self.high <= k)


def rank_confidence(
    joint: JointNormal,
    *,
    seed: int,
    draws: int = 2_000,
    level: float = 0.95,
    group: Integers | None = None,
    df: float | None = None,
) -> RankConfidence:
    """Simultaneous confidence sets for the ranks of all entries.

    Parameters
    ----------
    joint : JointNormal
        Mean NaN = no score.
    seed : int
    draws : int
        Simulations of the largest difference, for the critical value.
    level : float
    group : int array, shape (n,), optional
        Component or track: ranks are within it, the level holds over all
        groups together; -1 = ranked nowhere.
    df : float, optional
        Degrees of freedom of the error variance in the covariance; without it the
        covariance counts as known.

    Returns
    -------
    RankConfidence

    Raises
    ------
    TooManyComparisons

    Notes
    -----
    Entry i is surely better than j when ``(m_i - m_j) / sd(t_i - t_j) > c``, with c
    the `level` quantile of the largest such ratio over all ordered pairs whose
    order is not yet sure, under equal scores and the joint covariance. That is
    Holm's idea, step by step until nothing new is sure; the error of one wrong
    order among all pairs is at most 1 - level. The rank of i then lies between
    1 + (surely better) and n - (surely worse).

    A conservative form where true scores are tied: a tied entry's rank may be any
    rank of its tie. O(steps draws n^2) at worst; O(n^2 + steps
    draws n) in most designs, where few pairs come into question.

    Source: Mogstad, Romano, Shaikh and Wilhelm 2024, Review of Economic Studies
    91:476, section 3 (sets for all ranks; the top by projection); Romano and Wolf
    2005, Econometrica 73:1237 (step-down).

    Examples
    --------
    >>> joint = JointNormal(np.array([9.0, 5.0, 4.5]), np.full(3, 0.25), np.zeros((3, 1)))
    >>> found = rank_confidence(joint, seed=1)
    >>> found.low, found.high
    (array([1, 2, 2]), array([1, 3, 3]))
    >>> found.possible_top(2)
    array([ True,  True,  True])
    """
    where = np.flatnonzero(np.isfinite(joint.mean) if group is None else group >= 0)
    where = where[np.isfinite(joint.mean[where])]
    pairs = where.size * (where.size - 1) // 2
    if pairs > MOST_PAIRS:
        raise TooManyComparisons(count=pairs, most=MOST_PAIRS)
    known = JointNormal(joint.mean[where], joint.own_variance[where], joint.shared[where])
    label = np.zeros(where.size, dtype=np.int64) if group is None else group[where]
    same = label[:, None] == label
    np.fill_diagonal(same, val=False)
    sure, critical, steps = _sure_orders(known, same, seed, draws, level, df)
    size = same.sum(axis=1) + 1
    result = np.full((4, joint.mean.size), UNRANKED)
    better, worse = sure.sum(axis=0), sure.sum(axis=1)
    result[:, where] = 1 + better, size - worse, better, worse
    low, high, above, below = result
    return RankConfidence(low, high, above, below, critical, steps, level)


def _sure_orders(
    joint: JointNormal, same: Flags, seed: int, draws: int, level: float, df: float | None
) -> tuple[Flags, float, int]:
    """Which line is surely better than which column, shape (n, n); critical value; steps."""
    covariance = joint.covariance()
    own = covariance.diagonal()
    variance = own[:, None] + own - 2 * covariance
    exact = variance <= 1e-12 * float(own.max(initial=0))
    ahead = joint.mean[:, None] - joint.mean
    sure = same & exact & (ahead > 0)
    per_sd = 1 / np.sqrt(np.where(exact, 1, variance))
    score = ahead * per_sd
    noise = JointNormal(np.zeros(own.size), joint.own_variance, joint.shared)
    generator = np.random.default_rng(seed)
    sample = noise.draw(generator, draws)
    if df is not None:
        sample *= spread_of_t(generator, df, draws)[:, None]
    # What all entries share drops out of every difference; out of the units it must go first.
    sample -= sample.mean(axis=1, keepdims=True)
    columns = np.ascontiguousarray(sample.T, dtype=np.float32)
    singles = per_sd.astype(np.float32)
    sd = np.sqrt(np.maximum(own - 2 * covariance.mean(axis=0) + covariance.mean(), 1e-300))
    open_ = same & ~exact
    critical = 0.0
    for step in range(1, MOST_STEPS + 1):
        if not open_.any():
            return sure, critical, step
        largest = _largest(columns, sd.astype(np.float32), singles, open_)
        critical = float(np.quantile(largest, level, method="higher"))
        new = open_ & (score > critical)
        if not new.any():
            return sure, critical, step
        sure |= new
        open_ &= ~new
    return sure, critical, MOST_STEPS


def _largest(columns: _Singles, sd: _Singles, per_sd: _Singles, open_: Flags) -> Floats:
    """Largest ratio over the open ordered pairs, draw by draw.

    Few pairs come into question: the highest draws against the lowest, in units of each
    entry's own sd. With z those units, ``(Z_i - Z_j) / sqrt(v_i + v_j)`` is at most
    ``sqrt(z_i^2 + z_j^2)`` (Cauchy and Schwarz); where that bound on all pairs not looked
    at stays below the largest found, nothing was missed. Elsewhere every pair is looked at.
    """
    if columns.shape[0] <= 4 * _EXTREMES:
        return _largest_of_all(columns, per_sd, open_).astype(np.float64)
    units = columns / sd[:, None]
    high = np.argpartition(-units, _EXTREMES, axis=0)[: _EXTREMES + 1]
    low = np.argpartition(units, _EXTREMES, axis=0)[: _EXTREMES + 1]
    most = np.full(columns.shape[1], -np.inf, dtype=np.float32)
    bottom = np.take_along_axis(columns, low[:-1], axis=0)
    for rows, values in zip(high[:-1], np.take_along_axis(columns, high[:-1], axis=0), strict=True):
        ratio = (values - bottom) * per_sd[rows, low[:-1]]
        ratio[~open_[rows, low[:-1]]] = -np.inf
        np.maximum(most, ratio.max(axis=0), out=most)
    # The last of each is where those who were not looked at begin.
    top_begins, bottom_begins = (
        np.maximum(sign * np.take_along_axis(units, rows[-1:], axis=0)[0], 0)
        for sign, rows in ((1, high), (-1, low))
    )
    bound = np.maximum(
        np.hypot(top_begins, np.maximum(-units.min(axis=0), 0)),
        np.hypot(bottom_begins, np.maximum(units.max(axis=0), 0)),
    )
    bound *= (np.hypot(sd[:, None], sd) * per_sd)[open_].max()
    unproven = np.flatnonzero(most < bound * 1.0001)
    if unproven.size:
        some = np.ascontiguousarray(columns[:, unproven])
        most[unproven] = _largest_of_all(some, per_sd, open_)
    return most.astype(np.float64)


def _largest_of_all(columns: _Singles, per_sd: _Singles, open_: Flags) -> _Singles:
    """The same by looking at every pair."""
    most = np.full(columns.shape[1], -np.inf, dtype=np.float32)
    for i in range(columns.shape[0] - 1):
        rest = slice(i + 1, None)
        ahead, behind = open_[i, rest], open_[rest, i]
        either = np.flatnonzero(ahead | behind) + i + 1
        if not either.size:
            continue
        ratio = (columns[i] - columns[either]) * per_sd[i, either, None]
        # Both directions at once where both are open, which is the usual case.
        for is_open, signed in ((ahead, 1), (behind, -1)):
            chosen = is_open[either - i - 1]
            if chosen.all():
                most = np.maximum(most, ratio.max(axis=0) if signed > 0 else -ratio.min(axis=0))
            elif chosen.any():
                part = ratio[chosen]
                most = np.maximum(most, part.max(axis=0) if signed > 0 else -part.min(axis=0))
    return most
