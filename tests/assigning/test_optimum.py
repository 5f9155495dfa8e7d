"""The optimum: what an integer program says, with either solver, in any order, on open data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.assigning import Infeasible, Plan, Problem, Rule, breaches, solve
from competition.assigning import sparse as large
from tests.assigning.builders import (
    everyone,
    judges_of,
    optimum_by_integer_program,
    problems,
    shuffled,
    without,
)

OPTIMA = {"contest_100x20x3": 190.66, "contest_300x40x3": 602.08, "sigir_query": 122.50}


def open_instance(folder: Path, name: str) -> Problem:
    data = np.load(folder / "assignment" / f"{name}.npz")
    n_entries, n_judges = data["aff"].shape
    return Problem(
        entries=range(n_entries),
        judges=range(n_judges),
        allowed=~data["coi"],
        per_entry=data["demand"],
        min_load=data["load_min"],
        max_load=data["load_max"],
        affinity=data["aff"],
    )


def locks_break_no_rule(problem: Problem) -> bool:
    still_to_come = {Rule.TOO_FEW, Rule.KIND, Rule.MIN_LOAD}
    return all(breach.rule in still_to_come for breach in breaches(problem, problem.locked))


@settings(max_examples=100, deadline=None)
@given(problem=problems().filter(locks_break_no_rule), seed=st.integers(0, 5))
def test_solve_any_problem_reaches_the_optimum_of_an_integer_program_within_the_rules(
    problem: Problem, seed: int
) -> None:
    best = optimum_by_integer_program(problem)
    plan = solve(problem, comparability=None, seed=seed)
    if best is None:
        assert isinstance(plan, Infeasible)
        return
    assert isinstance(plan, Plan)
    assert plan.affinity == pytest.approx(best, abs=1e-6)
    assert plan.status == "optimal"
    assert breaches(problem, plan.pairs) == ()


@settings(max_examples=25, deadline=None)
@given(problem=problems(nested=True), seed=st.integers(0, 5))
def test_solve_with_scipy_gives_the_same_optimum_as_with_ortools(
    problem: Problem, seed: int
) -> None:
    plans = [
        solve(problem, comparability=None, seed=seed, solver=solver)
        for solver in ("ortools", "scipy")
    ]
    if isinstance(plans[0], Infeasible):
        assert isinstance(plans[1], Infeasible)
        assert plans[0].short == plans[1].short
        return
    assert isinstance(plans[0], Plan)
    assert isinstance(plans[1], Plan)
    assert plans[1].affinity == pytest.approx(plans[0].affinity, abs=1e-6)
    assert breaches(problem, plans[1].pairs) == breaches(problem, plans[0].pairs)


@settings(max_examples=25, deadline=None)
@given(problem=problems(), seed=st.integers(0, 5), order=st.integers(0, 5))
def test_solve_with_rows_in_any_order_gives_the_same_answer(
    problem: Problem, seed: int, order: int
) -> None:
    first = solve(problem, seed=seed)
    second = solve(shuffled(problem, order), seed=seed)
    assert first.pairs == second.pairs
    if isinstance(first, Infeasible) and isinstance(second, Infeasible):
        assert first.bottlenecks == second.bottlenecks
        assert first.repair == second.repair


@pytest.mark.parametrize("name", OPTIMA)
def test_solve_an_open_instance_reaches_its_known_optimum(
    name: str, reference_folder: Path
) -> None:
    problem = open_instance(reference_folder, name)
    plan = solve(problem, comparability=None, seed=1)
    assert isinstance(plan, Plan)
    assert plan.affinity == pytest.approx(OPTIMA[name], abs=0.005)
    assert breaches(problem, plan.pairs) == ()


@pytest.mark.parametrize(("entries", "judges", "k"), [(60, 24, 3), (48, 14, 3), (7, 5, 2)])
@pytest.mark.parametrize("comparability", [None, 0.5, 1.0])
def test_solve_where_all_fit_equally_gives_loads_that_differ_by_at_most_one(
    entries: int, judges: int, k: int, comparability: float | None
) -> None:
    plan = solve(everyone(entries, judges, k), comparability=comparability, seed=1)
    assert isinstance(plan, Plan)
    loads = plan.report.loads.values()
    assert sum(loads) == entries * k
    assert max(loads) - min(loads) <= 1


def test_solve_with_another_seed_breaks_ties_in_another_way() -> None:
    problem = everyone(30, 9)
    assert solve(problem, seed=1).pairs != solve(problem, seed=2).pairs
    assert solve(problem, seed=1).pairs == solve(problem, seed=1).pairs


def test_solve_where_greed_would_get_stuck_moves_others_along() -> None:
    # 101 may take anything, but only 101 may take entry 2 beside 102
    allowed = np.array([[True, True, True], [True, True, False], [True, False, True]])
    problem = Problem((1, 2, 3), (101, 102, 103), allowed, 2, 2)
    for seed in range(5):
        pairs = solve(problem, seed=seed).pairs
        assert judges_of(pairs, 2) == {101, 102}
        assert judges_of(pairs, 3) == {101, 103}
        assert judges_of(pairs, 1) == {102, 103}


def test_solve_keeps_done_pairs_past_any_rule_and_locked_ones_past_a_limit() -> None:
    problem = without(everyone(6, 4, 2, most=3), (1, 101))
    kept = Problem(
        problem.entries,
        problem.judges,
        problem.allowed,
        per_entry=2,
        max_load=3,
        done=frozenset({(1, 101)}),
        locked=frozenset({(2, 102), (3, 102), (4, 102), (5, 102)}),
    )
    plan = solve(kept, seed=1)
    assert isinstance(plan, Plan)
    assert kept.kept <= set(plan.pairs)
    assert (6, 102) not in plan.pairs
    assert all(len(judges_of(plan.pairs, entry)) == 2 for entry in kept.entries)


def test_solve_a_large_problem_over_a_part_of_the_pairs_gives_the_optimum_over_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    numbers = np.random.default_rng(3)
    # a crowded topic: the pairs that look best do not suffice
    topic = numbers.integers(0, 3, 200)[:, np.newaxis] == numbers.integers(0, 3, 40)
    problem = Problem(
        entries=range(200),
        judges=range(40),
        allowed=numbers.random((200, 40)) > 0.1,
        per_entry=3,
        min_load=12,
        max_load=17,
        affinity=np.round(numbers.random((200, 40)) * 0.4 + topic * 0.6, 3),
    )
    whole = solve(problem, comparability=None, seed=4)
    monkeypatch.setattr(large, "LARGE", 1)
    monkeypatch.setattr(large, "SPARE_JUDGES", 1)
    monkeypatch.setattr(large, "SPARE_ENTRIES", 1)
    part = solve(problem, comparability=None, seed=4)
    assert isinstance(whole, Plan)
    assert isinstance(part, Plan)
    assert part.affinity == pytest.approx(whole.affinity, abs=1e-9)
    assert sorted(part.report.loads.values()) == sorted(whole.report.loads.values())


@settings(max_examples=25, deadline=None)
@given(problem=problems(with_rules=True, density=(0.9, 1.0)).filter(locks_break_no_rule))
def test_solve_where_organizations_lie_across_kinds_reaches_the_optimum_all_the_same(
    problem: Problem,
) -> None:
    best = optimum_by_integer_program(problem)
    plan = solve(problem, comparability=0.8, seed=1)
    if isinstance(plan, Plan):
        assert plan.optimum == pytest.approx(best, abs=1e-6)
        assert breaches(problem, plan.pairs) == ()
    else:
        assert best is None
        assert plan.bottlenecks
