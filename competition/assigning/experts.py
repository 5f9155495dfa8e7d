"""An expert for as many entries as affinity to spare allows."""

from __future__ import annotations

import numpy as np

from competition.assigning.crossing import breaks_organizations
from competition.assigning.exact import costs_of
from competition.assigning.model import ExpertSlot, Prices, build, candidates
from competition.assigning.network import cheapest_flow
from competition.assigning.positions import Booleans, Positions

HALVINGS = 8
"""How finely the price of an expert is searched."""


def with_experts(
    positions: Positions,
    start: Booleans,
    is_expert: Booleans,
    least_affinity: float,
    *,
    seed: int,
    solver: str | None = None,
) -> Booleans:
    """The plan with the fewest entries without an expert, for the affinity there is to spare.

    Parameters
    ----------
    positions : Positions
    start : bool array, shape (n_entries, n_judges)
        A plan of the largest affinity.
    is_expert : bool array, shape (n_entries, n_judges)
    least_affinity : float
    seed : int
    solver : {"ortools", "scipy"}, optional

    Notes
    -----
    Without panel rules the first expert of an entry passes an arc of its own, which a bonus
    makes cheaper than the others: still a flow, and exact for every bonus. The largest bonus
    that leaves `least_affinity` is found by halving. Experts cut across kinds and
    organizations, so with panel rules every expert of an entry that lacks one earns the bonus.
    """
    able = is_expert & (positions.open | positions.fixed)
    if (start & is_expert)[able.any(axis=1)].any(axis=1).all():
        return start
    best = start
    low, high = 0.0, 1.0
    part = 1.0
    for _ in range(HALVINGS):
        found = _with_bonus(positions, best, is_expert, part, seed, solver)
        if found is None:
            break
        if float(positions.affinity[found].sum()) >= least_affinity:
            if _without(found, is_expert) < _without(best, is_expert):
                best = found
            low = part
        else:
            high = part
        if low == high or low == 1.0:
            break
        part = (low + high) / 2
    return best


def _without(chosen: Booleans, is_expert: Booleans) -> int:
    return int((~(chosen & is_expert).any(axis=1)).sum())


def _with_bonus(
    positions: Positions,
    current: Booleans,
    is_expert: Booleans,
    part: float,
    seed: int,
    solver: str | None,
) -> Booleans | None:
    """The best plan when an expert is worth this part of the largest affinity more."""
    costs = costs_of(positions, seed=seed, has_first=True)
    entry, judge = candidates(positions)
    pair = costs.of_pairs(entry, judge)
    first = costs.first if part == 1.0 else round(part * costs.top) * costs.unit
    slot = None
    if positions.has_panel_rules:
        lacking = np.logical_not((current & is_expert).any(axis=1))
        earns = lacking[entry] & is_expert[entry, judge]
        pair = pair - min(first, costs.top * costs.unit) * earns
    else:
        wanted = np.logical_not((positions.fixed & is_expert).any(axis=1))
        slot = ExpertSlot(is_expert, wanted, first)
    model = build(positions, entry, judge, Prices(pair, costs.load_step), slot)
    flow = cheapest_flow(model.network, solver)
    if flow is None:
        return None
    chosen = model.chosen(flow, positions.shape)
    if model.crosses and breaks_organizations(positions, chosen):
        return None
    return chosen | positions.fixed
