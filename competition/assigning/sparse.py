"""Large problems over a good part of their pairs, with the proof that no other pair would help.

A flow over some pairs is the best over all of them exactly if there are prices of nodes
(potentials) under which no arc of the residual graph, and no pair that was left out, has a
negative reduced cost (linear programming duality). Pairs that fail are added, and the flow is
found anew, until none fails.
"""

from __future__ import annotations

import numpy as np

from competition.assigning.costs import Costs
from competition.assigning.model import Model, Prices, build
from competition.assigning.network import Network, cheapest_flow
from competition.assigning.positions import Booleans, Integers, Positions

LARGE = 1_500_000
"""Pairs from which on not all of them become arcs."""
SPARE_JUDGES, SPARE_ENTRIES = 16, 12
"""Pairs beyond the places of an entry, and beyond the upper limit of a judge, at the start."""
BLOCK = 256
"""Entries looked at together."""


def is_large(positions: Positions) -> bool:
    """Whether a part of the pairs should be tried first."""
    return positions.open.size >= LARGE and not positions.has_panel_rules


def best_of_many(positions: Positions, costs: Costs, solver: str | None) -> Booleans | None:
    """The best plan over all pairs; None if there is none."""
    useful = positions.open & (positions.demand > 0)[:, np.newaxis] & (positions.high > 0)
    tried, more = np.zeros_like(useful), 1
    while True:
        tried |= _promising(positions, useful, more)
        model, flow = _solved(positions, costs, tried, solver)
        if flow is not None or np.array_equal(tried, useful):
            break
        more *= 4
    while flow is not None:
        potential = _potentials(model.network, flow, len(positions.judges))
        failing = _failing(positions, costs, useful & ~tried, model, flow, potential)
        if not failing.any():
            return model.chosen(flow, positions.shape) | positions.fixed
        tried |= failing
        model, flow = _solved(positions, costs, tried, solver)
    return None


def _solved(
    positions: Positions, costs: Costs, pairs: Booleans, solver: str | None
) -> tuple[Model, Integers | None]:
    entry, judge = np.nonzero(pairs)
    prices = Prices(costs.of_pairs(entry, judge), costs.load_step)
    model = build(positions, entry, judge, prices)
    return model, cheapest_flow(model.network, solver)


def _promising(positions: Positions, useful: Booleans, more: int) -> Booleans:
    """For every entry and every judge the pairs of the largest affinity."""
    found = np.zeros_like(useful)
    n_entries, n_judges = useful.shape
    per_entry = min(int(positions.demand.max()) + max(1, SPARE_JUDGES) * more, n_judges)
    per_judge = min(int(positions.high.max()) + max(1, SPARE_ENTRIES) * more, n_entries)
    for start in range(0, n_entries, BLOCK):
        rows = slice(start, start + BLOCK)
        value = np.where(useful[rows], positions.affinity[rows], -1.0)
        best = np.argpartition(-value, per_entry - 1, axis=1)[:, :per_entry]
        np.put_along_axis(found[rows], best, True, axis=1)
    for start in range(0, n_judges, BLOCK):
        columns = slice(start, start + BLOCK)
        value = np.where(useful[:, columns], positions.affinity[:, columns], -1.0)
        best = np.argpartition(-value, per_judge - 1, axis=0)[:per_judge]
        np.put_along_axis(found[:, columns], best, True, axis=0)
    return found & useful


def _potentials(network: Network, flow: Integers, pool: int) -> Integers:
    """Prices of nodes under which no arc of the residual graph has a negative reduced cost.

    Bellman and Ford, from the pool and towards it; the mean of both leaves the most room.
    """
    onward, back = flow < network.capacity, flow > 0
    tail = np.concatenate([network.tail[onward], network.head[back]])
    head = np.concatenate([network.head[onward], network.tail[back]])
    cost = np.concatenate([network.cost[onward], -network.cost[back]])
    nodes = network.supply.size
    far = int(np.abs(network.cost).max(initial=1)) * 8
    start = np.full(nodes, far, dtype=np.int64)
    start[pool] = 0
    outward = _distances(start, tail, head, cost)
    inward = -_distances(start, head, tail, cost)
    return (outward + inward) // 2


def _distances(start: Integers, tail: Integers, head: Integers, cost: Integers) -> Integers:
    distance = start.copy()
    while True:
        nearer = distance.copy()
        np.minimum.at(nearer, head, distance[tail] + cost)
        if np.array_equal(nearer, distance):
            return distance
        distance = nearer


def _failing(
    positions: Positions,
    costs: Costs,
    left_out: Booleans,
    model: Model,
    flow: Integers,
    potential: Integers,
) -> Booleans:
    """Pairs left out that have a negative reduced cost."""
    n_entries, n_judges = positions.shape
    of_judge = potential[:n_judges]
    of_entry = potential[n_judges + 1 : n_judges + 1 + n_entries].copy()
    taken = flow[: model.entry.size] > 0
    entry, judge = model.entry[taken], model.judge[taken]
    # an entry's price may fall to what its dearest judge costs, which leaves the most room
    of_entry[positions.demand > 0] = np.iinfo(np.int64).min // 4
    np.maximum.at(of_entry, entry, of_judge[judge] + costs.of_pairs(entry, judge))
    found = np.zeros_like(left_out)
    for start in range(0, n_entries, BLOCK):
        rows = slice(start, start + BLOCK)
        e, j = np.nonzero(left_out[rows])
        reduced = costs.of_pairs(e + start, j) + of_judge[j] - of_entry[e + start]
        failing = reduced < 0
        found[e[failing] + start, j[failing]] = True
    return found
