"""Why there is no plan: as much of one as there can be, and the cut that keeps it from the rest.

Ford and Fulkerson, Maximal flow through a network (1956): what cannot be filled is exactly what
lies behind a smallest cut. Upper limits and lower limits are looked at one after the other: if
the entries can be filled and the lower limits can be met, then also both at once (Mendelsohn and
Dulmage 1958).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from competition.assigning.exact import costs_of
from competition.assigning.model import Prices, build
from competition.assigning.network import Network, cheapest_flow
from competition.assigning.plan import Bottleneck
from competition.assigning.positions import Booleans, Integers, Positions


@dataclass(frozen=True)
class Partial:
    """As much of a plan as there can be.

    Attributes
    ----------
    chosen : bool array, shape (n_entries, n_judges)
    missing : int array, shape (n_entries,)
        Places left open.
    bottlenecks : tuple of Bottleneck
    """

    chosen: Booleans
    missing: Integers
    bottlenecks: tuple[Bottleneck, ...]


def diagnose(positions: Positions, *, seed: int, solver: str | None = None) -> Partial:
    """Fill as many places as can be filled, the best first, and name what blocks the others."""
    crowded = _crowded(positions)
    kinds_left = positions.need.copy()
    for row in np.flatnonzero(positions.need.sum(axis=1) > positions.demand):
        kinds_left[row, np.flatnonzero(kinds_left[row])[positions.demand[row] :]] = False
    relaxed = replace(positions, low=np.zeros_like(positions.low), need=kinds_left)
    entry, judge = np.nonzero(relaxed.open & (relaxed.demand > 0)[:, None])
    costs = costs_of(relaxed, seed=seed, has_first=True)
    model = build(relaxed, entry, judge, Prices(costs.of_pairs(entry, judge), costs.load_step))
    network = model.network
    wanting = np.flatnonzero(network.supply < 0)
    pool = len(positions.judges)
    slack = _Extra(np.full(wanting.size, pool), wanting, -network.supply[wanting], costs.first)
    flow = cheapest_flow(slack.added_to(network), solver)
    assert flow is not None, "every place can be left open"
    plain, lacking = flow[: network.tail.size], flow[network.tail.size :]
    missing = np.zeros(positions.shape[0], dtype=np.int64)
    np.add.at(missing, _entry_of_node(relaxed, wanting), lacking)
    behind = _reaching(network, plain, wanting[lacking > 0])
    blocked = _blocked(relaxed, network, behind, plain)
    if not lacking.any():
        blocked = _unmet_minimum(positions, solver)
    return Partial(
        model.chosen(plain, positions.shape) | positions.fixed, missing, crowded + blocked
    )


@dataclass(frozen=True)
class _Extra:
    """Arcs added to a network."""

    tail: Integers
    head: Integers
    capacity: Integers
    cost: int

    def added_to(self, network: Network) -> Network:
        return Network(
            np.concatenate([network.tail, self.tail], dtype=np.int32),
            np.concatenate([network.head, self.head], dtype=np.int32),
            np.concatenate([network.capacity, self.capacity]),
            np.concatenate([network.cost, np.full(self.tail.size, self.cost)]),
            network.supply,
        )


def _crowded(positions: Positions) -> tuple[Bottleneck, ...]:
    """Entries with fewer places than kinds of judges that they need."""
    wrong = np.flatnonzero(positions.need.sum(axis=1) > positions.demand)
    if not wrong.size:
        return ()
    kinds = np.flatnonzero(positions.need[wrong].any(axis=0))
    return (
        Bottleneck(
            entries=tuple(positions.entries[e] for e in wrong),
            judges=(),
            needed=int(positions.need[wrong].sum()),
            room=int(positions.demand[wrong].sum()),
            kinds=tuple(positions.kinds[k] for k in kinds),
            rule="places",
        ),
    )


def _entry_of_node(positions: Positions, nodes: Integers) -> Integers:
    """The entry that a node with demand belongs to."""
    n_entries, n_judges = positions.shape
    of_kind = np.nonzero(positions.need)[0]
    return np.concatenate([np.arange(n_entries), of_kind])[nodes - n_judges - 1]


def _reaching(network: Network, flow: Integers, goal: Integers) -> Booleans:
    """Nodes from which more could flow to one of the goals."""
    reached = np.zeros(network.supply.size, dtype=np.bool_)
    reached[goal] = True
    onward, back = flow < network.capacity, flow > 0
    start = np.concatenate([network.tail[onward], network.head[back]])
    end = np.concatenate([network.head[onward], network.tail[back]])
    while True:
        new = start[reached[end] & ~reached[start]]
        if not new.size:
            return reached
        reached[new] = True


def _parts(network: Network, inside: Booleans) -> list[Booleans]:
    """These nodes, in parts that no arc joins."""
    label = np.arange(inside.size)
    both = inside[network.tail] & inside[network.head]
    tail, head = network.tail[both], network.head[both]
    while True:
        lower = label.copy()
        np.minimum.at(lower, tail, label[head])
        np.minimum.at(lower, head, lower[tail])
        if np.array_equal(lower, label):
            return [inside & (label == part) for part in np.unique(label[inside])]
        label = lower


def _blocked(
    positions: Positions, network: Network, inside: Booleans, flow: Integers
) -> tuple[Bottleneck, ...]:
    """Each part of the network that lacks something."""
    return tuple(
        _bottleneck(positions, network, part, flow)
        for part in _parts(network, inside)
        if (part & (network.supply < 0)).any()
    )


def _bottleneck(
    positions: Positions, network: Network, group: Booleans, flow: Integers
) -> Bottleneck:
    n_entries, n_judges = positions.shape
    wanting = np.flatnonzero(group & (network.supply < 0))
    entries = np.unique(_entry_of_node(positions, wanting))
    able = positions.open[entries].any(axis=0)
    kinds: Integers = np.empty(0, dtype=np.int64)
    first_kind_node = n_judges + 1 + n_entries
    if (wanting >= first_kind_node).all():
        kinds = np.unique(np.nonzero(positions.need)[1][wanting - first_kind_node])
        able &= np.isin(positions.kind, kinds)
    into = group[network.head] & ~group[network.tail]
    return Bottleneck(
        entries=tuple(positions.entries[e] for e in entries),
        judges=tuple(positions.judges[j] for j in np.flatnonzero(able)),
        needed=int(-network.supply[wanting].sum()),
        room=int(flow[into].sum()),
        kinds=tuple(positions.kinds[k] for k in kinds),
    )


def _unmet_minimum(positions: Positions, solver: str | None) -> tuple[Bottleneck, ...]:
    """Judges whose lower limits are more than the entries that they may take have places for."""
    entry, judge = np.nonzero(positions.open & (positions.demand > 0)[:, None])
    model = build(positions, entry, judge, Prices(np.zeros_like(entry), 0))
    network = model.network
    n_judges = positions.shape[1]
    wanting = np.flatnonzero(network.supply < 0)
    sink = network.supply.size
    supply = np.append(network.supply, -positions.low.sum())
    supply[n_judges:sink] = 0
    bare = replace(network, supply=supply)
    placed = _Extra(wanting, np.full(wanting.size, sink), -network.supply[wanting], 0)
    whole = placed.added_to(bare)
    judges = np.arange(n_judges)
    slack = _Extra(judges, np.full(n_judges, sink), positions.low, 1)
    flow = cheapest_flow(slack.added_to(whole), solver)
    assert flow is not None, "every lower limit can be left unmet"
    plain, unmet = flow[: whole.tail.size], flow[whole.tail.size :]
    backward = replace(whole, tail=whole.head, head=whole.tail)
    reached = _reaching(backward, plain, np.flatnonzero(unmet))
    return tuple(
        _unmet(positions, part, unmet)
        for part in _parts(whole, reached)
        if (part[:n_judges] & (positions.low > 0)).any()
    )


def _unmet(positions: Positions, part: Booleans, unmet: Integers) -> Bottleneck:
    judges = np.flatnonzero(part[: positions.shape[1]])
    entries = np.flatnonzero(positions.open[:, judges].any(axis=1) & (positions.demand > 0))
    needed = int(positions.low[judges].sum())
    return Bottleneck(
        entries=tuple(positions.entries[e] for e in entries),
        judges=tuple(positions.judges[j] for j in judges),
        needed=needed,
        room=needed - int(unmet[judges].sum()),
        rule="min_load",
    )
