"""Panels mixed so that scores can be compared, for as little affinity as possible.

Objective: affinity - mu tr((M + ridge)^-1 K), with M and K of `design`. Each round takes one judge
from some entries and fills these places again by a flow whose costs hold the gradient of the
objective; what does not improve the true objective is thrown away. A large-neighbourhood search:
the rules hold in every round, because every round is a flow under the rules.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from competition.assigning.contrasts import Contrasts
from competition.assigning.model import Arcs
from competition.assigning.neighbours import Room, able_beside
from competition.assigning.network import cheapest_flow
from competition.assigning.positions import Booleans, Floats, Integers, Positions

MU_START = 1.0
"""mu begins at this, times the affinity to spare over the variance at the start."""
DOUBLINGS = 10
FIRST_BITE = 0.1
"""mu is doubled until a round would cost this part of the affinity to spare."""
MU_GROWTH, MU_DECAY = 1.25, 0.93
PATIENCE = 8
"""Rounds without success before mu grows."""
LARGEST_PART, SMALLEST_PART = 0.4, 0.03
"""Of the entries whose places are refilled in one round."""
NOISE = 1e-9
"""A gain below this is none."""
STEPS = 1e9
"""Costs of a round are whole numbers up to this."""
PART_GROWTH, PART_DECAY = 1.1, 0.93


def search(
    positions: Positions,
    start: Booleans,
    room: Room,
    *,
    rounds: int,
    seed: int,
    solver: str | None = None,
    progress: Callable[[float], None] | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Booleans:
    """A plan no less comparable than the start and with at least `least_affinity`."""
    current = Contrasts(start, positions.affinity)
    if not room.movable.any():
        return start
    moves = Moves(positions, start, room, seed, solver)
    unit = current.affinity / max(int(start.sum()), 1) or 1.0
    least = room.least_affinity - NOISE * unit
    to_spare = max(current.affinity - least, unit)
    mu = MU_START * to_spare / max(current.variance, NOISE)
    for _ in range(DOUBLINGS):
        tried = moves.tried(current, mu, LARGEST_PART)
        if tried is not None and current.affinity - tried.affinity > FIRST_BITE * to_spare:
            break
        mu *= 2
    part, refused = LARGEST_PART, 0
    for turn in range(rounds):
        if cancel is not None and cancel():
            break
        if progress is not None:
            progress(turn / rounds)
        tried = moves.tried(current, mu, part)
        if tried is not None and tried.affinity < least:
            mu *= MU_DECAY
        elif tried is not None and _is_better(tried, current, mu, NOISE * unit):
            current, refused = tried, 0
            part = min(part * PART_GROWTH, LARGEST_PART)
            continue
        refused += 1
        part = max(part * PART_DECAY, SMALLEST_PART)
        if refused >= PATIENCE:
            mu, refused = mu * MU_GROWTH, 0
    return current.chosen


def _is_better(tried: Contrasts, current: Contrasts, mu: float, noise: float) -> bool:
    if tried.connected != current.connected:
        return tried.connected
    gain = tried.affinity - current.affinity - mu * (tried.variance - current.variance)
    return gain > noise


class Moves:
    """Plans beside a plan: one judge is taken from some entries and the places are filled again."""

    def __init__(
        self, positions: Positions, start: Booleans, room: Room, seed: int, solver: str | None
    ) -> None:
        self.positions, self.room, self.solver = positions, room, solver
        self.dice = np.random.default_rng(seed)
        # these stay the same, as whoever comes into a movable place can be moved again
        self.entries = np.flatnonzero((start & room.movable).any(axis=1))

    def tried(self, current: Contrasts, mu: float, part: float) -> Contrasts | None:
        """The plan after one round; None if nothing moves."""
        chosen, positions, room = current.chosen, self.positions, self.room
        entries = self._drawn(part)
        before = chosen[entries]
        movable = before & room.movable[entries]
        draw = np.where(movable, self.dice.random(before.shape), -1.0)
        judges = draw.argmax(axis=1)
        others = before.copy()
        others[np.arange(entries.size), judges] = False
        able = able_beside(positions, room.is_expert, entries, others, before)
        gain = positions.affinity[entries] - mu * current.gradient(entries, others)
        load = current.load - np.bincount(judges, minlength=chosen.shape[1])
        picked = _assign(able, gain, room.low - load, room.high - load, self.solver)
        if picked is None:
            return None
        moved = picked != judges
        if not moved.any():
            return None
        return current.after(entries[moved], judges[moved], picked[moved], positions.affinity)

    def _drawn(self, part: float) -> Integers:
        count = max(2, round(part * self.entries.size))
        if self.entries.size <= count:
            return self.entries
        return np.sort(self.dice.choice(self.entries, count, replace=False))


def _assign(
    able: Booleans, gain: Floats, low: Integers, high: Integers, solver: str | None
) -> Integers | None:
    """One judge for each row, within these loads, of the largest total gain."""
    n_rows, n_judges = able.shape
    low = np.maximum(low, 0)
    supply = np.concatenate([low, [n_rows - low.sum()], np.full(n_rows, -1)])
    if (low > high).any() or supply[n_judges] < 0:
        return None
    row, judge = np.nonzero(able & (high > 0))
    value = gain[row, judge]
    steps = STEPS / max(float(np.ptp(value)), NOISE) if value.size else 1.0
    cost = np.rint((value.max(initial=-np.inf) - value) * steps).astype(np.int64)
    arcs = Arcs()
    arcs.add(judge, n_judges + 1 + row, 1, cost)
    arcs.add(n_judges, np.arange(n_judges), high - low)
    flow = cheapest_flow(arcs.network(supply), solver)
    if flow is None:
        return None
    taken = flow[: row.size] > 0
    picked = np.empty(n_rows, dtype=np.int64)
    picked[row[taken]] = judge[taken]
    return picked
