"""From a problem to a plan: the exact optimum, then comparability; or the reason why not."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from competition.assigning.bottleneck import diagnose
from competition.assigning.exact import best_plan
from competition.assigning.plan import Infeasible, Plan
from competition.assigning.positions import Booleans, Positions, locked_conflicts, place
from competition.assigning.problem import Changes, Problem
from competition.assigning.report import report_on

DEFAULT_COMPARABILITY = 0.5
SMALL_BONUS = 0.1
"""A pair that stays is worth this part of what a pair is worth on average."""
EXACT = 1e-9

Progress = Callable[[float], None]
"""Called with the part of the work that is done, 0 to 1."""
Cancel = Callable[[], bool]
"""Asked now and then; True ends the search with the best plan so far."""


def solve(
    problem: Problem,
    *,
    comparability: float | None = DEFAULT_COMPARABILITY,
    seed: int,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    solver: str | None = None,
) -> Plan | Infeasible:
    """Give every entry its judges as well as can be, or say why that is impossible.

    Parameters
    ----------
    problem : Problem
    comparability : float or None
        From fit (0) to comparability (1): affinity that may be given up so that scores can be
        compared, as 1.5 % x c / (1 - c) of the optimum; so 1.5 % at the default of 0.5. None =
        nothing at all: the exact optimum.
    seed : int
        Breaks ties; the same problem and seed give the same plan, whatever the input's order.
    progress, cancel : callables, optional
    solver : {"ortools", "scipy"}, optional
        Default: OR-tools if it is installed.

    Returns
    -------
    Plan or Infeasible
    """
    start = time.perf_counter()
    wrong = locked_conflicts(problem)
    if wrong:
        return Infeasible(locked_conflicts=wrong)
    positions = place(problem)
    chosen = best_plan(positions, seed=seed, solver=solver)
    if chosen is None:
        return _infeasible(positions, seed, solver)
    optimum = affinity = float(positions.affinity[chosen].sum())
    if problem.previous is not None:
        chosen = _kept(problem, positions, chosen, seed, solver)
        affinity = float(positions.affinity[chosen].sum())
    report = report_on(problem, positions, chosen, seconds=time.perf_counter() - start)
    return Plan(
        pairs=positions.pairs(chosen),
        affinity=affinity,
        optimum=optimum,
        status="optimal" if affinity >= optimum - EXACT * max(1.0, optimum) else "feasible",
        report=report,
        seed=seed,
        comparability=comparability,
    )


def _infeasible(positions: Positions, seed: int, solver: str | None) -> Infeasible:
    partial = diagnose(positions, seed=seed, solver=solver)
    return Infeasible(
        pairs=positions.pairs(partial.chosen),
        missing=tuple(
            (positions.entries[e], int(partial.missing[e])) for e in np.flatnonzero(partial.missing)
        ),
        bottlenecks=partial.bottlenecks,
    )


def _kept(
    problem: Problem, positions: Positions, best: Booleans, seed: int, solver: str | None
) -> Booleans:
    """The best plan near the previous one."""
    keep: str | float = "first"
    if problem.changes is Changes.SMALL:
        keep = SMALL_BONUS * float(positions.affinity[best].mean()) if best.any() else 0.0
    found = best_plan(positions, seed=seed, keep=keep, solver=solver)
    assert found is not None, "the rules could all be kept before"
    return found
