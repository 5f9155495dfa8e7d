"""The cheapest ways out of a problem that cannot be solved, each proven by solving it again.

Every rule that may be bent is an arc with a price beside the arcs of the rules; the cheapest flow
then bends as little as it can.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

import numpy as np

from competition.assigning.crossing import integral_flow
from competition.assigning.exact import best_plan, can_be_tried
from competition.assigning.model import Arcs, Model, Prices, build, candidates
from competition.assigning.network import Network, cheapest_flow
from competition.assigning.plan import Remedy, Repair, Step
from competition.assigning.positions import Integers, Positions, place
from competition.assigning.problem import Problem

PRICE = {
    Remedy.RAISE_LIMIT: 1000,
    Remedy.LOWER_MINIMUM: 1000,
    Remedy.ALLOW_EXCLUDED: 1500,
    Remedy.FEWER_JUDGES: 2500,
    Remedy.LIFT_KIND: 3000,
    Remedy.LIFT_ORGANIZATION: 3000,
    Remedy.WAIVE_CONFLICT: 4000,
}
"""In thousandths of one entry more for one judge."""
FURTHER = 10
"""Each further step on the same judge or entry costs this much more, so that they share."""

WAYS: tuple[tuple[Remedy, ...], ...] = (
    (Remedy.RAISE_LIMIT, Remedy.LOWER_MINIMUM),
    (Remedy.ALLOW_EXCLUDED,),
    (Remedy.FEWER_JUDGES,),
    (Remedy.LIFT_KIND, Remedy.LIFT_ORGANIZATION),
    (Remedy.WAIVE_CONFLICT,),
)
"""What is offered beside the cheapest mixture: the limits, the panel rules, and so on."""


def repairs(
    problem: Problem, positions: Positions, *, seed: int, solver: str | None = None
) -> tuple[Repair | None, tuple[Repair, ...]]:
    """The cheapest repair, and the cheapest of one kind of step each, the cheapest first."""
    whole = _repair(problem, positions, tuple(PRICE), seed, solver)
    found = [whole or _crossing_repair(problem, positions, seed, solver)]
    found += [_repair(problem, positions, way, seed, solver) for way in WAYS]
    # the mixture is never dearer, except beside organizations that lie across kinds
    ranked = sorted((repair for repair in found if repair), key=lambda repair: repair.cost)
    different = {_remedies(repair): repair for repair in reversed(ranked)}
    ways = [repair for repair in ranked if different[_remedies(repair)] is repair]
    return (ways[0] if ways else None), tuple(ways[1:])


def _remedies(repair: Repair) -> frozenset[Remedy]:
    return frozenset(step.remedy for step in repair.steps)


def unlocking(problem: Problem, pairs: Iterable[tuple[object, object]], seed: int) -> list[Repair]:
    """What to do about locked pairs that are conflicts: waive them, or unlock."""
    found = []
    for remedy in (Remedy.UNLOCK, Remedy.WAIVE_CONFLICT):
        steps = tuple(Step(remedy, entry=entry, judge=judge) for entry, judge in pairs)
        if best_plan(place(apply_steps(problem, steps)), seed=seed) is not None:
            price = PRICE.get(remedy, PRICE[Remedy.ALLOW_EXCLUDED])
            found.append(Repair(steps, len(steps) * price / 1000))
    return found


def apply_steps(problem: Problem, steps: Iterable[Step]) -> Problem:
    """The problem after these steps of a repair."""
    row = {item: i for i, item in enumerate(problem.entries)}
    column = {item: i for i, item in enumerate(problem.judges)}
    high, low = np.array(problem.max_load), np.array(problem.min_load)
    wanted, allowed = np.array(problem.per_entry), problem.allowed.copy()
    kinds, organizations = set(problem.lifted_kinds), set(problem.lifted_organizations)
    excluded, locked = set(problem.excluded), set(problem.locked)
    for step in steps:
        match step.remedy:
            case Remedy.RAISE_LIMIT:
                high[column[step.judge]] += step.by
            case Remedy.LOWER_MINIMUM:
                low[column[step.judge]] -= step.by
            case Remedy.FEWER_JUDGES:
                wanted[row[step.entry]] -= step.by
            case Remedy.WAIVE_CONFLICT:
                allowed[row[step.entry], column[step.judge]] = True
            case Remedy.ALLOW_EXCLUDED:
                excluded.discard((step.entry, step.judge))
            case Remedy.UNLOCK:
                locked.discard((step.entry, step.judge))
            case Remedy.LIFT_KIND:
                kinds.add((step.entry, step.kind))
            case Remedy.LIFT_ORGANIZATION:
                organizations.add((step.entry, step.organization))
    return replace(
        problem,
        max_load=high,
        min_load=low,
        per_entry=wanted,
        allowed=allowed,
        excluded=frozenset(excluded),
        locked=frozenset(locked),
        lifted_kinds=frozenset(kinds),
        lifted_organizations=frozenset(organizations),
    )


def _repair(
    problem: Problem,
    positions: Positions,
    way: Collection[Remedy],
    seed: int,
    solver: str | None,
) -> Repair | None:
    """The cheapest repair of these kinds of steps; None if there is none."""
    bent = _Bent(positions, way)
    flow = cheapest_flow(bent.network, solver)
    if flow is None:
        return None
    steps = bent.steps(problem, flow)
    if not steps:
        return None
    repair = Repair(steps, float(flow @ bent.network.cost) / 1000)
    mended = apply_steps(problem, steps)
    if best_plan(place(mended), seed=seed, solver=solver) is not None:
        return repair
    further = None
    if Remedy.LIFT_ORGANIZATION in way:
        further = _crossing_repair(mended, place(mended), seed, solver)
    if further is None:
        return None
    return Repair((*repair.steps, *further.steps), repair.cost + further.cost)


def _crossing_repair(
    problem: Problem, positions: Positions, seed: int, solver: str | None
) -> Repair | None:
    """Where only organizations with judges of several kinds stand in the way: let them in."""
    if not can_be_tried(positions):
        return None
    entry, judge = candidates(positions)
    model = build(positions, entry, judge, Prices(np.zeros_like(entry), 0))
    if not model.crosses:
        return None
    crossed = integral_flow(positions, model, elastic=True)
    if crossed is None:
        return None
    steps = tuple(
        _step(positions, Remedy.LIFT_ORGANIZATION, int(e), int(o), 1)
        for e, o in zip(crossed.entry, crossed.organization, strict=True)
    )
    if best_plan(place(apply_steps(problem, steps)), seed=seed, solver=solver) is None:
        return None
    return Repair(steps, len(steps) * PRICE[Remedy.LIFT_ORGANIZATION] / 1000)


@dataclass(frozen=True)
class _Bend:
    """Arcs that bend a rule: one row each of judge or entry, and what it is about."""

    remedy: Remedy
    first: int
    who: Integers
    about: Integers


class _Bent:
    """The network with the arcs that bend rules, and what each of them means."""

    def __init__(self, positions: Positions, way: Collection[Remedy]) -> None:
        self.positions = positions
        entry, judge, self.bending = self._pairs(way)
        price = np.array([0, *(PRICE[remedy] for remedy in _OF_PAIRS)])[self.bending]
        self.model = build(positions, entry, judge, Prices(price, 0))
        self.arcs = Arcs()
        self.bends: list[_Bend] = []
        self.count = self.model.network.tail.size
        for remedy, add in (
            (Remedy.RAISE_LIMIT, self._raise),
            (Remedy.LOWER_MINIMUM, self._lower),
            (Remedy.FEWER_JUDGES, self._fewer),
            (Remedy.LIFT_KIND, self._lift_kind),
            (Remedy.LIFT_ORGANIZATION, self._lift_organization),
        ):
            if remedy in way:
                add()
        self.network = self._joined(self.model)

    def _pairs(self, way: Collection[Remedy]) -> tuple[Integers, Integers, Integers]:
        """Open pairs, and those that bending would open: entry, judge, 1 + place in _OF_PAIRS."""
        positions = self.positions
        wanted = (positions.demand > 0)[:, np.newaxis] & ~positions.fixed
        bending = np.where(positions.open & wanted, 0, -1)
        masks = (positions.waivable, positions.excluded, positions.taken)
        for number, (remedy, mask) in enumerate(zip(_OF_PAIRS, masks, strict=True), start=1):
            if remedy in way:
                bending[mask & wanted & ~positions.open] = number
        entry, judge = np.nonzero(bending >= 0)
        return entry, judge, bending[entry, judge]

    def _add(
        self,
        remedy: Remedy,
        tail: Integers,
        head: Integers,
        capacity: Integers,
        who: Integers,
        about: Integers | None = None,
    ) -> None:
        """Arcs of one unit each, the next always dearer than the last."""
        row = np.repeat(np.arange(capacity.size), capacity)
        nth = np.arange(row.size) - (np.cumsum(capacity) - capacity)[row]
        self.arcs.add(tail[row], head[row], 1, PRICE[remedy] + FURTHER * nth)
        self.bends.append(
            _Bend(remedy, self.count, who[row], (who if about is None else about)[row])
        )
        self.count += row.size

    def _raise(self) -> None:
        """Nobody needs more than the open pairs, nor all more than the places."""
        positions = self.positions
        judges = np.arange(len(positions.judges))
        most = np.bincount(self.model.judge, minlength=judges.size) - positions.high
        room = np.clip(most, 0, int(positions.demand.sum()))
        self._add(Remedy.RAISE_LIMIT, np.full(judges.size, judges.size), judges, room, judges)

    def _lower(self) -> None:
        judges = np.arange(len(self.positions.judges))
        pool = np.full(judges.size, judges.size)
        self._add(Remedy.LOWER_MINIMUM, judges, pool, self.positions.low, judges)

    def _fewer(self) -> None:
        """Every entry keeps at least one judge."""
        positions = self.positions
        n_entries, n_judges = positions.shape
        entries = np.arange(n_entries)
        keeps = positions.fixed.any(axis=1)
        room = np.maximum(positions.demand - ~keeps, 0)
        pool = np.full(n_entries, n_judges)
        self._add(Remedy.FEWER_JUDGES, pool, n_judges + 1 + entries, room, entries)

    def _lift_kind(self) -> None:
        n_entries, n_judges = self.positions.shape
        entries, kinds = np.nonzero(self.positions.need)
        nodes = n_judges + 1 + n_entries + np.arange(entries.size)
        one = np.ones_like(entries)
        self._add(Remedy.LIFT_KIND, n_judges + 1 + entries, nodes, one, entries, kinds)

    def _lift_organization(self) -> None:
        """A second arc out of every node that lets an organization in once."""
        network, model = self.model.network, self.model
        first = len(self.positions.judges) + 1 + len(self.positions.entries)
        first += int(self.positions.need.sum())
        out = np.flatnonzero(network.tail >= first)
        nodes = network.tail[out].astype(np.int64)
        pair_of = np.zeros(network.supply.size, dtype=np.int64)
        pair_of[network.head[: model.entry.size]] = np.arange(model.entry.size)
        pair = pair_of[nodes]
        members = np.bincount(network.head[: model.entry.size], minlength=network.supply.size)
        self._add(
            Remedy.LIFT_ORGANIZATION,
            nodes,
            network.head[out].astype(np.int64),
            members[nodes] - 1,
            model.entry[pair],
            self.positions.organization[model.judge[pair]],
        )

    def _joined(self, model: Model) -> Network:
        plain = model.network
        if not self.arcs.parts:
            return plain
        more = self.arcs.network(plain.supply)
        return Network(
            np.concatenate([plain.tail, more.tail]),
            np.concatenate([plain.head, more.head]),
            np.concatenate([plain.capacity, more.capacity]),
            np.concatenate([plain.cost, more.cost]),
            plain.supply,
        )

    def steps(self, problem: Problem, flow: Integers) -> tuple[Step, ...]:
        """What the flow bends, in words of the problem."""
        positions = self.positions
        found: list[Step] = []
        for bend in self.bends:
            used = flow[bend.first : bend.first + bend.who.size] > 0
            count = Counter(zip(bend.who[used].tolist(), bend.about[used].tolist(), strict=True))
            found += [
                _step(positions, bend.remedy, who, about, by)
                for (who, about), by in sorted(count.items())
            ]
        pairs = np.flatnonzero((flow[: self.bending.size] > 0) & (self.bending > 0))
        for pair in pairs:
            entry, judge = int(self.model.entry[pair]), int(self.model.judge[pair])
            found.append(_step_of_pair(positions, _OF_PAIRS[self.bending[pair] - 1], entry, judge))
        return tuple(_past_limit(problem, positions, step) for step in dict.fromkeys(found))


_OF_PAIRS = (Remedy.WAIVE_CONFLICT, Remedy.ALLOW_EXCLUDED, Remedy.LIFT_ORGANIZATION)


def _step(positions: Positions, remedy: Remedy, who: int, about: int, by: int) -> Step:
    if remedy in (Remedy.RAISE_LIMIT, Remedy.LOWER_MINIMUM):
        return Step(remedy, judge=positions.judges[who], by=by)
    entry = positions.entries[who]
    if remedy is Remedy.LIFT_KIND:
        return Step(remedy, entry=entry, kind=positions.kinds[about])
    if remedy is Remedy.LIFT_ORGANIZATION:
        return Step(remedy, entry=entry, organization=positions.organizations[about])
    return Step(remedy, entry=entry, by=by)


def _step_of_pair(positions: Positions, remedy: Remedy, entry: int, judge: int) -> Step:
    if remedy is Remedy.LIFT_ORGANIZATION:
        return _step(positions, remedy, entry, int(positions.organization[judge]), 1)
    return Step(remedy, entry=positions.entries[entry], judge=positions.judges[judge])


def _past_limit(problem: Problem, positions: Positions, step: Step) -> Step:
    """A judge whose fixed pairs are past the limit already needs it raised by those as well."""
    if step.remedy is not Remedy.RAISE_LIMIT:
        return step
    limit = int(np.asarray(problem.max_load)[list(problem.judges).index(step.judge)])
    load = int(positions.fixed_load[positions.judges.index(step.judge)])
    return replace(step, by=step.by + max(0, load - limit))
