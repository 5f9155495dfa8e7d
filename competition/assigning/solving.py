"""From a problem to a plan: the exact optimum, then comparability; or the reason why not."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from competition.assigning.bottleneck import diagnose
from competition.assigning.comparability import DEFAULT_COMPARABILITY, Search, comparable_plan
from competition.assigning.exact import best_plan
from competition.assigning.one_thread import one_thread
from competition.assigning.plan import Bottleneck, Infeasible, Plan, Repair
from competition.assigning.positions import Booleans, Positions, fix, locked_conflicts, place
from competition.assigning.problem import Changes, Problem, id_key
from competition.assigning.repair import repairs, unlocking
from competition.assigning.report import expert_threshold, report_on

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
        compared, as 1.5 % x c / (1 - c) of the optimum; so 1.5 % at the default of 0.5. Up to
        5 % goes into a connected graph in any case. None = nothing at all: the exact optimum.
    seed : int
        Breaks ties; the same problem and seed give the same plan, whatever the input's order.
    progress, cancel : callables, optional
    solver : {"ortools", "scipy"}, optional
        Default: OR-tools if it is installed.

    Returns
    -------
    Plan or Infeasible

    Examples
    --------
    >>> problem = Problem([1, 2], ["a", "b"], np.ones((2, 2), bool), 1, 1, affinity=np.eye(2))
    >>> solve(problem, seed=0).pairs
    ((1, 'a'), (2, 'b'))
    """
    with one_thread():
        return _solve(problem, comparability, seed, progress, cancel, solver)


def go_on(
    problem: Problem, plan: Plan, *, comparability: float, seed: int, solver: str | None = None
) -> Plan:
    """Look at another place of the slider from a plan that is known, in a fifth of the time.

    The search begins at this plan instead of at the optimum, and ends nearly as far as `solve`:
    enough to show what there is to trade, each place from the one before. A plan that is to be
    used is worth the whole search.

    Parameters
    ----------
    problem : Problem
        Without an earlier plan to keep to.
    plan : Plan
        A plan for this problem that gives up no more than may be given up here.
    comparability : float
        As for `solve`.
    seed : int
    solver : {"ortools", "scipy"}, optional

    Examples
    --------
    >>> problem = Problem([1, 2], ["a", "b"], np.ones((2, 2), bool), 1, 1, affinity=np.eye(2))
    >>> go_on(problem, solve(problem, comparability=None, seed=0), comparability=0.9, seed=0).pairs
    ((1, 'a'), (2, 'b'))
    """
    if problem.previous is not None:
        raise ValueError("what a plan near an earlier one gave up is not known")
    with one_thread():
        start = time.perf_counter()
        positions = place(problem)
        work = _search(problem, positions, comparability, seed, solver)
        chosen = comparable_plan(work, positions.mask(plan.pairs), optimum=plan.optimum)
        return _plan(problem, positions, chosen, plan.optimum, seed, comparability, start)


def _solve(
    problem: Problem,
    comparability: float | None,
    seed: int,
    progress: Progress | None,
    cancel: Cancel | None,
    solver: str | None,
) -> Plan | Infeasible:
    start = time.perf_counter()
    wrong = locked_conflicts(problem)
    if wrong:
        ways = unlocking(problem, wrong, seed)
        return Infeasible(
            locked_conflicts=wrong,
            repair=ways[0] if ways else None,
            alternatives=tuple(ways[1:]),
            seconds=time.perf_counter() - start,
        )
    positions = place(problem)
    chosen = best_plan(positions, seed=seed, solver=solver)
    if chosen is None:
        return _infeasible(problem, positions, seed, solver, start)
    optimum = float(positions.affinity[chosen].sum())
    movable = positions
    if problem.previous is not None:
        chosen = _kept(problem, positions, chosen, seed, solver)
        movable = fix(positions, chosen & positions.previous)
    if comparability is not None:
        work = replace(
            _search(problem, positions, comparability, seed, solver),
            positions=movable,
            progress=progress,
            cancel=cancel,
        )
        chosen = comparable_plan(work, chosen)
    return _plan(problem, positions, chosen, optimum, seed, comparability, start)


def _search(
    problem: Problem, positions: Positions, comparability: float, seed: int, solver: str | None
) -> Search:
    is_expert = positions.affinity >= expert_threshold(problem, positions)
    return Search(positions, is_expert, comparability, seed, solver)


def _plan(
    problem: Problem,
    positions: Positions,
    chosen: Booleans,
    optimum: float,
    seed: int,
    comparability: float | None,
    start: float,
) -> Plan:
    affinity = float(positions.affinity[chosen].sum())
    report = report_on(problem, positions, chosen)
    return Plan(
        pairs=positions.pairs(chosen),
        affinity=affinity,
        optimum=optimum,
        status="optimal" if affinity >= optimum - EXACT * max(1.0, optimum) else "feasible",
        report=replace(report, seconds=time.perf_counter() - start),
        seed=seed,
        comparability=comparability,
    )


def _infeasible(
    problem: Problem, positions: Positions, seed: int, solver: str | None, start: float
) -> Infeasible:
    partial = diagnose(positions, seed=seed, solver=solver)
    repair, alternatives = repairs(problem, positions, seed=seed, solver=solver)
    return Infeasible(
        pairs=positions.pairs(partial.chosen),
        missing=tuple(
            (positions.entries[e], int(partial.missing[e])) for e in np.flatnonzero(partial.missing)
        ),
        bottlenecks=partial.bottlenecks or _crossing(positions, repair),
        repair=repair,
        alternatives=alternatives,
        seconds=time.perf_counter() - start,
    )


def _crossing(positions: Positions, repair: Repair | None) -> tuple[Bottleneck, ...]:
    """Entries that would need two judges of one organization, for two kinds."""
    if repair is None:
        return ()
    entries = sorted({step.entry for step in repair.steps}, key=id_key)
    row = {item: i for i, item in enumerate(positions.entries)}
    owners = [positions.organizations.index(step.organization) for step in repair.steps]
    able = positions.open[[row[entry] for entry in entries]].any(axis=0)
    able &= np.isin(positions.organization, owners)
    return (
        Bottleneck(
            entries=tuple(entries),
            judges=tuple(positions.judges[j] for j in np.flatnonzero(able)),
            needed=2 * len(repair.steps),
            room=len(repair.steps),
            rule="organization",
        ),
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
