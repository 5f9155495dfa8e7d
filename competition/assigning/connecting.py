"""Parts of the graph joined by exchanging judges, the cheapest exchange first.

Entry e of one part with judge a, entry f of another with judge b: exchanged, the two parts become
one, unless both pairs were the only link between two pieces of their part (a bridge). The same
holds when e goes from a to a judge b of another part who has room.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.assigning.design import component_labels
from competition.assigning.neighbours import Room, able_beside
from competition.assigning.positions import Booleans, Integers, Positions


def connect(positions: Positions, start: Booleans, room: Room) -> Booleans:
    """The plan with as few parts as exchanges within the least affinity can make of it."""
    chosen = start.copy()
    labels, count = component_labels(chosen)
    while count > 1:
        better = _join(positions, chosen, room, labels, count)
        if better is None:
            break
        chosen = better
        labels, count = component_labels(chosen)
    return chosen


def _join(
    positions: Positions, chosen: Booleans, room: Room, labels: Integers, count: int
) -> Booleans | None:
    """One exchange further, from the smallest part that any can be made with."""
    entry, judge = np.nonzero(chosen)
    is_bridge = bridges(entry, judge, *chosen.shape)
    others = chosen[entry]
    others[np.arange(entry.size), judge] = False
    able = able_beside(positions, room.is_expert, entry, others, chosen[entry])
    pairs = _Pairs(entry, judge, is_bridge, able, room.movable[entry, judge])
    to_spare = float(positions.affinity[chosen].sum()) - room.least_affinity
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    for part in np.argsort(sizes, kind="stable"):
        inside = labels[entry] == part
        found = [
            _exchange(positions, pairs, inside),
            _move(positions, pairs, inside, chosen, room),
        ]
        price, after = min(found, key=lambda item: item[0])
        if price <= to_spare and after:
            new = chosen.copy()
            entries, left, came = np.array(after).T
            new[entries, left] = False
            new[entries, came] = True
            return new
    return None


@dataclass(frozen=True)
class _Pairs:
    """All pairs of a plan; `able` are the judges who could take a pair's place."""

    entry: Integers
    judge: Integers
    is_bridge: Booleans
    able: Booleans
    movable: Booleans


_Found = tuple[float, list[tuple[int, int, int]]]
"""The affinity that it costs, and (entry, judge who leaves, judge who comes)."""
_NONE: _Found = (np.inf, [])


def _exchange(positions: Positions, pairs: _Pairs, inside: Booleans) -> _Found:
    one = np.flatnonzero(inside & pairs.movable)
    two = np.flatnonzero(~inside & pairs.movable)
    if not one.size or not two.size:
        return _NONE
    can = pairs.able[np.ix_(one, pairs.judge[two])] & pairs.able[np.ix_(two, pairs.judge[one])].T
    can &= ~(pairs.is_bridge[one][:, None] & pairs.is_bridge[two])
    if not can.any():
        return _NONE
    fit = positions.affinity
    now = fit[pairs.entry, pairs.judge]
    price = now[one][:, None] + now[two]
    price = price - fit[np.ix_(pairs.entry[one], pairs.judge[two])]
    price -= fit[np.ix_(pairs.entry[two], pairs.judge[one])].T
    price[~can] = np.inf
    i, j = np.unravel_index(int(price.argmin()), price.shape)
    p, q = one[i], two[j]
    return float(price[i, j]), [
        (int(pairs.entry[p]), int(pairs.judge[p]), int(pairs.judge[q])),
        (int(pairs.entry[q]), int(pairs.judge[q]), int(pairs.judge[p])),
    ]


def _move(
    positions: Positions, pairs: _Pairs, inside: Booleans, chosen: Booleans, room: Room
) -> _Found:
    load = chosen.sum(axis=0)
    here = np.zeros(load.size, dtype=np.bool_)
    here[pairs.judge[inside]] = True
    free = ~pairs.is_bridge | (load[pairs.judge] == 1)
    free &= pairs.movable & (load > room.low)[pairs.judge]
    best = _NONE
    # from the part to a judge outside, and from outside to a judge of the part
    for leaving, welcome in ((inside, ~here & (load > 0)), (~inside, here)):
        rows = np.flatnonzero(leaving & free)
        can = pairs.able[rows] & welcome & (load < room.high)
        if not can.any():
            continue
        fit = positions.affinity[pairs.entry[rows]]
        price = fit[np.arange(rows.size), pairs.judge[rows]][:, None] - fit
        price[~can] = np.inf
        i, b = np.unravel_index(int(price.argmin()), price.shape)
        if price[i, b] < best[0]:
            p = rows[i]
            move = (int(pairs.entry[p]), int(pairs.judge[p]), int(b))
            best = (float(price[i, b]), [move])
    return best


def bridges(entry: Integers, judge: Integers, n_entries: int, n_judges: int) -> Booleans:
    """Pairs without which their part of the graph would fall in two.

    Notes
    -----
    Tarjan, A note on finding the bridges of a graph (1974), without recursion.
    """
    neighbours: list[list[tuple[int, int]]] = [[] for _ in range(n_entries + n_judges)]
    for pair, (e, j) in enumerate(zip(entry.tolist(), judge.tolist(), strict=True)):
        neighbours[e].append((n_entries + j, pair))
        neighbours[n_entries + j].append((e, pair))
    seen = [-1] * len(neighbours)
    lowest = [0] * len(neighbours)
    found = np.zeros(entry.size, dtype=np.bool_)
    clock = 0
    for root in range(len(neighbours)):
        if seen[root] >= 0:
            continue
        seen[root] = lowest[root] = clock
        clock += 1
        path = [(root, -1, iter(neighbours[root]))]
        while path:
            node, came_by, waiting = path[-1]
            step = next(waiting, None)
            if step is None:
                path.pop()
                if path:
                    parent = path[-1][0]
                    lowest[parent] = min(lowest[parent], lowest[node])
                    found[came_by] = lowest[node] > seen[parent]
                continue
            other, pair = step
            if pair == came_by:
                continue
            if seen[other] >= 0:
                lowest[node] = min(lowest[node], seen[other])
                continue
            seen[other] = lowest[other] = clock
            clock += 1
            path.append((other, pair, iter(neighbours[other])))
    return found
