"""The plan of the largest affinity under all hard rules."""

from __future__ import annotations

from competition.assigning.costs import Costs, make_costs
from competition.assigning.crossing import breaks_organizations, integral_flow
from competition.assigning.model import Prices, build, candidates, load_top, node_count
from competition.assigning.network import cheapest_flow
from competition.assigning.positions import Booleans, Floats, Positions
from competition.assigning.sparse import best_of_many, is_large


def best_plan(
    positions: Positions,
    *,
    seed: int,
    keep: str | float | None = None,
    value: Floats | None = None,
    solver: str | None = None,
) -> Booleans | None:
    """The chosen pairs, fixed ones included; None if the rules cannot all be kept.

    Parameters
    ----------
    positions : Positions
    seed : int
    keep : "first", float or None
        See `make_costs`.
    value : float array, shape (n_entries, n_judges), optional
        Instead of the affinity.
    solver : {"ortools", "scipy"}, optional
    """
    costs = costs_of(positions, seed=seed, keep=keep, value=value)
    if not can_be_tried(positions):
        return None
    if is_large(positions):
        return best_of_many(positions, costs, solver)
    entry, judge = candidates(positions)
    prices = Prices(costs.of_pairs(entry, judge), costs.load_step)
    model = build(positions, entry, judge, prices)
    flow = cheapest_flow(model.network, solver)
    if flow is None:
        return None
    chosen = model.chosen(flow, positions.shape)
    if model.crosses and breaks_organizations(positions, chosen):
        crossed = integral_flow(positions, model)
        if crossed is None:
            return None
        chosen = model.chosen(crossed.flow, positions.shape)
    return chosen | positions.fixed


def costs_of(
    positions: Positions,
    *,
    seed: int,
    keep: str | float | None = None,
    value: Floats | None = None,
    has_first: bool = False,
) -> Costs:
    """Costs for the network of these positions; the parameters are those of `make_costs`."""
    return make_costs(
        positions,
        seed=seed,
        nodes=node_count(positions),
        load_top=load_top(positions),
        keep=keep,
        value=value,
        has_first=has_first,
    )


def can_be_tried(positions: Positions) -> bool:
    """Whether the sums are right at all: supply and demand, limits, places for kinds."""
    return bool(
        (positions.low <= positions.high).all()
        and positions.low.sum() <= positions.demand.sum()
        and (positions.need.sum(axis=1) <= positions.demand).all()
    )
