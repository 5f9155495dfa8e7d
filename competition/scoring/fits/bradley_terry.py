"""Bradley-Terry strengths from paired comparisons, and comparisons from judges' scores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers, group_sums
from competition.scoring.errors import TooManyComparisons
from competition.scoring.fits.strengths import (
    Expansion,
    StrengthFit,
    compared_entries,
    maximise_strengths,
    require_strong_connection,
)
from competition.scoring.ranking import noise_level
from competition.scoring.totals import Scores

MOST_COMPARISONS = 20_000_000
"""Pairs that judges' scores may make; beyond this memory runs out first."""


@dataclass(frozen=True, eq=False)
class Comparisons:
    """Wins of one entry over another.

    Attributes
    ----------
    winner, loser : int array, shape (n_comparisons,)
    weight : float array, shape (n_comparisons,)
    n_entries : int
    """

    winner: Integers
    loser: Integers
    weight: Floats
    n_entries: int

    @classmethod
    def of(
        cls,
        first: Integers,
        second: Integers,
        n_entries: int,
        *,
        weight: Floats | None = None,
        tied: Flags | None = None,
    ) -> Comparisons:
        """Comparisons that `first` won, or that were tied: half a win each way.

        Examples
        --------
        >>> first, second = np.array([0, 1]), np.array([1, 2])
        >>> made = Comparisons.of(first, second, 3, tied=np.array([False, True]))
        >>> made.winner, made.loser, made.weight
        (array([0, 1, 2]), array([1, 2, 1]), array([1. , 0.5, 0.5]))
        """
        weight = np.ones(first.size) if weight is None else weight
        if tied is None or not tied.any():
            return cls(first, second, weight, n_entries)
        share = np.where(tied, weight / 2, weight)
        return cls(
            np.r_[first, second[tied]],
            np.r_[second, first[tied]],
            np.r_[share, share[tied]],
            n_entries,
        )


