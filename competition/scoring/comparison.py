"""The same ratings under several methods: whose rank changes, and who crosses a cut line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from competition.scoring.arrays import Floats, Integers
from competition.scoring.ranking import UNRANKED


@dataclass(frozen=True, eq=False)
class Crossing:
    """Who is within the top k under one method and not under another.

    Attributes
    ----------
    first, second : str
        Names of the methods.
    top : int
    group : int
    only_first : int array
        Entries in by the first and out by the second, best by the first first.
    only_second : int array
        The other way round, best by the second first.
    """

    first: str
    second: str
    top: int
    group: int
    only_first: Integers
    only_second: Integers


@dataclass(frozen=True, eq=False)
class Comparison:
    """How several rankings of the same entries differ.

    Attributes
    ----------
    names : tuple of str, shape (n_methods,)
    rank : int array, shape (n_methods, n_entries)
        0 = unranked.
    change : int array, shape (n_methods, n_entries)
        Places gained against the first method, positive = better under this one;
        0 where either has no rank.
    largest : int array, shape (n_methods,)
        Most places gained or lost by any entry.
    moved : int array, shape (n_methods,)
        Entries whose rank is another than under the first method.
    tau : float array, shape (n_methods, n_methods)
        Kendall's tau-b between the methods, over pairs of the same group that both
        rank; NaN where there is no such pair or a method ties them all.
    crossings : tuple of Crossing
        For each two methods, top and group where somebody crosses.
    """

    names: tuple[str, ...]
    rank: Integers
    change: Integers
    largest: Integers
    moved: Integers
    tau: Floats
    crossings: tuple[Crossing, ...]


def compare(
    rankings: Mapping[str, Integers],
    *,
    tops: Sequence[int] = (),
    group: Integers | None = None,
) -> Comparison:
    """Compare rankings of the same entries, the first being the yardstick.

    Parameters
    ----------
    rankings : mapping of name to int array, shape (n_entries,)
        Competition ranks, 1 = best, 0 = unranked; within the group.
    tops : sequence of int
        The k of the cut lines; ties at a line are all in.
    group : int array, shape (n_entries,), optional
        Track or component that the ranks are within.

    Returns
    -------
    Comparison

    Notes
    -----
    ``tau_b = (C - D) / sqrt((P - T_1)(P - T_2))`` with C and D the concordant and
    discordant pairs, P all pairs and T those tied by a method. O(m^2 n log n)
    for m methods.

    Source: Kendall 1945, Biometrika 33:239 (tau-b); Knight 1966, Journal of the
    American Statistical Association 61:436 (in n log n).

    Examples
    --------
    >>> mean, additive = np.array([1, 2, 3, 4]), np.array([1, 3, 2, 4])
    >>> found = compare({"mean": mean, "additive": additive}, tops=(2,))
    >>> found.change[1], round(float(found.tau[0, 1]), 3)
    (array([ 0, -1,  1,  0]), 0.667)
    >>> found.crossings[0].only_first, found.crossings[0].only_second
    (array([1]), array([2]))
    """
    names = tuple(rankings)
    rank = np.array([rankings[name] for name in names], dtype=np.int64)
    rank = rank.reshape(len(names), -1)
    group = np.zeros(rank.shape[1], dtype=np.int64) if group is None else group
    both = (rank > UNRANKED) & (rank[:1] > UNRANKED)
    change = np.where(both, rank[:1] - rank, 0)
    tau = np.full((len(names), len(names)), np.nan)
    crossings = []
    for a in range(len(names)):
        tau[a, a] = kendall_tau(rank[a], rank[a], group)
        for b in range(a + 1, len(names)):
            tau[a, b] = tau[b, a] = kendall_tau(rank[a], rank[b], group)
            crossings += _crossings(names[a], names[b], rank[a], rank[b], tops, group)
    return Comparison(
        names,
        rank,
        change,
        np.abs(change).max(axis=1, initial=0),
        np.count_nonzero(change, axis=1),
        tau,
        tuple(crossings),
    )


def _crossings(
    first: str,
    second: str,
    a: Integers,
    b: Integers,
    tops: Sequence[int],
    group: Integers,
) -> list[Crossing]:
    found = []
    for one in np.unique(group).tolist():
        for top in tops:
            here = group == one
            in_a = here & (a > UNRANKED) & (a <= top)
            in_b = here & (b > UNRANKED) & (b <= top)
            only_a, only_b = np.flatnonzero(in_a & ~in_b), np.flatnonzero(in_b & ~in_a)
            if only_a.size or only_b.size:
                only_a = only_a[np.argsort(a[only_a], kind="stable")]
                only_b = only_b[np.argsort(b[only_b], kind="stable")]
                found.append(Crossing(first, second, top, one, only_a, only_b))
    return found


def kendall_tau(first: Integers, second: Integers, group: Integers) -> float:
    """Kendall's tau-b over the pairs of the same group that both rank.

    Examples
    --------
    >>> first, second = np.array([1, 2, 2, 4]), np.array([1, 3, 2, 0])
    >>> round(kendall_tau(first, second, np.zeros(4, dtype=int)), 4)
    0.8165
    """
    there = (first > UNRANKED) & (second > UNRANKED)
    a, b, g = first[there], second[there], group[there]
    pairs = _tied(g)
    tied_a, tied_b, tied_both = _tied(g, a), _tied(g, b), _tied(g, a, b)
    if pairs in (tied_a, tied_b):
        return float("nan")
    order = np.lexsort((b, a, g))
    # Numbered by group first, so that no pair across groups is out of order.
    number = np.unique(np.stack([g[order], b[order]]), axis=1, return_inverse=True)[1]
    discordant = _inversions(np.asarray(number).ravel())
    concordant = pairs - tied_a - tied_b + tied_both - discordant
    scale = float(pairs - tied_a) * float(pairs - tied_b)
    return float(concordant - discordant) / float(np.sqrt(scale))


def _tied(*keys: Integers) -> int:
    """Pairs that agree on all keys."""
    if not keys[0].size:
        return 0
    count = np.unique(np.stack(keys), axis=1, return_counts=True)[1]
    return int(np.sum(count * (count - 1) // 2))


def _inversions(number: Integers) -> int:
    """Pairs with the larger number first: merge sort, all runs of a length at once."""
    size = 1 << max(0, int(number.size - 1).bit_length())
    filler = np.full(size - number.size, number.max(initial=0) + 1)
    runs = np.concatenate([number, filler]).astype(np.int64)
    span = int(runs.max(initial=0)) + 1
    total, width = 0, 1
    while width < size:
        pairs = runs.reshape(-1, 2, width)
        block = np.arange(pairs.shape[0])[:, None] * span
        left, right = (pairs[:, 0] + block).ravel(), (pairs[:, 1] + block).ravel()
        # For each on the right: how many of its own left run are larger.
        below = np.searchsorted(left, right, side="right")
        end = np.repeat((np.arange(pairs.shape[0]) + 1) * width, width)
        total += int(np.sum(end - below))
        runs = np.sort(runs.reshape(-1, 2 * width), axis=1).ravel()
        width *= 2
    return total
