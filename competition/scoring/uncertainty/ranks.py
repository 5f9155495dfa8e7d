"""How sure the ranks are: chances of the top places, intervals, who beats whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.ranking import UNRANKED
from competition.scoring.uncertainty.joint import JointNormal

_AT_ONCE = 4_000_000
"""Scores drawn and sorted at once."""

_MOST_CELLS = 16_000_000
"""Cells of the table of entries by ranks; beyond it neighbouring ranks share a cell."""


@dataclass(frozen=True, eq=False)
class RankDistribution:
    """What draws of the scores say about the ranks.

    Attributes
    ----------
    tops : tuple of int, shape (n_tops,)
    p_top : float array, shape (n_entries, n_tops)
        Share of the draws in which the entry's rank is at most k; NaN for an
        entry without a score.
    low, high : int array, shape (n_entries,)
        Ends of the interval of ranks, `low` the better one; 0 without a score.
    expected : float array, shape (n_entries,)
        Mean rank.
    level : float
        What the interval holds, for example .95.
    draws : int
    """

    tops: tuple[int, ...]
    p_top: Floats
    low: Integers
    high: Integers
    expected: Floats
    level: float
    draws: int


def draw_ranks(
    joint: JointNormal,
    *,
    draws: int,
    seed: int,
    tops: Sequence[int] = (),
    group: Integers | None = None,
    level: float = 0.95,
    df: float | None = None,
) -> RankDistribution:
    """Rank joint draws of the scores, a few thousand at a time.

    Parameters
    ----------
    joint : JointNormal
        Mean NaN = no score, no rank.
    draws : int
        At least 1.
    seed : int
    tops : sequence of int
        The k of P(rank <= k).
    group : int array, shape (n,), optional
        Component or track: ranks are within it; -1 = ranked nowhere.
    level : float
        Equal tails are cut off both sides.
    df : float, optional
        Degrees of freedom of the error variance in the covariance: the draws are
        then of the multivariate t, which a variance estimated from few scores
        asks for. Without it the covariance counts as known.

    Returns
    -------
    RankDistribution

    Notes
    -----
    The same seed gives the same bytes. O(draws n (log n + k)) for k shared
    directions.

    Examples
    --------
    >>> joint = JointNormal(np.array([2.0, 0.0, 0.0]), np.ones(3), np.ones((3, 1)))
    >>> found = draw_ranks(joint, draws=20_000, seed=1, tops=(1,))
    >>> np.round(found.p_top[:, 0], 1), found.low, found.high
    (array([0.9, 0.1, 0.1]), array([1, 1, 1]), array([2, 3, 3]))
    """
    generator = np.random.default_rng(seed)
    there = np.isfinite(joint.mean)
    known = JointNormal(joint.mean[there], joint.own_variance[there], joint.shared[there])

    def blocks() -> Iterable[Floats]:
        rows = max(1, _AT_ONCE // max(1, known.mean.size))
        for start in range(0, draws, rows):
            values = known.draw(generator, min(rows, draws - start))
            if df is not None:
                values -= known.mean
                values *= spread_of_t(generator, df, values.shape[0])[:, None]
                values += known.mean
            yield values

    return _distribution(blocks(), there, draws, tops, group, level)


def spread_of_t(generator: np.random.Generator, df: float, draws: int) -> Floats:
    """What turns normal draws into draws of t: sqrt(df / chi-square), shape (draws,).

    Source: Cornish 1954, Australian Journal of Physics 7:531.
    """
    return np.sqrt(df / generator.chisquare(df, draws))


def rank_draws(
    values: Floats,
    *,
    tops: Sequence[int] = (),
    group: Integers | None = None,
    level: float = 0.95,
) -> RankDistribution:
    """Rank draws that are there already, for example of a sampler.

    Parameters
    ----------
    values : float array, shape (draws, n)
        A column with NaN = no score, no rank.
    tops, group, level
        As in `draw_ranks`.

    Returns
    -------
    RankDistribution

    Notes
    -----
    Draws that are equal to the last bit share the better rank, as in the official
    ranking, so that P(rank <= k) may then sum to more than k.

    Examples
    --------
    >>> values = np.array([[3.0, 2.0, 1.0], [3.0, 1.0, 2.0], [2.0, 2.0, 1.0], [3.0, 2.0, 1.0]])
    >>> rank_draws(values, tops=(1, 2)).p_top
    array([[1.  , 1.  ],
           [0.25, 0.75],
           [0.  , 0.25]])
    """
    there = np.asarray(~np.isnan(values).any(axis=0))
    known = values if there.all() else values[:, there]
    rows = max(1, _AT_ONCE // max(1, known.shape[1]))
    blocks = (known[start : start + rows] for start in range(0, known.shape[0], rows))
    return _distribution(blocks, there, values.shape[0], tops, group, level)


@dataclass(eq=False)
class _Tally:
    """Ranks of one group's entries, counted draw by draw.

    `cells` counts, per entry, how often the rank fell into each run of `width`
    neighbouring ranks; width is 1 unless there are thousands of entries.
    """

    members: Integers
    tops: tuple[int, ...]
    width: int = field(init=False)
    cells: Integers = field(init=False)
    inside: Integers = field(init=False)
    total: Floats = field(init=False)

    def __post_init__(self) -> None:
        size = self.members.size
        self.width = -(-size * size // _MOST_CELLS)
        self.cells = np.zeros((size, -(-size // self.width)), dtype=np.int64)
        self.inside = np.zeros((size, len(self.tops)), dtype=np.int64)
        self.total = np.zeros(size)

    def add(self, values: Floats) -> None:
        size, bins = self.cells.shape
        order = np.argsort(-values, axis=1)
        rank = _ranks_in_order(values, order)
        cell = order * bins
        cell += rank // self.width
        self.cells += np.bincount(cell.ravel(), minlength=size * bins).reshape(size, bins)
        if self.width > 1:
            where = np.broadcast_to(rank, order.shape).astype(float)
            self.total += np.bincount(order.ravel(), where.ravel(), size)
        for column, k in enumerate(self.tops):
            first = order[:, :k] if rank.ndim == 1 else order[rank < k]
            self.inside[:, column] += np.bincount(first.ravel(), minlength=size)

    def expected(self, draws: int) -> Floats:
        """Mean rank of each member, from 1."""
        if self.width == 1:
            return 1 + self.cells @ np.arange(self.cells.shape[1]) / draws
        return 1 + self.total / draws

    def interval(self, draws: int, level: float) -> tuple[Integers, Integers]:
        """Ranks that cut off equal tails; whole cells, so rather too wide than too narrow."""
        reached = np.cumsum(self.cells, axis=1)
        tail = (1 - level) / 2 * draws
        # The tail is a float beside a whole number of draws: noise must not decide.
        low = (reached <= tail + 1e-9 * draws).sum(axis=1) * self.width + 1
        high = (reached < draws - tail - 1e-9 * draws).sum(axis=1) * self.width + self.width
        return low, np.minimum(high, self.members.size)


def _ranks_in_order(values: Floats, order: Integers) -> Integers:
    """Rank from 0 of the entries in their order: shape (n,), or (draws, n) where some tie."""
    place = np.arange(order.shape[1])
    ordered = np.take_along_axis(values, order, axis=1)
    falls = ordered[:, 1:] < ordered[:, :-1]
    if falls.all():
        return place
    opens = np.ones(order.shape, dtype=bool)
    opens[:, 1:] = falls
    return np.maximum.accumulate(np.where(opens, place, 0), axis=1)


def _distribution(
    blocks: Iterable[Floats],
    there: Flags,
    draws: int,
    tops: Sequence[int],
    group: Integers | None,
    level: float,
) -> RankDistribution:
    positions = np.flatnonzero(there)
    label = np.zeros(positions.size, dtype=np.int64) if group is None else group[positions]
    tallies = [
        _Tally(np.flatnonzero(label == one), tuple(tops)) for one in np.unique(label[label >= 0])
    ]
    for values in blocks:
        for tally in tallies:
            whole = tally.members.size == positions.size
            tally.add(values if whole else values[:, tally.members])
    count = there.size
    p_top = np.full((count, len(tops)), np.nan)
    expected = np.full(count, np.nan)
    low, high = np.full(count, UNRANKED), np.full(count, UNRANKED)
    for tally in tallies:
        where = positions[tally.members]
        p_top[where] = tally.inside / draws
        expected[where] = tally.expected(draws)
        low[where], high[where] = tally.interval(draws, level)
    return RankDistribution(tuple(tops), p_top, low, high, expected, level, draws)


def beats(joint: JointNormal, df: float | None = None) -> Floats:
    """P(i beats j) in closed form.

    Parameters
    ----------
    joint : JointNormal
    df : float, optional
        As in `draw_ranks`.

    Returns
    -------
    float array, shape (n, n)
        ``F((m_i - m_j) / sd(t_i - t_j))`` with F the normal distribution, or
        Student's with `df`; 1/2 on the diagonal and where the
        difference is surely 0; NaN without a score. Row plus column is 1.

    Notes
    -----
    O(n^2 k) for k shared directions.

    Examples
    --------
    >>> joint = JointNormal(np.array([1.0, 0.0]), np.full(2, 0.5), np.ones((2, 1)))
    >>> np.round(beats(joint), 4)
    array([[0.5   , 0.8413],
           [0.1587, 0.5   ]])
    """
    from scipy.special import ndtr, stdtr

    covariance = joint.covariance()
    own = covariance.diagonal()
    variance = own[:, None] + own - 2 * covariance
    noise = 1e-12 * float(np.nanmax(own, initial=0))
    variance[variance <= noise] = 0
    ahead = joint.mean[:, None] - joint.mean
    with np.errstate(divide="ignore", invalid="ignore"):
        score = np.where(ahead == 0, 0, ahead / np.sqrt(variance))
    chance: Floats = ndtr(score) if df is None else stdtr(df, score)
    return chance


def beats_in_draws(values: Floats) -> Floats:
    """P(i beats j) as the share of draws; equal draws count half.

    Parameters
    ----------
    values : float array, shape (draws, n)

    Returns
    -------
    float array, shape (n, n)
        NaN in the rows and columns of entries without a score.

    Notes
    -----
    O(draws n^2), one entry against the others at a time.

    Examples
    --------
    >>> beats_in_draws(np.array([[3.0, 1.0], [1.0, 3.0], [2.0, 1.0], [1.0, 1.0]]))
    array([[0.5  , 0.625],
           [0.375, 0.5  ]])
    """
    draws, count = values.shape
    columns = np.ascontiguousarray(values.T)
    chance = np.full((count, count), 0.5)
    for i in range(count - 1):
        mine, others = columns[i], columns[i + 1 :]
        ahead = np.count_nonzero(mine > others, axis=1) + np.count_nonzero(mine >= others, axis=1)
        chance[i, i + 1 :] = ahead / (2 * draws)
        chance[i + 1 :, i] = 1 - chance[i, i + 1 :]
    unknown = np.isnan(columns).any(axis=1)
    chance[unknown], chance[:, unknown] = np.nan, np.nan
    return chance
