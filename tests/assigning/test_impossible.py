"""What cannot be done: the bottleneck is one, the repair helps, and trivial cases are named."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from competition.assigning import (
    BadProblem,
    Infeasible,
    Plan,
    Problem,
    Remedy,
    apply_steps,
    breaches,
    solve,
)
from tests.assigning.builders import everyone, judges_of, problems, without


def impossible(problem: Problem) -> Infeasible:
    outcome = solve(problem, seed=1)
    assert isinstance(outcome, Infeasible)
    return outcome


def room_by_hall(problem: Problem, entries: tuple[int, ...]) -> int:
    """What all judges together can do for these entries, each within limit and conflicts."""
    rows = [problem.entries.index(entry) for entry in entries]
    able = problem.allowed[rows].sum(axis=0)
    return int(np.minimum(able, np.asarray(problem.max_load)).sum())


@settings(max_examples=50, deadline=None)
@given(problem=problems(with_rules=False, density=(0.2, 0.7)))
def test_bottleneck_fails_halls_condition_by_exactly_what_is_short(problem: Problem) -> None:
    problem = replace(
        problem, locked=frozenset(), excluded=frozenset(), min_load=0, required_kinds=()
    )
    outcome = solve(problem, comparability=None, seed=1)
    if isinstance(outcome, Plan):
        return
    wanted = dict(zip(problem.entries, np.asarray(problem.per_entry).tolist(), strict=True))
    for item in outcome.bottlenecks:
        needed = sum(wanted[entry] for entry in item.entries)
        assert (item.needed, item.room) == (needed, room_by_hall(problem, item.entries))
        assert item.short > 0
        able = problem.allowed[[problem.entries.index(entry) for entry in item.entries]]
        eligible = np.flatnonzero(able.any(axis=0))
        assert item.judges == tuple(problem.judges[int(j)] for j in eligible)
        for entry in item.entries:  # nothing is in it that does not belong there
            rest = tuple(other for other in item.entries if other != entry)
            fewer = needed - wanted[entry] - room_by_hall(problem, rest)
            assert fewer < item.short
    assert outcome.short == sum(count for _entry, count in outcome.missing)
    assert len(outcome.pairs) == sum(wanted.values()) - outcome.short


@settings(max_examples=50, deadline=None)
@given(problem=problems(density=(0.2, 0.8)))
def test_repair_of_any_impossible_problem_solves_it(problem: Problem) -> None:
    outcome = solve(problem, comparability=None, seed=1)
    if isinstance(outcome, Plan):
        return
    assert outcome.bottlenecks
    assert all(item.short > 0 for item in outcome.bottlenecks)
    assert outcome.repair is not None
    for repair in (outcome.repair, *outcome.alternatives):
        mended = apply_steps(problem, repair.steps)
        plan = solve(mended, comparability=None, seed=1)
        assert isinstance(plan, Plan)
        fixed = set(breaches(mended, problem.locked))
        assert all(item in fixed for item in breaches(mended, plan.pairs))
        assert repair.cost >= outcome.repair.cost - 1e-9


def test_solve_with_too_little_room_names_entries_judges_and_how_many() -> None:
    # entries 1 to 4 may only go to 101, 102, 103, who take two each: 12 wanted, 6 possible
    allowed = np.ones((8, 6), dtype=bool)
    allowed[:4, 3:] = False
    high = np.array([2, 2, 2, 9, 9, 9])
    problem = Problem(range(1, 9), range(101, 107), allowed, 3, high)
    outcome = impossible(problem)
    (jam,) = outcome.bottlenecks
    assert jam.entries == (1, 2, 3, 4)
    assert jam.judges == (101, 102, 103)
    assert (jam.needed, jam.room, jam.short) == (12, 6, 6)
    assert sum(missing for _entry, missing in outcome.missing) == 6
    assert outcome.repair is not None
    raised = {step.judge: step.by for step in outcome.repair.steps}
    assert raised == {101: 2, 102: 2, 103: 2}
    assert {step.remedy for step in outcome.repair.steps} == {Remedy.RAISE_LIMIT}
    kinds = [{step.remedy for step in other.steps} for other in outcome.alternatives]
    assert kinds == [{Remedy.FEWER_JUDGES}, {Remedy.WAIVE_CONFLICT}]


def test_solve_with_too_few_able_judges_names_the_entry_and_fills_the_rest() -> None:
    outcome = impossible(without(everyone(10, 4), (5, 101), (5, 102)))
    assert outcome.missing == ((5, 1),)
    assert len(outcome.pairs) == 29
    assert judges_of(outcome.pairs, 5) == {103, 104}


def test_solve_with_two_separate_shortages_names_both() -> None:
    allowed = np.ones((6, 6), dtype=bool)
    allowed[0, 1:] = False
    allowed[5, :5] = False
    outcome = impossible(Problem(range(6), range(10, 16), allowed, 2, 6))
    assert [item.entries for item in outcome.bottlenecks] == [(0,), (5,)]
    assert [item.judges for item in outcome.bottlenecks] == [(10,), (15,)]


def test_solve_with_lower_limits_that_cannot_be_met_names_the_judges() -> None:
    allowed = np.ones((6, 4), dtype=bool)
    allowed[2:, 0] = False
    problem = Problem(range(6), range(10, 14), allowed, 2, 6, np.array([5, 0, 0, 0]))
    (item,) = impossible(problem).bottlenecks
    assert (item.rule, item.judges, item.needed, item.room) == ("min_load", (10,), 5, 2)


def test_solve_with_too_few_judges_of_a_kind_says_of_which() -> None:
    problem = replace(
        everyone(6, 4, 2, most=4),
        kind=["school", "school", "school", "industry"],
        required_kinds=("school", "industry"),
    )
    outcome = impossible(problem)
    (item,) = outcome.bottlenecks
    assert item.kinds == ("industry",)
    assert item.judges == (104,)
    assert (item.needed, item.room) == (6, 4)


def test_solve_with_fewer_places_than_kinds_says_so() -> None:
    problem = replace(everyone(2, 4, 1), kind=["a", "a", "b", "b"], required_kinds=("a", "b"))
    outcome = impossible(problem)
    assert [item.rule for item in outcome.bottlenecks] == ["places"]
    assert outcome.repair is not None
    assert {step.remedy for step in outcome.repair.steps} == {Remedy.LIFT_KIND}


def test_solve_with_a_locked_conflict_says_which_and_offers_to_unlock() -> None:
    problem = replace(without(everyone(3, 4, 2), (1, 101)), locked=frozenset({(1, 101)}))
    outcome = impossible(problem)
    assert outcome.locked_conflicts == ((1, 101),)
    assert outcome.repair is not None
    assert [step.remedy for step in outcome.repair.steps] == [Remedy.UNLOCK]
    assert isinstance(solve(apply_steps(problem, outcome.repair.steps), seed=1), Plan)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"max_load": np.array([1])}, "wrong_shape"),
        ({"entries": (1, 1)}, "repeated_id"),
        ({"per_entry": 0}, "bad_per_entry"),
        ({"min_load": 3}, "bad_loads"),
        ({"affinity": np.full((2, 2), -1.0)}, "bad_affinity"),
        ({"affinity": np.full((2, 2), np.nan)}, "bad_affinity"),
        ({"locked": frozenset({(9, 101)})}, "unknown_pair"),
        ({"kind": ["school"]}, "wrong_shape"),
        (
            {"locked": frozenset({(1, 101)}), "excluded": frozenset({(1, 101)})},
            "fixed_and_excluded",
        ),
    ],
)
def test_problem_that_contradicts_itself_is_refused(change: dict[str, object], code: str) -> None:
    whole = {
        "entries": (1, 2),
        "judges": (101, 102),
        "allowed": np.ones((2, 2), dtype=bool),
        "per_entry": 1,
        "max_load": 2,
    }
    with pytest.raises(BadProblem) as refused:
        Problem(**{**whole, **change})  # type: ignore[arg-type]
    assert refused.value.code == code
