"""Automatic assignment: complete, fair, connected, repeatable; or a bottleneck that is one."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.assigning import Infeasible, Plan, Problem, balance, components, quality


def everyone(entries: int, judges: int, per_entry: int = 3, most: int = 10_000) -> Problem:
    return Problem(
        entries=tuple(range(1, entries + 1)),
        judges=tuple(range(101, 101 + judges)),
        allowed=np.ones((entries, judges), dtype=bool),
        per_entry=per_entry,
        max_load=(most,) * judges,
    )


def without(problem: Problem, *pairs: tuple[int, int]) -> Problem:
    """The same problem with conflicts between these entries and judges."""
    allowed = problem.allowed.copy()
    for entry, judge in pairs:
        allowed[problem.entries.index(entry), problem.judges.index(judge)] = False
    return Problem(problem.entries, problem.judges, allowed, problem.per_entry, problem.max_load)


def shuffled(problem: Problem, seed: int) -> Problem:
    generator = random.Random(seed)
    rows = generator.sample(range(len(problem.entries)), len(problem.entries))
    columns = generator.sample(range(len(problem.judges)), len(problem.judges))
    return Problem(
        tuple(problem.entries[i] for i in rows),
        tuple(problem.judges[j] for j in columns),
        problem.allowed[np.ix_(rows, columns)],
        problem.per_entry,
        tuple(problem.max_load[j] for j in columns),
        problem.locked,
        problem.already,
    )


def judges_of(plan: Plan | Infeasible, entry: int) -> set[int]:
    return {judge for other, judge in plan.pairs if other == entry}


@pytest.mark.parametrize(("entries", "judges", "k"), [(60, 24, 3), (48, 14, 3), (7, 5, 2)])
def test_balance_without_conflicts_gives_even_connected_panels(
    entries: int, judges: int, k: int
) -> None:
    problem = everyone(entries, judges, k)
    plan = balance(problem, seed=1)
    assert isinstance(plan, Plan)
    assert all(len(judges_of(plan, entry)) == k for entry in problem.entries)
    found = quality(plan.pairs, problem.judges)
    assert found.places == entries * k == len(set(plan.pairs))
    assert found.load_high - found.load_low <= 1
    assert found.components == 1


def test_balance_mixes_panels_instead_of_fixed_groups() -> None:
    problem = everyone(60, 12)
    plan = balance(problem, seed=1)
    panels = {frozenset(judges_of(plan, entry)) for entry in problem.entries}
    assert len(panels) > 45


def test_balance_with_the_rows_in_any_order_gives_the_same_pairs() -> None:
    problem = without(everyone(30, 9), *[(e, 101 + e % 9) for e in range(1, 31)])
    plans = {balance(shuffled(problem, order), seed=7).pairs for order in range(5)}
    assert plans == {balance(problem, seed=7).pairs}


def test_balance_with_another_seed_gives_other_pairs() -> None:
    problem = everyone(30, 9)
    assert balance(problem, seed=1).pairs != balance(problem, seed=2).pairs


def test_balance_where_greed_would_get_stuck_moves_others_along() -> None:
    # 101 may take anything, but only 101 may take entry 2 beside 102
    allowed = np.array([[True, True, True], [True, True, False], [True, False, True]])
    problem = Problem((1, 2, 3), (101, 102, 103), allowed, 2, (2, 2, 2))
    for seed in range(20):
        plan = balance(problem, seed=seed)
        assert isinstance(plan, Plan)
        assert judges_of(plan, 2) == {101, 102}
        assert judges_of(plan, 3) == {101, 103}
        assert judges_of(plan, 1) == {102, 103}


def test_balance_with_two_separate_tracks_and_one_bridge_connects_them() -> None:
    allowed = np.zeros((20, 9), dtype=bool)
    allowed[:10, :4] = allowed[10:, 4:8] = True
    allowed[:, 8] = True
    problem = Problem(tuple(range(20)), tuple(range(101, 110)), allowed, 2, (8,) * 9)
    plan = balance(problem, seed=3)
    assert isinstance(plan, Plan)
    assert components(plan.pairs) == 1


def test_balance_keeps_locked_and_begun_pairs_even_past_rules() -> None:
    problem = without(everyone(6, 4, 2, most=3), (1, 101))
    kept = Problem(
        problem.entries,
        problem.judges,
        problem.allowed,
        2,
        (3, 3, 3, 3),
        locked=frozenset({(1, 101)}),
        already=frozenset({(2, 102), (3, 102), (4, 102), (5, 102)}),
    )
    plan = balance(kept, seed=1)
    assert isinstance(plan, Plan)
    assert kept.kept <= set(plan.pairs)
    assert (6, 102) not in plan.pairs
    assert all(len(judges_of(plan, entry)) == 2 for entry in kept.entries)


def test_balance_with_too_few_able_judges_names_the_entry_and_fills_the_rest() -> None:
    problem = without(everyone(10, 4), (5, 101), (5, 102))
    outcome = balance(problem, seed=1)
    assert isinstance(outcome, Infeasible)
    assert outcome.missing == ((5, 1),)
    assert len(outcome.pairs) == 29
    assert judges_of(outcome, 5) == {103, 104}


def test_balance_with_too_little_room_names_entries_judges_and_how_many() -> None:
    # entries 1 to 4 may only go to 101, 102, 103, who take two each: 12 wanted, 6 possible
    allowed = np.ones((8, 6), dtype=bool)
    allowed[:4, 3:] = False
    problem = Problem(tuple(range(1, 9)), tuple(range(101, 107)), allowed, 3, (2, 2, 2, 9, 9, 9))
    outcome = balance(problem, seed=1)
    assert isinstance(outcome, Infeasible)
    (jam,) = outcome.bottlenecks
    assert jam.entries == (1, 2, 3, 4)
    assert jam.judges == (101, 102, 103)
    assert (jam.needed, jam.room, jam.short) == (12, 6, 6)
    assert sum(missing for _entry, missing in outcome.missing) == 6


@pytest.mark.parametrize(
    "change",
    [
        {"max_load": (1,)},
        {"entries": (1, 1)},
        {"per_entry": 0},
        {"locked": frozenset({(9, 101)})},
    ],
)
def test_problem_that_contradicts_itself_is_refused(change: dict[str, object]) -> None:
    whole = {
        "entries": (1, 2),
        "judges": (101, 102),
        "allowed": np.ones((2, 2), dtype=bool),
        "per_entry": 1,
        "max_load": (2, 2),
    }
    with pytest.raises(ValueError, match=r"."):
        Problem(**{**whole, **change})  # type: ignore[arg-type]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    entries, judges = draw(st.integers(1, 9)), draw(st.integers(1, 6))
    cells = st.lists(st.booleans(), min_size=entries * judges, max_size=entries * judges)
    allowed = np.array(draw(cells)).reshape(entries, judges)
    return Problem(
        entries=tuple(range(1, entries + 1)),
        judges=tuple(range(101, 101 + judges)),
        allowed=allowed,
        per_entry=draw(st.integers(1, 3)),
        max_load=tuple(draw(st.integers(1, entries)) for _ in range(judges)),
    )


@settings(max_examples=150, deadline=None)
@given(problem=problems(), seed=st.integers(0, 5))
def test_balance_of_any_problem_breaks_no_rule_and_explains_every_open_place(
    problem: Problem, seed: int
) -> None:
    outcome = balance(problem, seed=seed)
    assert len(set(outcome.pairs)) == len(outcome.pairs)
    for entry, judge in outcome.pairs:
        assert problem.allowed[problem.entries.index(entry), problem.judges.index(judge)]
    for position, judge in enumerate(problem.judges):
        load = sum(1 for _entry, other in outcome.pairs if other == judge)
        assert load <= problem.max_load[position]
    wanted = problem.per_entry * len(problem.entries)
    assert len(outcome.pairs) == largest_matching(problem)
    if isinstance(outcome, Infeasible):
        open_places = sum(missing for _entry, missing in outcome.missing)
        assert open_places == wanted - len(outcome.pairs)
        assert sum(jam.short for jam in outcome.bottlenecks) == open_places
        for jam in outcome.bottlenecks:
            assert jam.short > 0
    else:
        assert len(outcome.pairs) == wanted


def largest_matching(problem: Problem) -> int:
    """Places that can be filled at all: the largest flow, by the plainest means."""
    has: set[tuple[int, int]] = set()
    entries, judges = range(len(problem.entries)), range(len(problem.judges))

    def load(judge: int) -> int:
        return sum(1 for _entry, other in has if other == judge)

    def fill(entry: int, seen: set[int]) -> bool:
        for judge in judges:
            if not problem.allowed[entry, judge] or (entry, judge) in has or judge in seen:
                continue
            seen.add(judge)
            if load(judge) < problem.max_load[judge]:
                has.add((entry, judge))
                return True
            for other in entries:
                if (other, judge) in has:
                    has.remove((other, judge))
                    if fill(other, seen):
                        has.add((entry, judge))
                        return True
                    has.add((other, judge))
        return False

    for entry in entries:
        for _place in range(problem.per_entry):
            fill(entry, set())
    return len(has)
