"""Award lines: who is surely in or out, who is not, and where further scores help."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.ranking import noise_level, rank_within
from competition.scoring.uncertainty.confidence import RankConfidence
from competition.scoring.uncertainty.joint import JointNormal
from competition.scoring.uncertainty.ranks import RankDistribution


@dataclass(frozen=True, eq=False)
class CutLine:
    """The line below the top k of one group of entries.

    All arrays have shape (n_members,) and follow `members`.

    Attributes
    ----------
    top : int
        k.
    group : int
        Track or component; 0 when there are none.
    members : int array
        Positions of the group's scored entries, best score first.
    is_in : bool array
        Score within the top k; ties at the line are all in.
    line : float
        Midway between the last score in and the first score out, in points;
        -inf when everybody is in.
    p_in : float array
        P(rank <= k).
    uncertain : bool array
        P(in) strictly between (1 - level) / 2 and (1 + level) / 2: taken by
        itself, the entry cannot be told apart from the line.
    uncertain_jointly : bool array
        The line lies inside the entry's simultaneous rank confidence set; all
        statements about all entries hold together at the level. All False
        without such sets.
    expected_wrong : float
        Expected number of entries on the wrong side of the line.
    true_line : float
        Where the line lies among the true scores, in points: k of them are
        expected above it. Estimates spread wider than true scores, so it is not
        `line` itself. -inf when everybody is in.
    distance : float array
        (score - true_line) / sd, in standard deviations of the entry's score
        against its group's mean.
    sd : float array
        That standard deviation, in points.
    needed : float array
        Further scores after which the entry would be told apart from the line if
        its score stayed where it is; 0 if it is so now; NaN without the variance
        of a score.
    """

    top: int
    group: int
    members: Integers
    is_in: Flags
    line: float
    p_in: Floats
    uncertain: Flags
    uncertain_jointly: Flags
    expected_wrong: float
    true_line: float
    distance: Floats
    sd: Floats
    needed: Floats


def cut_lines(
    joint: JointNormal,
    ranks: RankDistribution,
    *,
    group: Integers | None = None,
    confidence: RankConfidence | None = None,
    score_variance: float = float("nan"),
) -> tuple[CutLine, ...]:
    """One line for each top k of the rank distribution and each group.

    Parameters
    ----------
    joint : JointNormal
    ranks : RankDistribution
        Of the same entries, with the wanted k as its `tops`.
    group : int array, shape (n,), optional
        As the ranks were drawn.
    confidence : RankConfidence, optional
    score_variance : float
        Variance of one further score of one entry in points squared, the judge's
        severity taken out (the residual variance).

    Returns
    -------
    tuple of CutLine
        Group by group, in each the tops in the given order.

    Notes
    -----
    A score's standard deviation here is that of ``t_i - mean of the group``, since
    what all entries share moves no rank. With n further scores of variance s2 the
    variance v falls to ``1 / (1/v + n/s2)``; `needed` solves
    ``|m_i - line| = z sqrt(that)`` for n, rounded up. O(n log n + n k).

    Examples
    --------
    >>> from competition.scoring.uncertainty.ranks import draw_ranks
    >>> joint = JointNormal(np.array([9.0, 7.2, 7.0, 4.0]), np.full(4, 0.2), np.zeros((4, 1)))
    >>> ranks = draw_ranks(joint, draws=4_000, seed=1, tops=(2,))
    >>> (line,) = cut_lines(joint, ranks, score_variance=0.6)
    >>> line.line, line.uncertain.tolist()
    (7.1, [False, True, True, False])
    >>> line.needed
    array([  0., 227., 227.,   0.])
    """
    there = np.isfinite(joint.mean)
    label = np.where(there, 0, -1) if group is None else np.where(there, group, -1)
    rank = rank_within(np.where(label >= 0, joint.mean, np.nan), label, noise_level(joint.mean))
    lines = []
    for one in np.unique(label[label >= 0]).tolist():
        where = np.flatnonzero(label == one)
        members = where[np.lexsort((where, rank[where]))]
        sd = contrast_sd(joint, members)
        for column, top in enumerate(ranks.tops):
            is_in = rank[members] <= top
            mean, chance = joint.mean[members], ranks.p_top[members, column]
            line = _midway(mean, is_in)
            tail = (1 - ranks.level) / 2
            jointly = np.zeros(members.size, dtype=bool)
            if confidence is not None:
                jointly = (confidence.low[members] <= top) & (confidence.high[members] > top)
            true_line, distance = _true_line(mean, sd, top)
            lines.append(
                CutLine(
                    top=top,
                    group=one,
                    members=members,
                    is_in=is_in,
                    line=line,
                    p_in=chance,
                    uncertain=(chance > tail) & (chance < 1 - tail),
                    uncertain_jointly=jointly,
                    expected_wrong=float(np.where(is_in, 1 - chance, chance).sum()),
                    true_line=true_line,
                    distance=distance,
                    sd=sd,
                    needed=_needed(mean - line, sd, score_variance, ranks.level),
                )
            )
    return tuple(lines)


def contrast_sd(joint: JointNormal, members: Integers) -> Floats:
    """Standard deviation of each member's score less the mean of all members, shape (n_members,).

    Examples
    --------
    >>> joint = JointNormal(np.zeros(2), np.ones(2), np.full((2, 1), 5.0))
    >>> contrast_sd(joint, np.arange(2)) ** 2
    array([0.5, 0.5])
    """
    own, shared = joint.own_variance[members], joint.shared[members]
    apart = shared - shared.mean(axis=0)
    variance: Floats = own * (1 - 2 / own.size) + own.sum() / own.size**2
    variance += np.einsum("ij,ij->i", apart, apart)
    return np.sqrt(np.maximum(variance, 0))


def _midway(mean: Floats, is_in: Flags) -> float:
    if is_in.all():
        return float("-inf")
    return (float(mean[is_in].min()) + float(mean[~is_in].max())) / 2


def _true_line(mean: Floats, sd: Floats, top: int) -> tuple[float, Floats]:
    """Level above which `top` true scores are expected, and every score's distance from it."""
    from scipy.special import ndtr

    def distance(level: float) -> Floats:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(mean == level, 0.0, (mean - level) / sd)

    if top >= mean.size:
        return float("-inf"), np.full(mean.size, np.inf)
    low, high = float(np.min(mean - 9 * sd)), float(np.max(mean + 9 * sd))
    for _ in range(60):
        middle = (low + high) / 2
        above = float(np.sum(ndtr(distance(middle))))
        low, high = (middle, high) if above > top else (low, middle)
    return middle, distance(middle)


