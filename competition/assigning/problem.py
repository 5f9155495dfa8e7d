"""What is asked of an assignment, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pair = tuple[int, int]
"""Entry id and judge id."""


@dataclass(frozen=True)
class Problem:
    """Entries, judges, and which of them may meet.

    Attributes
    ----------
    entries, judges : tuple of int
        Ids, each once, in any order: the order changes nothing.
    allowed : ndarray of bool, shape (n_entries, n_judges)
        False for a conflict, a recusal or another track.
    per_entry : int
        Distinct judges that every entry shall have.
    max_load : tuple of int, length n_judges
        Entries that a judge takes at most, those of `locked` and `already` included.
    locked : frozenset of (entry id, judge id)
        Pairs set by hand; they stay, whatever `allowed` and `max_load` say.
    already : frozenset of (entry id, judge id)
        Pairs where work has begun; they stay as well.
    """

    entries: tuple[int, ...]
    judges: tuple[int, ...]
    allowed: NDArray[np.bool_]
    per_entry: int
    max_load: tuple[int, ...]
    locked: frozenset[Pair] = frozenset()
    already: frozenset[Pair] = frozenset()

    def __post_init__(self) -> None:
        shape = (len(self.entries), len(self.judges))
        if self.allowed.shape != shape or len(self.max_load) != shape[1]:
            raise ValueError(f"allowed and max_load do not fit {shape[0]} x {shape[1]}")
        if len(set(self.entries)) != shape[0] or len(set(self.judges)) != shape[1]:
            raise ValueError("an id occurs twice")
        if self.per_entry < 1:
            raise ValueError("per_entry is at least 1")
        strangers = [
            pair
            for pair in self.locked | self.already
            if pair[0] not in set(self.entries) or pair[1] not in set(self.judges)
        ]
        if strangers:
            raise ValueError(f"kept pairs of unknown entries or judges: {sorted(strangers)}")

    @property
    def kept(self) -> frozenset[Pair]:
        return self.locked | self.already


@dataclass(frozen=True)
class Plan:
    """Every entry has its judges.

    Attributes
    ----------
    pairs : tuple of (entry id, judge id)
        Sorted; those that were kept included.
    """

    pairs: tuple[Pair, ...]


@dataclass(frozen=True)
class Bottleneck:
    """Entries that only certain judges may take, who have too little room for them.

    Attributes
    ----------
    entries, judges : tuple of int
        Sorted ids. No other judge may take any of these entries.
    needed : int
        Places of these entries that are still to be filled.
    room : int
        Entries that these judges can still take; an entry counts once for each of them.
    """

    entries: tuple[int, ...]
    judges: tuple[int, ...]
    needed: int
    room: int

    @property
    def short(self) -> int:
        return self.needed - self.room


@dataclass(frozen=True)
class Infeasible:
    """Not every place can be filled.

    Attributes
    ----------
    pairs : tuple of (entry id, judge id)
        As many places as can be filled at all, sorted.
    missing : tuple of (entry id, int)
        Entries with open places and how many; others could be left open in their stead.
    bottlenecks : tuple of Bottleneck
        Why: together their `short` is the number of open places.
    """

    pairs: tuple[Pair, ...]
    missing: tuple[tuple[int, int], ...]
    bottlenecks: tuple[Bottleneck, ...]
