"""A minimum-cost flow network as arrays, solved by OR-tools, or by SciPy where that is missing."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from competition.assigning.positions import Integers

SOLVERS = ("ortools", "scipy")


@dataclass(frozen=True)
class Network:
    """Arcs and nodes.

    Attributes
    ----------
    tail, head : int32 arrays, shape (n_arcs,)
    capacity, cost : int64 arrays, shape (n_arcs,)
        Costs are whole numbers, of either sign.
    supply : int64 array, shape (n_nodes,)
        Sums to 0; negative = demand. All of it must flow.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    capacity: Integers
    cost: Integers
    supply: Integers


class SolverFailed(Exception):
    """The solver gave neither a flow nor the proof that there is none."""


def default_solver() -> str:
    """OR-tools where it is installed."""
    return SOLVERS[0] if find_spec("ortools") is not None else SOLVERS[1]


def cheapest_flow(network: Network, solver: str | None = None) -> Integers | None:
    """The flow of least cost, an integer for each arc; None if the supply cannot all flow.

    Parameters
    ----------
    network : Network
    solver : {"ortools", "scipy"}, optional
        Default: OR-tools if it is installed.

    Notes
    -----
    OR-tools: cost scaling (Goldberg 1997). SciPy: the dual simplex of HiGHS; the matrix of a
    network is totally unimodular, so the vertex it ends in is integral.
    """
    if not network.tail.size:
        return None if network.supply.any() else np.empty(0, dtype=np.int64)
    if (solver or default_solver()) == "ortools":
        return _by_ortools(network)
    return _by_scipy(network)


def _by_ortools(network: Network) -> Integers | None:
    from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

    flow = SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        network.tail, network.head, network.capacity, network.cost
    )
    nodes = np.arange(network.supply.size, dtype=np.int32)
    flow.set_nodes_supplies(nodes, network.supply)
    status = flow.solve()
    if status == flow.INFEASIBLE:
        return None
    if status != flow.OPTIMAL:
        raise SolverFailed(str(status))
    return np.asarray(flow.flows(arcs), dtype=np.int64)


def balance_matrix(network: Network) -> Any:
    """What leaves a node less what comes, as a sparse matrix of shape (n_nodes, n_arcs)."""
    from scipy.sparse import coo_array

    arcs = np.arange(network.tail.size)
    ones = np.ones(arcs.size)
    return coo_array(
        (
            np.concatenate([ones, -ones]),
            (np.concatenate([network.tail, network.head]), np.concatenate([arcs, arcs])),
        ),
        shape=(network.supply.size, arcs.size),
    ).tocsr()


def _by_scipy(network: Network) -> Integers | None:
    from scipy.optimize import linprog

    cost = network.cost.astype(np.float64)
    scale = float(np.abs(cost).max(initial=1.0))
    found = linprog(
        cost * (LARGEST_COST / scale),
        A_eq=balance_matrix(network),
        b_eq=network.supply,
        bounds=np.column_stack([np.zeros(cost.size), network.capacity]),
        method="highs-ds",
        options={"dual_feasibility_tolerance": 1e-10, "primal_feasibility_tolerance": 1e-9},
    )
    if found.status == 2:
        return None
    if found.status != 0:
        raise SolverFailed(found.message)
    return np.asarray(np.rint(found.x), dtype=np.int64)


LARGEST_COST = 1e4
"""HiGHS works in floating point; its tolerances suit costs of this size."""