def comparisons_of(scores: Scores) -> Comparisons:
    """Every judge's scores as comparisons of the entries that the judge scored.

    Parameters
    ----------
    scores : Scores

    Returns
    -------
    Comparisons
        Of each two entries of one judge, the one with the higher score wins;
        equal scores are half a win each way. A pair has weight 2 / n_j, so that
        a judge of n_j entries weighs n_j - 1, as many comparisons as a ranking of
        them is free to make, and standard errors keep their meaning roughly.

    Raises
    ------
    TooManyComparisons

    Notes
    -----
    What a judge's severity or spread is plays no part, nor by how much a score
    is higher. Weights of scores are not used. O(sum of n_j^2).

    Examples
    --------
    >>> scores = Scores(np.zeros(3, int), np.arange(3), np.array([7.0, 5.0, 5.0]), None, 1, 3)
    >>> made = comparisons_of(scores)
    >>> made.winner, made.loser, np.round(3 * made.weight)
    (array([0, 0, 1, 2]), array([1, 2, 2, 1]), array([2., 2., 1., 1.]))
    """
    count = scores.per_judge
    pairs = int(np.sum(count * (count - 1) // 2))
    if pairs > MOST_COMPARISONS:
        raise TooManyComparisons(count=pairs, most=MOST_COMPARISONS)
    order = np.lexsort((scores.entry, -scores.value, scores.judge))
    judge = scores.judge[order]
    end = np.cumsum(count)[judge]
    place = np.arange(order.size)
    below = end - place - 1
    upper = np.repeat(place, below)
    lower = upper + 1 + np.arange(upper.size) - np.repeat(np.cumsum(below) - below, below)
    value, entry = scores.value[order], scores.entry[order]
    noise = noise_level(scores.value, scores.span)
    return Comparisons.of(
        entry[upper],
        entry[lower],
        scores.n_entries,
        weight=2.0 / count[judge[upper]],
        tied=value[upper] - value[lower] <= noise,
    )


def fit_bradley_terry(comparisons: Comparisons, *, penalty: float = 0.0) -> StrengthFit:
    """Fit strengths by maximum likelihood.

    Parameters
    ----------
    comparisons : Comparisons
    penalty : float
        0 = plain maximum likelihood. Else ``penalty / 2 * sum x_i^2`` is taken
        from the log likelihood, a normal prior of variance 1 / penalty: a finite
        answer also where one set won every comparison against another.

    Returns
    -------
    StrengthFit

    Raises
    ------
    NotEnoughData
        Fewer than two entries compared, or too many for the information matrix.
    Disconnected
        No finite maximum (Ford's condition); not with a penalty.
    NotConverged

    Notes
    -----
    Model: ``P(i beats j) = 1 / (1 + exp(x_j - x_i))``, sum x = 0. A tie counts as
    half a win each way, which leaves the score equations those of expected wins.
    Comparisons of weight 0 are left out. Newton's method: O(n + I^3) an
    iteration, about 6 iterations.

    Source: Bradley and Terry 1952, Biometrika 39:324; Hunter 2004, Annals of
    Statistics 32:384 (existence, ties).

    Examples
    --------
    >>> wins = Comparisons.of(np.array([0, 0, 0, 1]), np.array([1, 1, 1, 0]), 2)
    >>> fit = fit_bradley_terry(wins)
    >>> bool(np.isclose(fit.strength[0] - fit.strength[1], np.log(3)))
    True
    """
    counts = (comparisons.weight > 0) & (comparisons.winner != comparisons.loser)
    weight = comparisons.weight[counts]
    members, winner, loser = compared_entries(comparisons.winner[counts], comparisons.loser[counts])
    if not penalty:
        require_strong_connection(winner, loser, members)
    table = _Table.of(winner, loser, weight, members.size)
    wins = group_sums(winner, weight, members.size)
    losses = group_sums(loser, weight, members.size)
    start = np.log((wins + 0.5) / (losses + 0.5))
    return maximise_strengths(table.expand, start, members, comparisons.n_entries, penalty)


@dataclass(frozen=True, eq=False)
class _Table:
    """Wins either way of every pair that met, lower number first."""

    low: Integers
    high: Integers
    wins: Floats
    losses: Floats
    size: int

    @classmethod
    def of(cls, winner: Integers, loser: Integers, weight: Floats, size: int) -> _Table:
        low, high = np.minimum(winner, loser), np.maximum(winner, loser)
        code = low * size + high
        if size * size <= 4 * code.size + 1_000_000:
            pair, place, cells = None, code, size * size
        else:
            pair, place = np.unique(code, return_inverse=True)
            cells = pair.size
        total = group_sums(place, weight, cells)
        won = group_sums(place, weight * (winner == low), cells)
        if pair is None:
            pair = np.flatnonzero(total)
            total, won = total[pair], won[pair]
        return cls(pair // size, pair % size, won, total - won, size)

    def expand(self, strength: Floats) -> Expansion:
        lead = strength[self.low] - strength[self.high]
        surprise = np.log1p(np.exp(-np.abs(lead)))
        # log P(low wins) = min(lead, 0) - surprise, and the other way round.
        value = self.wins @ (np.minimum(lead, 0) - surprise)
        value += self.losses @ (np.minimum(-lead, 0) - surprise)
        chance = np.exp(np.minimum(lead, 0) - surprise)
        met = self.wins + self.losses
        amount = met * chance * (1 - chance)
        diagonal = group_sums(self.low, amount, self.size) + group_sums(
            self.high, amount, self.size
        )

        def dense() -> Floats:
            information = np.zeros((self.size, self.size))
            information[self.low, self.high] = -amount
            information += information.T
            information.flat[:: self.size + 1] = diagonal
            return information

        return Expansion(
            float(value),
            self._net(self.wins - met * chance),
            diagonal,
            lambda vector: self._net(amount * (vector[self.low] - vector[self.high])),
            dense,
        )

    def _net(self, flow: Floats) -> Floats:
        """What flows into each entry, less what flows out of it."""
        return group_sums(self.low, flow, self.size) - group_sums(self.high, flow, self.size)
