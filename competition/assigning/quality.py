"""How good an assignment is before anyone begins to review: loads, open places, connection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Quality:
    """The figures of one assignment.

    Attributes
    ----------
    places : int
        Pairs of entry and judge.
    load_low, load_high : int
        Fewest and most entries of one judge; 0 without judges.
    components : int
        Parts of the graph of judges and entries; entries in different parts cannot be compared
        after severity is taken out. 1 is what one wants; 0 without pairs.
    """

    places: int
    load_low: int
    load_high: int
    components: int


def quality(pairs: Iterable[tuple[int, int]], judges: Iterable[int]) -> Quality:
    """Measure pairs of (entry id, judge id) over all `judges`, also those without an entry.

    >>> quality([(1, 7), (1, 8), (2, 9)], [7, 8, 9])
    Quality(places=3, load_low=1, load_high=1, components=2)
    """
    load = dict.fromkeys(judges, 0)
    listed = list(pairs)
    for _entry, judge in listed:
        load[judge] = load.get(judge, 0) + 1
    values = load.values() or [0]
    return Quality(len(listed), min(values, default=0), max(values, default=0), components(listed))


def components(pairs: Iterable[tuple[int, int]]) -> int:
    """The number of connected parts of the graph of entries and judges.

    >>> components([(1, 7), (1, 8), (2, 8)])
    1
    """
    parent: dict[tuple[str, int], tuple[str, int]] = {}

    def root(node: tuple[str, int]) -> tuple[str, int]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for entry, judge in pairs:
        parent[root(("entry", entry))] = root(("judge", judge))
    return sum(1 for node in parent if parent[node] == node)
