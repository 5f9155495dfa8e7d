"""Which entries can be compared: connected components of judges and entries."""

from __future__ import annotations

import numpy as np

from competition.scoring.arrays import Flags, Integers

_STEPS = 6
"""Steps of the search before the general way is cheaper."""

_SAMPLE = 100_000
"""Scores that are looked at before all of them."""


def components(
    judge: Integers, entry: Integers, n_judges: int, n_entries: int
) -> tuple[Integers, Integers, int]:
    """Connected components of the graph that joins each judge with the entries judged.

    Parameters
    ----------
    judge, entry : int array, shape (n_scores,)
    n_judges, n_entries : int

    Returns
    -------
    of_judge : int array, shape (n_judges,)
    of_entry : int array, shape (n_entries,)
        Component, numbered from 0 by its first entry; -1 = no score at all.
    count : int
        Number of components that have scores.

    Notes
    -----
    Most ratings are one component, which a search from one score in breadth finds
    in a few passes. Otherwise hooking and pointer jumping (Shiloach and Vishkin
    1982): every pass at least halves the roots that still have a neighbour, so
    O(n log n).

    Examples
    --------
    >>> components(np.array([0, 0, 1]), np.array([0, 1, 2]), 2, 3)
    (array([0, 1]), array([0, 0, 1]), 2)
    """
    judged = np.zeros(n_entries, dtype=bool)
    judged[entry] = True
    active = np.zeros(n_judges, dtype=bool)
    active[judge] = True
    if _is_one(judge, entry, judged, active):
        return np.where(active, 0, -1), np.where(judged, 0, -1), 1
    root = np.arange(n_entries + n_judges)
    left, right = entry, judge + n_entries
    while left.size:
        np.minimum.at(root, np.maximum(left, right), np.minimum(left, right))
        while True:
            above = root[root]
            if np.array_equal(above, root):
                break
            root = above
        left, right = root[left], root[right]
        apart = left != right
        left, right = left[apart], right[apart]
    roots = np.unique(root[:n_entries][judged])
    number = np.full(root.size, -1)
    number[roots] = np.arange(roots.size)
    of_entry = np.where(judged, number[root[:n_entries]], -1)
    of_judge = np.where(active, number[root[n_entries:]], -1)
    return of_judge, of_entry, int(roots.size)


def _is_one(judge: Integers, entry: Integers, judged: Flags, active: Flags) -> bool:
    """Whether a few steps from the first judge reach everybody; False = not known."""
    if not judge.size:
        return False
    reached = np.zeros_like(active)
    reached[judge[0]] = True
    for _ in range(_STEPS):
        before = np.count_nonzero(reached)
        entries = np.zeros_like(judged)
        entries[entry[np.flatnonzero(reached.take(judge))]] = True
        # A sample is enough if it reaches every judge: then every entry is reached, too.
        for some in (slice(0, _SAMPLE), slice(None)):
            reached[judge[some][entries.take(entry[some])]] = True
            if np.array_equal(reached, active):
                return True
        if np.count_nonzero(reached) == before:
            return False
    return False
