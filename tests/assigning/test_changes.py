"""Changes while judging runs: the fewest, the small ones, and what a change by hand does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from competition.assigning import (
    Breach,
    Changes,
    Plan,
    Problem,
    Rule,
    measure,
    reassign,
    solve,
    what_if,
    with_entry,
    with_further_judges,
    without_entry,
    without_judge,
    without_pair,
)
from tests.assigning.builders import everyone, problems, without


def contest(entries: int = 40, judges: int = 12, seed: int = 1) -> Problem:
    numbers = np.random.default_rng(seed)
    return Problem(
        entries=range(entries),
        judges=range(100, 100 + judges),
        allowed=numbers.random((entries, judges)) > 0.1,
        per_entry=3,
        min_load=2,
        max_load=15,
        affinity=np.round(numbers.random((entries, judges)), 3),
    )


def planned(problem: Problem) -> Plan:
    plan = solve(problem, seed=1)
    assert isinstance(plan, Plan)
    return plan


def test_reassign_after_a_drop_out_changes_exactly_the_pairs_lost_and_tells_the_price() -> None:
    problem = contest()
    before = set(planned(problem).pairs)
    lost = {pair for pair in before if pair[1] == 103}
    ways = reassign(without_judge(problem, 103), before, seed=1)
    assert isinstance(ways.fewest, Plan)
    assert isinstance(ways.small, Plan)
    assert before - set(ways.fewest.pairs) == lost
    assert ways.fewest.report.changes == ways.fewest.report.lost == len(lost)
    assert ways.small.report.changes is not None
    assert ways.small.report.changes >= len(lost)
    assert ways.small.price <= ways.fewest.price
    assert ways.fewest.price == pytest.approx(ways.fewest.optimum - ways.fewest.affinity)


@settings(max_examples=30, deadline=None)
@given(problem=problems(nested=True), gone=st.integers(0, 6))
def test_reassign_with_fewest_changes_keeps_every_pair_that_can_be_kept(
    problem: Problem, gone: int
) -> None:
    before = solve(problem, comparability=None, seed=1)
    judge = problem.judges[gone % len(problem.judges)]
    smaller = without_judge(problem, judge)
    keep = frozenset(before.pairs)
    lost = {pair for pair in keep if pair[1] == judge}
    after = solve(replace(smaller, previous=keep, changes=Changes.FEWEST), seed=1)
    if not isinstance(before, Plan) or not isinstance(after, Plan):
        return
    kept_all = solve(replace(smaller, locked=keep - lost), comparability=None, seed=1)
    if isinstance(kept_all, Plan):
        assert keep - set(after.pairs) == lost


def test_reassign_leaves_work_that_was_done_with_a_judge_who_dropped_out() -> None:
    problem = contest()
    before = set(planned(problem).pairs)
    begun = frozenset(sorted(pair for pair in before if pair[1] == 103)[:2])
    ways = reassign(without_judge(replace(problem, done=begun), 103), before, seed=1)
    assert {pair for pair in ways.fewest.pairs if pair[1] == 103} == begun


def test_reassign_after_a_recusal_a_late_and_a_withdrawn_entry_touches_nothing_else() -> None:
    problem = contest()
    before = set(planned(problem).pairs)
    entry, judge = min(before)
    recused = reassign(without_pair(problem, entry, judge), before, seed=1).fewest
    assert before - set(recused.pairs) == {(entry, judge)}
    late = with_entry(problem, 99, allowed=np.ones(12, dtype=bool), per_entry=3)
    with_late = reassign(late, before, seed=1).fewest
    assert before <= set(with_late.pairs)
    assert {e for e, _judge in set(with_late.pairs) - before} == {99}
    fewer = reassign(without_entry(problem, 7), before, seed=1).fewest
    assert set(fewer.pairs) == {pair for pair in before if pair[0] != 7}
    more = reassign(with_further_judges(problem, [5]), before, seed=1).fewest
    assert before <= set(more.pairs)
    assert [e for e, _judge in set(more.pairs) - before] == [5]


def test_what_if_tells_the_cost_and_every_new_breach_of_a_change_by_hand() -> None:
    problem = replace(
        without(everyone(4, 4, 2, most=2), (1, 101)),
        affinity=np.arange(16.0).reshape(4, 4),
        kind=["school", "school", "industry", "industry"],
        required_kinds=("school", "industry"),
        organization=["A", "A", "B", "C"],
        one_per_organization=True,
        locked=frozenset({(1, 103)}),
    )
    pairs = planned(problem).pairs
    old = next(judge for entry, judge in pairs if entry == 1 and judge != 103)
    assert old == 102
    effect = what_if(problem, pairs, add=[(1, 101)], remove=[(1, 103)])
    fit = problem.affinity
    assert fit is not None
    assert effect.affinity_change == pytest.approx(fit[0, 0] - fit[0, 2])
    assert set(effect.new) >= {
        Breach(Rule.CONFLICT, 1, 101),
        Breach(Rule.LOCKED, 1, 103),
        Breach(Rule.KIND, 1, about="industry"),
        Breach(Rule.ORGANIZATION, 1, about="A"),
        Breach(Rule.MAX_LOAD, judge=101, count=3, limit=2),
    }
    back = what_if(problem, [*pairs, (1, 104)], remove=[(1, 104)])
    assert back.new == ()
    assert Breach(Rule.TOO_MANY, 1, count=3, limit=2) in back.mended


def test_measure_of_any_pairs_gives_the_figures_of_the_plan() -> None:
    problem = contest()
    plan = planned(problem)
    report = measure(problem, plan.pairs)
    assert replace(report, seconds=plan.report.seconds) == plan.report
