"""Confidence sets for all ranks at once, and for who may be among the top."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.errors import TooManyComparisons
from competition.scoring.ranking import UNRANKED
from competition.scoring.uncertainty.joint import JointNormal
from competition.scoring.uncertainty.ranks import spread_of_t

MOST_STEPS = 20

MOST_PAIRS = 20_000_000
"""About 6,300 entries; beyond this memory runs out first."""


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
    rank of its tie. O(steps draws n^2).

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
    columns = np.ascontiguousarray(sample.T, dtype=np.float32)
    open_ = same & ~exact
    critical = 0.0
    for step in range(1, MOST_STEPS + 1):
        if not open_.any():
            return sure, critical, step
        largest = _largest(columns, per_sd.astype(np.float32), open_)
        critical = float(np.quantile(largest, level, method="higher"))
        new = open_ & (score > critical)
        if not new.any():
            return sure, critical, step
        sure |= new
        open_ &= ~new
    return sure, critical, MOST_STEPS


def _largest(
    columns: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    per_sd: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    open_: Flags,
) -> Floats:
    """Largest ratio over the open ordered pairs, draw by draw."""
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
    return most.astype(np.float64)
