"""Assignments: changed by hand, confirmed, stepped back from; conflicts are hard."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, NotFound
from competition.models import (
    Assignment,
    AuditEntry,
    Judge,
    LocalText,
    Track,
)
from competition.models import Conflict as ConflictRow
from competition.policies import Actor
from competition.services import panels
from competition.vocabulary import (
    AssignmentState,
    ConflictSource,
    EntryState,
    PlanChanges,
    RoundState,
    ScorecardState,
)
from tests.support.builders import (
    actor_for,
    assign,
    make_entry,
    make_judge,
    make_round,
    make_rubric,
)
from tests.support.panels import Scene
from tests.support.scorecards import fill_scorecard


@pytest.mark.parametrize(
    ("make", "code"),
    [
        ("declared", "conflict_declared"),
        ("organization", "conflict_same_organization"),
        ("assigned", "already_assigned"),
        ("recused", "judge_recused"),
        ("full", "judge_full"),
        ("unseated", "not_on_panel"),
        ("withdrawn", "entry_not_judged"),
    ],
)
def test_assign_by_hand_against_a_hard_rule_is_refused(
    session: Session, now: datetime, make: str, code: str
) -> None:
    scene = Scene(session)
    entry, judge = scene.entries[0], scene.judges[0]
    if make == "declared":
        session.add(
            ConflictRow(
                judge=judge,
                team=entry.team,
                source=ConflictSource.ORGANIZER,
                reason="x",
                created_at=now,
            )
        )
    elif make == "organization":
        judge.organization = entry.team.organization
    elif make == "assigned":
        assign(session, entry, judge)
    elif make == "recused":
        assign(session, entry, judge, AssignmentState.RECUSED, recusal_reason="x")
    elif make == "full":
        judge.max_entries = 1
        assign(session, scene.entries[1], judge)
    elif make == "unseated":
        judge = make_judge(session, scene.competition)
    else:
        entry.state = EntryState.WITHDRAWN
    session.flush()
    with pytest.raises(Conflict) as refusal:
        panels.assign(session, actor=scene.actor, entry=entry, judge=judge, now=now)
    assert refusal.value.code == code


def test_assign_by_hand_across_tracks_is_the_organizers_choice(
    session: Session, now: datetime
) -> None:
    scene = Scene(session)
    other = Track(position=2, name=LocalText(en="Health"))
    scene.competition.tracks.append(other)
    scene.judges[0].tracks = [other]
    session.flush()
    made = panels.assign(
        session, actor=scene.actor, entry=scene.entries[0], judge=scene.judges[0], now=now
    )
    assert (made.is_locked, made.state) == (True, AssignmentState.PROPOSED)
    assert session.scalars(select(AuditEntry.action)).one() == "assign"


def test_lock_unlock_and_unassign_leave_their_traces(session: Session, now: datetime) -> None:
    scene = Scene(session)
    made = assign(session, scene.entries[0], scene.judges[0], AssignmentState.PROPOSED)
    panels.lock(session, actor=scene.actor, assignment=made, now=now)
    panels.lock(session, actor=scene.actor, assignment=made, now=now)
    assert made.is_locked
    panels.unlock(session, actor=scene.actor, assignment=made, now=now)
    panels.unassign(session, actor=scene.actor, assignment=made, now=now)
    assert scene.pairs() == set()
    assert session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all() == [
        "lock_assignment",
        "unlock_assignment",
        "unassign",
    ]


def test_unassign_of_begun_work_is_refused(session: Session, now: datetime) -> None:
    scene = Scene(session)
    rubric = make_rubric(session, scene.of)
    made = assign(session, scene.entries[0], scene.judges[0])
    fill_scorecard(session, made, rubric, (5,), ScorecardState.DRAFT)
    with pytest.raises(Conflict, match="assignment_begun"):
        panels.unassign(session, actor=scene.actor, assignment=made, now=now)


def judge_actor(session: Session, judge: Judge) -> Actor:
    return actor_for(session, judge.account)


def test_confirm_tells_judges_of_what_was_set_by_hand_once(session: Session, now: datetime) -> None:
    scene = Scene(session)
    for entry in scene.entries:
        assign(session, entry, scene.judges[0], AssignmentState.PROPOSED)
    confirm = panels.confirm_assignments
    assert confirm(session, actor=scene.actor, of=scene.of, now=now) == 6
    assert confirm(session, actor=scene.actor, of=scene.of, now=now) == 0
    assert set(session.scalars(select(Assignment.state))) == {AssignmentState.CONFIRMED}


def test_recuse_opens_the_place_and_keeps_both_apart(session: Session, now: datetime) -> None:
    scene = Scene(session)
    judge = scene.judges[0]
    made = assign(session, scene.entries[0], judge, is_locked=True)
    actor = judge_actor(session, judge)
    with pytest.raises(Invalid) as refusal:
        panels.recuse(session, actor=actor, assignment=made, reason="  ", now=now)
    assert [(p.code, p.field) for p in refusal.value.problems] == [("reason_needed", "reason")]
    panels.recuse(session, actor=actor, assignment=made, reason=" my student ", now=now)
    assert (made.state, made.recusal_reason) == (AssignmentState.RECUSED, "my student")
    stored = session.scalars(select(ConflictRow)).one()
    assert (stored.judge, stored.team, stored.source, stored.reason) == (
        judge,
        scene.teams[0],
        ConflictSource.JUDGE,
        "my student",
    )
    plan = scene.propose(now, changes=PlanChanges.FEWEST)
    assert scene.pair(0, 0) not in scene.planned(plan)
    assert {"recuse", "add_conflict"} <= set(session.scalars(select(AuditEntry.action)))


def test_recuse_after_submitting_or_by_another_judge_is_refused(
    session: Session, now: datetime
) -> None:
    scene = Scene(session)
    rubric = make_rubric(session, scene.of)
    made = assign(session, scene.entries[0], scene.judges[0])
    with pytest.raises(NotFound):
        panels.recuse(
            session,
            actor=judge_actor(session, scene.judges[1]),
            assignment=made,
            reason="x",
            now=now,
        )
    fill_scorecard(session, made, rubric, (5, 5))
    with pytest.raises(Conflict, match="scorecard_is_in"):
        panels.recuse(
            session,
            actor=judge_actor(session, scene.judges[0]),
            assignment=made,
            reason="x",
            now=now,
        )


def test_add_conflict_takes_back_what_was_assigned(session: Session, now: datetime) -> None:
    scene = Scene(session)
    rubric = make_rubric(session, scene.of)
    later = make_round(session, scene.competition, state=RoundState.LOCKED)
    judge, team = scene.judges[0], scene.teams[0]
    begun = assign(session, scene.entries[0], judge)
    fill_scorecard(session, begun, rubric, (5, 6), ScorecardState.SUBMITTED)
    closed = assign(session, make_entry(session, later, team), judge)
    add = panels.add_conflict
    add(session, actor=scene.actor, judge=judge, team=team, reason="adviser", now=now)
    assert (begun.state, begun.recusal_reason) == (AssignmentState.RECUSED, "declared")
    assert closed.state is AssignmentState.CONFIRMED
    with pytest.raises(Invalid) as refusal:
        add(session, actor=scene.actor, judge=judge, team=team, reason="again", now=now)
    assert [p.code for p in refusal.value.problems] == ["conflict_known"]
