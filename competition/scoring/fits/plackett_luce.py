"""Plackett-Luce strengths from ranking ballots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats, Integers, group_sums
from competition.scoring.fits.strengths import (
    Expansion,
    StrengthFit,
    compared_entries,
    maximise_strengths,
    require_strong_connection,
)

_AT_ONCE = 4_000_000


def fit_plackett_luce(
    ballot: Integers, entry: Integers, place: Floats, n_entries: int, *, penalty: float = 0.0
) -> StrengthFit:
    """Fit strengths to full or partial rankings by maximum likelihood.

    Parameters
    ----------
    ballot, entry : int array, shape (n_places,)
        Each ballot ranks the entries listed on it; the others it says nothing of.
    place : float array, shape (n_places,)
        Smaller = better; only the order within a ballot counts.
    n_entries : int
    penalty : float
        As in `fit_bradley_terry`.

    Returns
    -------
    StrengthFit

    Raises
    ------
    NotEnoughData, Disconnected, NotConverged
        As in `fit_bradley_terry`.

    Notes
    -----
    Model: the ballot is filled from the top, each next entry chosen among those
    left with probability ``exp(x_i) / sum exp(x_k)``; sum x = 0. Entries of equal
    place are chosen one by one from the whole group and what is below it
    (Breslow's form). Ballots of two are Bradley-Terry comparisons. Newton's
    method: O(sum n_b^2 + I^3) an iteration, n_b the length of a ballot.

    Source: Plackett 1975, Applied Statistics 24:193; Hunter 2004, Annals of
    Statistics 32:384, section 5; Breslow 1974, Biometrics 30:89 (ties).

    Examples
    --------
    >>> ballot, entry = np.repeat([0, 1, 2], 3), np.array([0, 1, 2, 1, 2, 0, 0, 2, 1])
    >>> fit = fit_plackett_luce(ballot, entry, np.tile([1.0, 2.0, 3.0], 3), 3)
    >>> np.argsort(-fit.strength)
    array([0, 1, 2])
    """
    order = np.lexsort((place, ballot))
    ballot, entry, place = ballot[order], entry[order], place[order]
    together = ballot[1:] == ballot[:-1]
    tied = together & (place[1:] == place[:-1])
    winner = np.r_[entry[:-1][together], entry[1:][tied]]
    loser = np.r_[entry[1:][together], entry[:-1][tied]]
    members, winner, loser = compared_entries(winner, loser)
    if not penalty:
        require_strong_connection(winner, loser, members)
    number = np.full(n_entries, -1)
    number[members] = np.arange(members.size)
    ballots = tuple(_ballots(np.unique(ballot, return_inverse=True)[1], number[entry], place))
    start = np.zeros(members.size)
    return maximise_strengths(
        lambda point: _expand(ballots, point), start, members, n_entries, penalty
    )


@dataclass(frozen=True, eq=False)
class _Ballots:
    """Ballots of the same length, best entry first.

    `first` and `last` are the ends of each place's group of equals.
    """

    entry: Integers
    first: Integers
    last: Integers


def _ballots(ballot: Integers, entry: Integers, place: Floats) -> Iterator[_Ballots]:
    size = np.bincount(ballot)
    start = np.cumsum(size) - size
    for length in np.unique(size[size > 1]).tolist():
        chosen = np.flatnonzero(size == length)
        at_once = max(1, _AT_ONCE // length**2)
        for k in range(0, chosen.size, at_once):
            where = start[chosen[k : k + at_once]][:, None] + np.arange(length)
            falls = place[where][:, 1:] > place[where][:, :-1]
            edge = np.ones((where.shape[0], 1), dtype=bool)
            position = np.broadcast_to(np.arange(length), where.shape)
            first = np.maximum.accumulate(np.where(np.hstack([edge, falls]), position, 0), axis=1)
            ends = np.where(np.hstack([falls, edge]), position, length)
            last = np.minimum.accumulate(ends[:, ::-1], axis=1)[:, ::-1]
            yield _Ballots(entry[where], first, last)


def _expand(ballots: tuple[_Ballots, ...], strength: Floats) -> Expansion:
    """One stage r chooses among those from `first[r]` on, with total odds D_r.

    The information is ``sum_r diag(p_r) - p_r p_r'``; with odds e, entries s and t
    share the stages up to the group of the better one, so the second part is
    ``e_s e_t sum_{r <= last(min(s, t))} 1 / D_r^2``.
    """
    size = strength.size
    value, gradient, information = 0.0, np.zeros(size), np.zeros(size * size)
    for part in ballots:
        mine = strength[part.entry]
        top = mine.max(axis=1, keepdims=True)
        odds = np.exp(mine - top)
        left = np.cumsum(odds[:, ::-1], axis=1)[:, ::-1]
        total = np.take_along_axis(left, part.first, axis=1)
        value += float(np.sum(mine - top - np.log(total)))
        reach = np.take_along_axis(np.cumsum(1 / total, axis=1), part.last, axis=1)
        square = np.take_along_axis(np.cumsum(1 / total**2, axis=1), part.last, axis=1)
        gradient += group_sums(part.entry.ravel(), (1 - odds * reach).ravel(), size)
        lower = np.arange(mine.shape[1])
        better = np.minimum(lower[:, None], lower)
        both = -odds[:, :, None] * odds[:, None, :] * square[:, better]
        both[:, lower, lower] += odds * reach
        code = part.entry[:, :, None] * size + part.entry[:, None, :]
        information += np.bincount(code.ravel(), both.ravel(), size * size)
    matrix = information.reshape(size, size)
    return Expansion(value, gradient, matrix.diagonal(), matrix.__matmul__, matrix.copy)
