"""Places to fill as a flow: an open place is never given up before every chain is tried."""

from __future__ import annotations

import hashlib
from collections import deque

import numpy as np
from numpy.typing import NDArray

from competition.assigning.problem import Bottleneck, Problem

BoolMatrix = NDArray[np.bool_]
IntVector = NDArray[np.int64]


def seeded_order(ids: tuple[int, ...], seed: int, salt: str) -> list[int]:
    """Positions of `ids` in an order that depends on seed and ids, not on their places."""

    def mark(position: int) -> bytes:
        return hashlib.sha256(f"{seed}/{salt}/{ids[position]}".encode()).digest()

    return sorted(range(len(ids)), key=mark)


class Network:
    """Who has whom, as a matrix that grows and is rearranged along chains of exchanges.

    Rows are entries and columns judges, both in seeded order, so that the caller's order has
    no influence on anything.
    """

    def __init__(self, problem: Problem, seed: int) -> None:
        rows = seeded_order(problem.entries, seed, "entry")
        columns = seeded_order(problem.judges, seed, "judge")
        self.entries = tuple(problem.entries[i] for i in rows)
        self.judges = tuple(problem.judges[j] for j in columns)
        self.allowed: BoolMatrix = problem.allowed[np.ix_(rows, columns)].copy()
        self.fixed: BoolMatrix = np.zeros_like(self.allowed)
        row_of = {entry: row for row, entry in enumerate(self.entries)}
        column_of = {judge: column for column, judge in enumerate(self.judges)}
        for entry, judge in problem.kept:
            self.fixed[row_of[entry], column_of[judge]] = True
        self.has: BoolMatrix = self.fixed.copy()
        self.load: IntVector = self.has.sum(axis=0)
        limits = np.array([problem.max_load[j] for j in columns], dtype=np.int64)
        self.limit: IntVector = np.maximum(limits, self.load)  # what is kept, is kept
        self.need: IntVector = np.maximum(problem.per_entry - self.has.sum(axis=1), 0)

    def put(self, entry: int, judge: int) -> None:
        self.has[entry, judge] = True
        self.load[judge] += 1

    def take(self, entry: int, judge: int) -> None:
        self.has[entry, judge] = False
        self.load[judge] -= 1

    def exchange(self, first: tuple[int, int], second: tuple[int, int]) -> None:
        """Let two entries swap one judge each; nobody's load changes."""
        (e, a), (f, b) = first, second
        self.has[e, a] = self.has[f, b] = False
        self.has[e, b] = self.has[f, a] = True

    def can_exchange(self, first: tuple[int, int], second: tuple[int, int]) -> bool:
        (e, a), (f, b) = first, second
        return bool(
            not self.has[e, b]
            and not self.has[f, a]
            and self.allowed[e, b]
            and self.allowed[f, a]
            and not self.fixed[e, a]
            and not self.fixed[f, b]
        )

    def fill(self, entry: int) -> bool:
        """Give the entry one judge more, moving others along a shortest chain if need be."""
        came = self._search(self.allowed[entry] & ~self.has[entry])
        room = [j for j in came if self.load[j] < self.limit[j]]
        if not room:
            return False
        # `came` is in breadth-first order: the first with room ends a shortest chain
        last = room[0]
        self._move_along(came, last)
        first = self._start(came, last)
        self.put(entry, first)
        self.need[entry] -= 1
        return True

    def level(self, judge: int) -> bool:
        """Hand one of the judge's entries down to somebody with at least two fewer."""
        target = self.load[judge] - 2
        start = np.zeros(len(self.judges), dtype=bool)
        start[judge] = True
        came = self._search(start)
        best = min(came, key=lambda j: int(self.load[j]))  # the nearest of the least loaded
        if self.load[best] > target or self.load[best] >= self.limit[best]:
            able = [j for j in came if self.load[j] <= target and self.load[j] < self.limit[j]]
            if not able:
                return False
            best = min(able, key=lambda j: int(self.load[j]))
        self._move_along(came, best)
        return True

    def _search(self, start: NDArray[np.bool_]) -> dict[int, tuple[int, int] | None]:
        """Judges within reach: each with the entry that comes to it, and from whom."""
        came: dict[int, tuple[int, int] | None] = {int(j): None for j in np.flatnonzero(start)}
        unseen = ~start
        waiting = deque(came)
        movable = self.has & ~self.fixed
        while waiting and unseen.any():
            judge = waiting.popleft()
            for entry in np.flatnonzero(movable[:, judge]):
                reached = self.allowed[entry] & ~self.has[entry] & unseen
                for other in np.flatnonzero(reached):
                    came[int(other)] = (int(entry), judge)
                    waiting.append(int(other))
                unseen &= ~reached
        return came

    def _move_along(self, came: dict[int, tuple[int, int] | None], last: int) -> None:
        judge = last
        while (step := came[judge]) is not None:
            entry, giver = step
            self.take(entry, giver)
            self.put(entry, judge)
            judge = giver

    @staticmethod
    def _start(came: dict[int, tuple[int, int] | None], last: int) -> int:
        judge = last
        while (step := came[judge]) is not None:
            judge = step[1]
        return judge

    def bottlenecks(self) -> tuple[Bottleneck, ...]:
        """After filling: the entries and judges that block each other, in separate groups."""
        groups: list[tuple[set[int], set[int]]] = []
        for entry in np.flatnonzero(self.need):
            entries, judges = self._blocked(int(entry))
            apart = []
            for other_entries, other_judges in groups:
                if entries & other_entries or judges & other_judges:
                    entries |= other_entries
                    judges |= other_judges
                else:
                    apart.append((other_entries, other_judges))
            groups = [*apart, (entries, judges)]
        return tuple(self._bottleneck(sorted(e), sorted(j)) for e, j in groups)

    def _blocked(self, entry: int) -> tuple[set[int], set[int]]:
        """Everything that chains from an open place can reach, and so cannot help."""
        came = self._search(self.allowed[entry] & ~self.has[entry])
        judges = set(came)
        entries = {entry} | {step[0] for step in came.values() if step is not None}
        movable = self.has & ~self.fixed
        for judge in judges:
            entries |= {int(e) for e in np.flatnonzero(movable[:, judge])}
        return entries, judges

    def _bottleneck(self, entries: list[int], judges: list[int]) -> Bottleneck:
        """How much the entries need, and how much their judges can give them.

        A judge outside the group who may take one of its entries has it already: such a place
        counts as filled. Inside, a judge's room is limited by the load, and by the entries.
        """
        movable = self.has & ~self.fixed
        rows, columns = np.array(entries), np.array(judges, dtype=np.int64)
        open_places = int(self.need[rows].sum())
        inside = int(movable[np.ix_(rows, columns)].sum()) if judges else 0
        return Bottleneck(
            entries=tuple(sorted(self.entries[e] for e in entries)),
            judges=tuple(sorted(self.judges[j] for j in judges)),
            needed=open_places + inside,
            room=inside,
        )
