"""What is given up so that scores can be compared: experts, connection, spread, in this order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from competition.assigning.connecting import connect
from competition.assigning.design import component_labels
from competition.assigning.experts import with_experts
from competition.assigning.neighbours import Room
from competition.assigning.positions import Booleans, Positions
from competition.assigning.search import search

DEFAULT_COMPARABILITY = 0.5
DEFAULT_LOSS = 0.015
"""Of the affinity, at the default; c / (1 - c) times this at c."""
CONNECTION_LOSS = 0.05
"""Of the affinity, so that all entries can be compared at all."""
EXPERT_LOSS = 0.005
"""Of the affinity, so that entries get an expert."""
MOST_ROUNDS, FEWEST_ROUNDS = 800, 20
ROUNDS_PER_PAIR = 6
GOING_ON = 0.2
"""Of the rounds, where a search goes on from the plan of another."""
WORK = 1.6e8
"""Rounds of a large search times what one costs: entries x judges + judges cubed / 30."""


@dataclass(frozen=True)
class Search:
    """Where a plan may go, and how far."""

    positions: Positions
    is_expert: Booleans
    comparability: float
    seed: int
    solver: str | None = None
    progress: Callable[[float], None] | None = None
    cancel: Callable[[], bool] | None = None

    def affinity(self, chosen: Booleans) -> float:
        return float(self.positions.affinity[chosen].sum())


def loss(comparability: float) -> float:
    """The part of the affinity that may be given up.

    >>> [round(loss(c), 4) for c in (0, 0.25, 0.5, 0.75, 1)]
    [0.0, 0.005, 0.015, 0.045, 1.0]
    """
    if not 0 <= comparability <= 1:
        raise ValueError("comparability is from 0 to 1")
    if comparability == 1:
        return 1.0
    return min(1.0, DEFAULT_LOSS * comparability / (1 - comparability))


def comparable_plan(work: Search, start: Booleans, *, optimum: float | None = None) -> Booleans:
    """The plan as comparable as the affinity to spare can make it; never less than the start.

    Parameters
    ----------
    work : Search
    start : bool array, shape (n_entries, n_judges)
    optimum : float, optional
        The affinity that losses are counted from, where an earlier search has given up some of
        it for this start; to go on takes fewer rounds. Default: the affinity of the start.
    """
    positions = work.positions
    movable = start & ~positions.fixed
    if not movable.any():
        return start
    whole = work.affinity(start) if optimum is None else optimum
    allowed = loss(work.comparability)
    chosen = with_experts(
        positions,
        start,
        work.is_expert,
        whole * (1 - min(EXPERT_LOSS, allowed)),
        seed=work.seed,
        solver=work.solver,
    )
    chosen = _connected(work, chosen, whole * (1 - CONNECTION_LOSS))
    least = min(whole * (1 - allowed), work.affinity(chosen))
    each = chosen.size + chosen.shape[1] ** 3 / 30
    most = min(MOST_ROUNDS, ROUNDS_PER_PAIR * int(movable.sum()))
    rounds = np.clip(WORK / each, min(FEWEST_ROUNDS, most), most)
    return search(
        positions,
        chosen,
        _room(work, chosen, least),
        rounds=int(rounds if optimum is None else rounds * GOING_ON),
        seed=work.seed,
        solver=work.solver,
        progress=work.progress,
        cancel=work.cancel,
    )


def _connected(work: Search, chosen: Booleans, least_affinity: float) -> Booleans:
    """Connected if it can be: with even loads and experts, else without, in this order."""
    if component_labels(chosen)[1] <= 1:
        return chosen
    best = chosen
    tight = _room(work, chosen, least_affinity)
    positions = work.positions
    loose = replace(
        tight,
        low=positions.fixed_load + positions.low,
        high=positions.fixed_load + positions.high,
    )
    for room in (tight, loose, replace(loose, is_expert=np.zeros_like(work.is_expert))):
        found = connect(positions, chosen, room)
        parts = component_labels(found)[1]
        if parts < component_labels(best)[1]:
            best = found
        if parts == 1:
            break
    return best


def _room(work: Search, chosen: Booleans, least_affinity: float) -> Room:
    """Loads stay within the limits, and no judge's goes farther from the average."""
    positions = work.positions
    load = chosen.sum(axis=0)
    average = load.mean()
    return Room(
        movable=~positions.fixed,
        least_affinity=least_affinity,
        low=np.maximum(
            positions.fixed_load + positions.low, np.minimum(load, int(np.floor(average)))
        ),
        high=np.minimum(
            positions.fixed_load + positions.high, np.maximum(load, int(np.ceil(average)))
        ),
        is_expert=work.is_expert,
    )
