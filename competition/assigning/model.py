"""The hard rules as a network: judge, organization at an entry, kind at an entry, entry.

The pool holds all places beyond the judges' lower limits and hands them to the judges; each
judge's lower limit is supply of the judge's own. A kind that an entry still lacks is a node with
a demand of 1 that passes on what it gets more. Organizations lie inside kinds, so all of it nests
and every flow is integral.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.assigning.network import Network
from competition.assigning.positions import Booleans, Integers, Positions


@dataclass(frozen=True)
class Model:
    """The network of one problem.

    Attributes
    ----------
    entry, judge : int arrays, shape (n_pairs,)
        The pairs that may be chosen; their arcs come first.
    network : Network
    crosses : bool
        An organization has judges of several kinds that one entry lacks: the network lets it in
        once for each of these kinds.
    """

    entry: Integers
    judge: Integers
    network: Network
    crosses: bool

    def chosen(self, flow: Integers, shape: tuple[int, int]) -> Booleans:
        """The pairs that the flow takes."""
        found = np.zeros(shape, dtype=np.bool_)
        taken = flow[: self.entry.size] > 0
        found[self.entry[taken], self.judge[taken]] = True
        return found


@dataclass(frozen=True)
class ExpertSlot:
    """What the first expert of an entry is worth.

    Attributes
    ----------
    is_expert : bool array, shape (n_entries, n_judges)
    wanted : bool array, shape (n_entries,)
        Entries that have no expert among their fixed judges.
    bonus : int
        In units of cost.
    """

    is_expert: Booleans
    wanted: Booleans
    bonus: int


class Arcs:
    """Arcs as they come."""

    def __init__(self) -> None:
        self.parts: list[tuple[Integers, Integers, Integers, Integers]] = []

    def add(
        self,
        tail: Integers | int,
        head: Integers | int,
        capacity: Integers | int,
        cost: Integers | int = 0,
    ) -> None:
        given = tail, head, capacity, cost
        size = next((item.size for item in given if isinstance(item, np.ndarray)), 1)

        def filled(item: Integers | int) -> Integers:
            return item if isinstance(item, np.ndarray) else np.full(size, item, dtype=np.int64)

        self.parts.append((filled(tail), filled(head), filled(capacity), filled(cost)))

    def network(self, supply: Integers) -> Network:
        def column(place: int, kind: type[np.signedinteger]) -> np.ndarray:
            return np.concatenate([part[place] for part in self.parts], dtype=kind)

        return Network(
            tail=column(0, np.int32),
            head=column(1, np.int32),
            capacity=column(2, np.int64),
            cost=column(3, np.int64),
            supply=supply,
        )


def candidates(positions: Positions) -> tuple[Integers, Integers]:
    """All pairs that may be added."""
    useful = positions.open & (positions.demand > 0)[:, None] & (positions.high > 0)
    entry, judge = np.nonzero(useful)
    return entry, judge


def load_top(positions: Positions) -> int:
    """The largest load up to which every further entry of a judge costs more than the last."""
    if not positions.judges:
        return 0
    total = int(positions.demand.sum() + positions.fixed_load.sum())
    most = int((positions.fixed_load + positions.high).max())
    return min(most, 2 * total // len(positions.judges) + 16)


def node_count(positions: Positions) -> int:
    """No network of this problem has more nodes."""
    n_entries, n_judges = positions.shape
    count = n_judges + 1 + 2 * n_entries + int(positions.need.sum())
    if positions.single.any():
        count += n_entries * min(n_judges, positions.single.shape[1] * (len(positions.kinds) + 1))
    return count


@dataclass(frozen=True)
class Prices:
    """What the arcs of a network cost.

    Attributes
    ----------
    pair : int array, shape (n_pairs,)
    load_step : int
        Cost of an entry for a judge, times the entries that the judge already has.
    """

    pair: Integers
    load_step: int


def build(
    positions: Positions,
    entry: Integers,
    judge: Integers,
    prices: Prices,
    expert: ExpertSlot | None = None,
) -> Model:
    """The network over these pairs.

    Parameters
    ----------
    positions : Positions
    entry, judge : int arrays, shape (n_pairs,)
    prices : Prices
    expert : ExpertSlot, optional
        Only where there are no panel rules.
    """
    n_entries, n_judges = positions.shape
    pool, first_entry = n_judges, n_judges + 1
    rest = positions.demand - positions.need.sum(axis=1)
    supply = np.zeros(first_entry + n_entries, dtype=np.int64)
    supply[:n_judges] = positions.low
    supply[first_entry:] = -rest
    supply[pool] = positions.demand.sum() - positions.low.sum()
    target, nodes = first_entry + entry, supply.size
    inner, supplies, crosses = Arcs(), [supply], False
    if positions.need.any():
        target, nodes = _kind_nodes(positions, entry, judge, target, nodes, rest, inner)
        supplies.append(np.full(nodes - supply.size, -1, dtype=np.int64))
    passing = nodes
    if positions.single.any():
        target, nodes, crosses = _organization_nodes(positions, entry, judge, target, nodes, inner)
    if expert is not None:
        target, nodes = _expert_nodes(expert, entry, judge, target, nodes, first_entry, rest, inner)
    supplies.append(np.zeros(nodes - passing, dtype=np.int64))
    arcs = Arcs()
    arcs.add(judge, target, 1, prices.pair)
    arcs.parts += inner.parts
    _load_arcs(positions, prices.load_step, pool, arcs)
    return Model(entry, judge, arcs.network(np.concatenate(supplies)), crosses)


def _kind_nodes(
    positions: Positions,
    entry: Integers,
    judge: Integers,
    target: Integers,
    nodes: int,
    rest: Integers,
    arcs: Arcs,
) -> tuple[Integers, int]:
    n_judges = positions.shape[1]
    entries, kinds = np.nonzero(positions.need)
    number = np.full(positions.need.shape, -1, dtype=np.int64)
    number[entries, kinds] = nodes + np.arange(entries.size)
    spare = rest[entries] > 0
    arcs.add(number[entries, kinds][spare], n_judges + 1 + entries[spare], rest[entries][spare])
    of_kind = positions.kind[judge]
    lacked = of_kind >= 0
    node = number[entry, np.where(lacked, of_kind, 0)]
    return np.where(lacked & (node >= 0), node, target), nodes + entries.size


def _organization_nodes(
    positions: Positions,
    entry: Integers,
    judge: Integers,
    target: Integers,
    nodes: int,
    arcs: Arcs,
) -> tuple[Integers, int, bool]:
    """One node for each organization that could come twice to the same entry or kind."""
    owner = positions.organization[judge]
    bound = (owner >= 0) & positions.single[entry, np.maximum(owner, 0)]
    place = np.flatnonzero(bound)
    key = target[place] * positions.single.shape[1] + owner[place]
    found, inverse, count = np.unique(key, return_inverse=True, return_counts=True)
    several = count > 1
    number = nodes + np.cumsum(several) - 1
    arcs.add(number[several], found[several] // positions.single.shape[1], 1)
    passing = several[inverse]
    target = target.copy()
    target[place[passing]] = number[inverse[passing]]
    meetings = entry[place] * positions.single.shape[1] + owner[place]
    crosses = np.unique(meetings).size < found.size
    return target, nodes + int(several.sum()), bool(crosses)


def _expert_nodes(
    expert: ExpertSlot,
    entry: Integers,
    judge: Integers,
    target: Integers,
    nodes: int,
    first_entry: int,
    rest: Integers,
    arcs: Arcs,
) -> tuple[Integers, int]:
    """Experts pass a node whose first arc to the entry is cheaper."""
    entries = np.flatnonzero(expert.wanted & (rest > 0))
    number = np.full(rest.size, -1, dtype=np.int64)
    number[entries] = nodes + np.arange(entries.size)
    arcs.add(number[entries], first_entry + entries, 1, -expert.bonus)
    arcs.add(number[entries], first_entry + entries, rest[entries])
    passing = expert.is_expert[entry, judge] & (number[entry] >= 0)
    return np.where(passing, number[entry], target), nodes + entries.size


def _load_arcs(positions: Positions, load_step: int, pool: int, arcs: Arcs) -> None:
    """From the pool to every judge: the more entries, the dearer the next one."""
    top = load_top(positions)
    start = positions.fixed_load + positions.low
    room = positions.high - positions.low
    stepwise = np.clip(top - start, 0, room)
    judge = np.repeat(np.arange(room.size), stepwise)
    first = np.concatenate([[0], np.cumsum(stepwise)[:-1]]) if room.size else stepwise
    index = start[judge] + np.arange(judge.size) - first[judge]
    arcs.add(pool, judge, 1, index * load_step)
    beyond = np.flatnonzero(room > stepwise)
    arcs.add(pool, beyond, (room - stepwise)[beyond], top * load_step)
