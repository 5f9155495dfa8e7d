"""Organizations with judges of several kinds: the one case that is no flow.

Organizations lie inside kinds as a rule, and then every flow is integral. Where one does not, the
network lets it in once for each kind; if the best flow makes use of that, the same network goes
to an integer program (HiGHS) with one more row for each entry and such organization.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from competition.assigning.model import Model
from competition.assigning.network import LARGEST_COST, SolverFailed, balance_matrix
from competition.assigning.positions import Booleans, Integers, Positions

NODE_LIMIT = 5_000
LIFTING = 10.0
"""What a row that is broken costs, times the largest cost of a pair."""


def breaks_organizations(positions: Positions, chosen: Booleans) -> bool:
    """Whether an entry has two judges of an organization beside those that are fixed."""
    added = chosen & ~positions.fixed
    return any(
        (
            positions.single[:, number]
            & (added[:, positions.organization == number].sum(axis=1) > 1)
        ).any()
        for number in range(positions.single.shape[1])
    )


@dataclass(frozen=True)
class Crossed:
    """An integral flow, and where an organization had to come twice after all.

    Attributes
    ----------
    flow : int array, shape (n_arcs,)
    entry, organization : int arrays, shape (n_broken,)
    """

    flow: Integers
    entry: Integers
    organization: Integers


def integral_flow(positions: Positions, model: Model, *, elastic: bool = False) -> Crossed | None:
    """The cheapest integral flow that lets no organization in twice; None if there is none.

    Parameters
    ----------
    positions : Positions
    model : Model
    elastic : bool
        Let organizations in twice where nothing else helps, as seldom as possible.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import coo_array, hstack, vstack

    network = model.network
    owner = positions.organization[model.judge]
    bound = np.flatnonzero((owner >= 0) & positions.single[model.entry, np.maximum(owner, 0)])
    width = positions.single.shape[1]
    meeting, group = np.unique(model.entry[bound] * width + owner[bound], return_inverse=True)
    arcs = network.tail.size
    once = coo_array((np.ones(bound.size), (group, bound)), shape=(meeting.size, arcs))
    slack = coo_array((-np.ones(meeting.size), (np.arange(meeting.size), np.arange(meeting.size))))
    nothing = coo_array((network.supply.size, meeting.size))
    rows = vstack([hstack([balance_matrix(network), nothing]), hstack([once, slack])])
    cost = network.cost * (LARGEST_COST / max(float(np.abs(network.cost).max(initial=1)), 1.0))
    broken_cost = LIFTING * LARGEST_COST * max(1, int(positions.demand.sum()))
    found = milp(
        np.concatenate([cost, np.full(meeting.size, broken_cost)]),
        constraints=LinearConstraint(
            rows.tocsr(),
            np.concatenate([network.supply, np.full(meeting.size, -np.inf)]),
            np.concatenate([network.supply, np.ones(meeting.size)]),
        ),
        bounds=Bounds(
            0, np.concatenate([network.capacity, np.full(meeting.size, width * elastic)])
        ),
        integrality=np.concatenate([np.ones(arcs), np.zeros(meeting.size)]),
        options={"mip_rel_gap": 1e-9, "node_limit": NODE_LIMIT},
    )
    if found.status == 2:
        return None
    if found.x is None:
        raise SolverFailed(found.message)
    broken = meeting[found.x[arcs:] > 0.5]
    return Crossed(np.rint(found.x[:arcs]).astype(np.int64), broken // width, broken % width)
