"""Who goes through at the lines that a rule book draws through the ranking."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Flags, Floats, Integers
from competition.scoring.ranking import UNRANKED, rank_within
from competition.scoring.rulebook import Line


@dataclass(frozen=True)
class DrawnLine:
    """One line drawn through one ranking.

    Attributes
    ----------
    name : str
    seats : int
        Seats that the rule gives, before ties and the minimum score.
    through : tuple of hashable
        Entries that go through, best first.
    at_line : tuple of hashable
        Entries of one score that stand on both sides of the last seat; empty
        when the line falls between two scores.
    tie : {"expand", "shrink", "tie_break"}
        What was done with them.
    below_minimum : tuple of hashable
        Entries that had a seat and miss the minimum score.
    """

    name: str
    seats: int
    through: tuple[Hashable, ...]
    at_line: tuple[Hashable, ...]
    tie: str
    below_minimum: tuple[Hashable, ...]


def cut(
    line: Line, score: Floats, rank: Integers, tie: float, entries: tuple[Hashable, ...]
) -> DrawnLine:
    """Draw one line.

    Parameters
    ----------
    line : Line
    score : float array, shape (n_entries,)
        Official scores; NaN = unscored, which never goes through.
    rank : int array, shape (n_entries,)
        After the tie chain.
    tie : float
        Scores that differ by no more are equal.
    entries : tuple of hashable, shape (n_entries,)

    Returns
    -------
    DrawnLine

    Examples
    --------
    >>> score = np.array([9.0, 8.0, 8.0, 7.0])
    >>> rank = np.array([1, 2, 2, 4])
    >>> found = cut(Line("final", top=2), score, rank, 0.0, ("A", "B", "C", "D"))
    >>> found.through, found.at_line
    (('A', 'B', 'C'), ('B', 'C'))
    >>> cut(Line("final", top=2, tie="shrink"), score, rank, 0.0, ("A", "B", "C", "D")).through
    ('A',)
    """
    scored = rank != UNRANKED
    seats = line.seats(int(scored.sum()))
    by_score = rank_within(score, np.zeros_like(rank), tie)
    at_line = _at_line(by_score, seats)
    through = scored & (by_score <= seats)
    if at_line.any():
        if line.tie == "shrink":
            through &= ~at_line
        elif line.tie == "tie_break":
            through &= rank <= seats
    too_low = np.zeros_like(scored)
    if line.minimum is not None:
        too_low = through & (score < line.minimum - tie)
    order = np.lexsort((np.arange(rank.size), rank))

    def named(mask: Flags) -> tuple[Hashable, ...]:
        return tuple(entries[i] for i in order.tolist() if mask[i])

    return DrawnLine(
        name=line.name,
        seats=seats,
        through=named(through & ~too_low),
        at_line=named(at_line),
        tie=line.tie,
        below_minimum=named(too_low),
    )


def _at_line(by_score: Integers, seats: int) -> Flags:
    """The entries of one score that the last seat divides."""
    inside = by_score[(by_score != UNRANKED) & (by_score <= seats)]
    if not inside.size:
        return np.zeros(by_score.size, dtype=bool)
    last = int(inside.max())
    same = by_score == last
    if last + int(same.sum()) - 1 <= seats:
        return np.zeros(by_score.size, dtype=bool)
    return np.asarray(same)