def _needed(distance: Floats, sd: Floats, score_variance: float, level: float) -> Floats:
    from scipy.special import ndtri

    if not np.isfinite(score_variance):
        return np.full(distance.size, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        goal = (ndtri((1 + level) / 2) / np.abs(distance)) ** 2
        count = np.ceil(score_variance * (goal - 1 / sd**2) - 1e-9)
    count[sd == 0] = 0
    return np.asarray(np.maximum(count, 0) + 0.0)


@dataclass(frozen=True, eq=False)
class FurtherScores:
    """Where further scores were put, and what they are expected to bring.

    Attributes
    ----------
    order : int array, shape (n_given,)
        Entry of each further score, the most useful first.
    count : int array, shape (n_members,)
        Further scores of each member of the line.
    expected_wrong : float array, shape (n_given + 1,)
        Expected number of entries whose best guess is on the wrong side of the
        line before any further score, and after each.
    """

    order: Integers
    count: Integers
    expected_wrong: Floats


def further_scores(line: CutLine, score_variance: float, budget: int) -> FurtherScores:
    """Give further scores one by one to where they help most.

    Parameters
    ----------
    line : CutLine
    score_variance : float
        As in `cut_lines`; above 0.
    budget : int
        Scores to give at most; fewer are given when no entry gains anything.

    Returns
    -------
    FurtherScores

    Notes
    -----
    With the line held at `true_line`, the best guess of the side of an entry at d
    standard deviations from it is wrong with probability Phi(-|d|). After n further
    scores that decide anew, the expected probability is
    ``2 T(d, sqrt(s2 / (n v)))`` with T Owen's function: the chance that a normal
    score of variance v and its posterior mean lie on two sides of the line.

    The next score goes where the fall per score is largest, looking ahead, since
    the first score may bring little and the third much. Judges' severities count
    as known. O(budget^2 n_members).

    Source: Owen 1956, Annals of Mathematical Statistics 27:1075 (T); Raiffa and
    Schlaifer 1961, Applied Statistical Decision Theory, chapter 5 (preposterior).

    Examples
    --------
    >>> from competition.scoring.uncertainty.ranks import draw_ranks
    >>> joint = JointNormal(np.array([9.0, 7.2, 7.0, 4.0]), np.full(4, 0.2), np.zeros((4, 1)))
    >>> (line,) = cut_lines(joint, draw_ranks(joint, draws=4_000, seed=1, tops=(2,)))
    >>> given = further_scores(line, 0.6, budget=4)
    >>> given.count, np.round(given.expected_wrong[[0, -1]], 2)
    (array([0, 2, 2, 0]), array([0.8 , 0.58]))
    """
    wrong = _expected_wrong(line, score_variance, budget)
    gain = _hull_gains(wrong)
    flat = np.argsort(-gain, axis=None, kind="stable")[:budget]
    flat = flat[gain.ravel()[flat] > 1e-12]
    member = flat // max(1, budget)
    falls = gain.ravel()[flat]
    return FurtherScores(
        line.members[member],
        np.bincount(member, minlength=line.members.size),
        float(wrong[:, 0].sum()) - np.r_[0, np.cumsum(falls)],
    )


def _expected_wrong(line: CutLine, score_variance: float, budget: int) -> Floats:
    """Chance of the wrong side after 0 to `budget` scores, shape (n_members, budget + 1)."""
    from scipy.special import ndtr, owens_t

    distance = np.where(np.isfinite(line.distance), np.abs(line.distance), np.inf)
    wrong = np.empty((distance.size, budget + 1))
    wrong[:, 0] = ndtr(-distance)
    number = np.arange(1, budget + 1)
    variance = np.maximum(line.sd[:, None] ** 2, 1e-300)
    wrong[:, 1:] = 2 * owens_t(distance[:, None], np.sqrt(score_variance / (number * variance)))
    return wrong


def _hull_gains(wrong: Floats) -> Floats:
    """Falls of the lower convex hull of each line, which never grow, shape (n, budget).

    Sorting all of them gives the best order, with an entry's later scores never before
    its earlier ones.
    """
    gains = np.zeros((wrong.shape[0], wrong.shape[1] - 1))
    for row, line in enumerate(wrong):
        corner = 0
        while corner < line.size - 1:
            slope = (line[corner] - line[corner + 1 :]) / np.arange(1, line.size - corner)
            ahead = int(np.argmax(slope)) + 1
            gains[row, corner : corner + ahead] = max(float(slope[ahead - 1]), 0.0)
            corner += ahead
    return gains
