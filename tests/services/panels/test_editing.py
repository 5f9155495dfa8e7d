"""Changing a plan by hand, and giving it up."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid
from competition.models import (
    Assignment,
    AuditEntry,
    Judge,
    PlannedPair,
)
from competition.services import panels
from competition.services.panels import Edit
from competition.vocabulary import (
    PairState,
    PlanStatus,
)
from tests.support.builders import (
    make_judge,
)
from tests.support.panels import Scene, report_of


def test_changing_a_plan_by_hand_measures_it_anew_and_is_audited(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=4, judges=4)
    plan = scene.propose(now)
    before = report_of(plan)
    pair = min(scene.planned(plan))
    scene.change(plan, pair, Edit.REMOVE, now)
    after = report_of(plan)
    assert (after.open, after.places) == (1, {pair[0]: 1})
    assert after.affinity < before.affinity
    assert (after.optimum, plan.edits) == (before.optimum, 1)
    scene.change(plan, pair, Edit.ADD, now)
    assert (report_of(plan).open, plan.edits) == (0, 2)
    [row] = [p for p in plan.pairs if (p.entry_id, p.judge_id) == pair]
    assert row.state is PairState.LOCKED
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions == ["propose_plan", "change_plan", "change_plan"]


def test_locking_and_excluding_do_what_they_say(session: Session, now: datetime) -> None:
    scene = Scene(session, entries=4, judges=4)
    plan = scene.propose(now)
    pair = min(scene.planned(plan))

    def state() -> PairState | None:
        found = session.get(PlannedPair, (plan.id, *pair))
        return None if found is None else found.state

    for edit, expected in (
        (Edit.LOCK, PairState.LOCKED),
        (Edit.UNLOCK, PairState.PLANNED),
        (Edit.EXCLUDE, PairState.EXCLUDED),
        (Edit.ALLOW, None),
    ):
        scene.change(plan, pair, edit, now)
        session.flush()
        assert state() is expected
    with pytest.raises(Invalid) as refusal:
        scene.change(plan, pair, Edit.LOCK, now)
    assert [p.code for p in refusal.value.problems] == ["not_in_plan"]


@pytest.mark.parametrize(
    ("make", "code"),
    [
        ("declared", "conflict_declared"),
        ("full", "judge_full"),
        ("unseated", "not_on_panel"),
        ("there", "already_assigned"),
    ],
)
def test_adding_to_a_plan_against_a_hard_rule_is_refused(
    session: Session, now: datetime, make: str, code: str
) -> None:
    scene = Scene(session, entries=4, judges=4)
    plan = scene.propose(now)
    pairs = scene.planned(plan)
    free = min(
        (e.id, j.id) for e in scene.entries for j in scene.judges if (e.id, j.id) not in pairs
    )
    judge = session.get_one(Judge, free[1])
    entry = next(item for item in scene.entries if item.id == free[0])
    if make == "declared":
        panels.add_conflict(
            session, actor=scene.actor, judge=judge, team=entry.team, reason="x", now=now
        )
    elif make == "full":
        judge.max_entries = 2
        session.flush()
    elif make == "unseated":
        free = (free[0], make_judge(session, scene.competition).id)
    else:
        free = min(pairs)
    with pytest.raises(Conflict) as refusal:
        scene.change(plan, free, Edit.ADD, now)
    assert refusal.value.code == code
    assert plan.edits == 0


def test_changing_a_plan_that_somebody_changed_is_refused(session: Session, now: datetime) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    _entry_id, judge_id = min(scene.planned(plan))
    with pytest.raises(Conflict, match="changed_meanwhile"):
        panels.change_plan(
            session,
            actor=scene.actor,
            plan=plan,
            entry=scene.entries[0],
            judge=session.get_one(Judge, judge_id),
            edit=Edit.LOCK,
            revision=plan.revision - 1,
            now=now,
        )


def test_discarding_a_plan_keeps_it_in_the_history(session: Session, now: datetime) -> None:
    scene = Scene(session)
    plan = scene.propose(now)
    panels.discard_plan(session, actor=scene.actor, plan=plan, now=now)
    assert plan.status is PlanStatus.SUPERSEDED
    with pytest.raises(Conflict, match="plan_not_open"):
        scene.publish(now, plan)


def test_a_lock_gives_way_to_a_conflict_and_to_unlocking_the_assignment(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=4, judges=4)
    plan = scene.propose(now)
    first, second = sorted(scene.planned(plan))[:2]
    for pair in (first, second):
        scene.change(plan, pair, Edit.LOCK, now)
    panels.add_conflict(
        session,
        actor=scene.actor,
        judge=session.get_one(Judge, first[1]),
        team=scene.entries[0].team,
        reason="x",
        now=now,
    )
    plan = scene.propose(now, seed=2)
    assert report_of(plan).is_feasible
    states = {(row.entry_id, row.judge_id): row.state for row in plan.pairs}
    assert (states.get(first), states[second]) == (None, PairState.LOCKED)
    scene.publish(now, plan)
    kept = session.scalars(select(Assignment).where(Assignment.is_locked)).one()
    assert (kept.entry_id, kept.judge_id) == second
    panels.unlock(session, actor=scene.actor, assignment=kept, now=now)
    plan = scene.propose(now, seed=2)
    assert {row.state for row in plan.pairs} == {PairState.PLANNED}
