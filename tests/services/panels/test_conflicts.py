"""Conflicts: found, declared, decided; enforced by services and by the database itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from competition.errors import Forbidden, Invalid, NotFound
from competition.models import Assignment, AuditEntry, Conflict, TeamMember
from competition.queries.panels import conflict_between, conflict_map
from competition.services import panels
from competition.services.submissions.rosters import TeamRequest
from competition.services.submissions.teams import edit_team
from competition.vocabulary import (
    AssignmentState,
    ConflictSource,
    ConflictStatus,
    MemberKind,
    OrganizationKind,
)
from tests.support.builders import (
    actor_for,
    assign,
    make_organization,
    make_rubric,
)
from tests.support.panels import Scene
from tests.support.races import race
from tests.support.scorecards import fill_scorecard


def search(scene: Scene, now: datetime) -> int:
    return panels.search_conflicts(
        scene.session, actor=scene.actor, competition=scene.competition, now=now
    )


def stored(session: Session) -> set[tuple[int, int, ConflictSource, ConflictStatus]]:
    return {
        (item.judge_id, item.team_id, item.source, item.status)
        for item in session.scalars(select(Conflict))
    }


def add_instructor(scene: Scene, team: int, name: str, email: str = "") -> None:
    scene.teams[team].members.append(
        TeamMember(
            competition_id=scene.competition.id,
            kind=MemberKind.INSTRUCTOR,
            name=name,
            email=email,
        )
    )
    scene.session.flush()


def test_searching_finds_schools_companies_instructors_members_and_namesakes(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=5, judges=5)
    school, company, teacher, student, namesake = scene.judges
    school.organization = make_organization(session, scene.competition, "School 0")
    company.organization = make_organization(
        session, scene.competition, "Firm", kind=OrganizationKind.INDUSTRY
    )
    scene.teams[1].organization = company.organization
    add_instructor(scene, 2, "Another name", teacher.account.email)
    scene.teams[3].members[0].account = student.account
    add_instructor(scene, 4, f" {namesake.account.name.upper()} ")
    assert search(scene, now) == 5
    found = ConflictStatus.FOUND
    assert stored(session) == {
        (school.id, scene.teams[0].id, ConflictSource.SAME_SCHOOL, found),
        (company.id, scene.teams[1].id, ConflictSource.EMPLOYER, found),
        (teacher.id, scene.teams[2].id, ConflictSource.INSTRUCTOR, found),
        (student.id, scene.teams[3].id, ConflictSource.MEMBER, found),
        (namesake.id, scene.teams[4].id, ConflictSource.INSTRUCTOR, found),
    }
    assert search(scene, now) == 0


def test_searching_by_further_names_finds_the_same_school_under_two_names(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=1, judges=1)
    judge = scene.judges[0]
    judge.organization = make_organization(session, scene.competition, "Lake College (East)")
    session.flush()
    assert search(scene, now) == 0
    known = scene.teams[0].organization
    count = panels.add_alias(
        session, actor=scene.actor, organization=known, name="lake college - EAST", now=now
    )
    assert count == 1
    assert conflict_map(session, competition_id=scene.competition.id) != {}
    with pytest.raises(Invalid) as refusal:
        panels.add_alias(
            session, actor=scene.actor, organization=known, name="Lake College - East", now=now
        )
    assert [(p.code, p.field) for p in refusal.value.problems] == [("alias_taken", "name")]


def test_searching_again_drops_undecided_ones_whose_facts_are_gone(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=2, judges=2)
    for judge, name in zip(scene.judges, ("School 0", "School 1"), strict=True):
        judge.organization = make_organization(session, scene.competition, name)
    session.flush()
    assert search(scene, now) == 2
    kept = session.scalars(select(Conflict).where(Conflict.judge_id == scene.judges[0].id)).one()
    panels.confirm_conflict(session, actor=scene.actor, conflict=kept, now=now)
    for judge in scene.judges:
        judge.organization = None
    session.flush()
    assert search(scene, now) == 0
    assert [item.status for item in session.scalars(select(Conflict))] == [ConflictStatus.CONFIRMED]


def test_a_found_conflict_blocks_until_it_is_dismissed_and_does_not_come_back(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=2, judges=2)
    judge, team = scene.judges[0], scene.teams[0]
    judge.organization = team.organization
    session.flush()
    search(scene, now)
    between = {"judge_id": judge.id, "team_id": team.id}
    assert conflict_between(session, **between) is not None
    conflict = session.scalars(select(Conflict)).one()
    with pytest.raises(Invalid) as refusal:
        panels.dismiss_conflict(session, actor=scene.actor, conflict=conflict, reason=" ", now=now)
    assert [(p.code, p.field) for p in refusal.value.problems] == [("reason_needed", "reason")]
    panels.dismiss_conflict(
        session, actor=scene.actor, conflict=conflict, reason="left ten years ago", now=now
    )
    assert (conflict.decision_reason, conflict.decided_by) == (
        "left ten years ago",
        scene.organizer.id,
    )
    assert conflict_between(session, **between) is None
    assert conflict_map(session, competition_id=scene.competition.id) == {}
    assert search(scene, now) == 0
    assign(session, scene.entries[0], judge)
    panels.confirm_conflict(session, actor=scene.actor, conflict=conflict, now=now)
    assert session.scalars(select(Assignment)).all() == []
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [
        "find_conflicts",
        "dismiss_conflict",
        "confirm_conflict",
        "withdraw_assignment",
    ]


def test_dismissing_one_source_leaves_the_others_in_force(session: Session, now: datetime) -> None:
    scene = Scene(session, entries=1, judges=1)
    judge, team = scene.judges[0], scene.teams[0]
    judge.organization = team.organization
    session.flush()
    search(scene, now)
    panels.add_conflict(
        session,
        actor=scene.actor,
        judge=judge,
        team=team,
        reason="cousin",
        source=ConflictSource.RELATION,
        now=now,
    )
    school = session.scalars(
        select(Conflict).where(Conflict.source == ConflictSource.SAME_SCHOOL)
    ).one()
    panels.dismiss_conflict(session, actor=scene.actor, conflict=school, reason="x", now=now)
    assert conflict_between(session, judge_id=judge.id, team_id=team.id) is not None


def test_a_declared_conflict_dismissed_can_be_declared_again(
    session: Session, now: datetime
) -> None:
    scene = Scene(session)
    facts: dict[str, Any] = {"judge": scene.judges[0], "team": scene.teams[0]}
    add = panels.add_conflict
    made = add(session, actor=scene.actor, **facts, reason="same name", now=now)
    panels.dismiss_conflict(session, actor=scene.actor, conflict=made, reason="another", now=now)
    again = add(session, actor=scene.actor, **facts, reason="the same after all", now=now)
    assert (again.id, again.status, again.reason) == (
        made.id,
        ConflictStatus.CONFIRMED,
        "the same after all",
    )


def test_a_team_names_somebody_who_becomes_a_judge_only_later(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=1, judges=1)
    captain = scene.teams[0].members[0].account
    assert captain is not None
    declare = panels.declare_for_team
    facts: dict[str, Any] = {
        "actor": actor_for(session, captain),
        "team": scene.teams[0],
        "now": now,
    }
    declare(session, **facts, name="Dr.  Later", reason="my uncle")
    assert session.scalars(select(Conflict)).all() == []
    judge = panels.add_judge(
        session,
        actor=scene.actor,
        competition=scene.competition,
        details=panels.JudgeDetails(
            name="DR. LATER", email="later@school.example", kind=OrganizationKind.SCHOOL
        ),
        now=now,
    )
    made = session.scalars(select(Conflict)).one()
    assert (made.judge_id, made.source, made.status, made.reason) == (
        judge.id,
        ConflictSource.TEAM,
        ConflictStatus.FOUND,
        "my uncle",
    )
    with pytest.raises(Invalid) as refusal:
        declare(session, **facts, name="dr. later", reason="once more")
    assert [(p.code, p.field) for p in refusal.value.problems] == [("declared_before", "name")]


def test_declaring_for_another_team_or_deciding_as_a_judge_is_refused(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=2)
    captain = scene.teams[1].members[0].account
    assert captain is not None
    with pytest.raises(NotFound):
        panels.declare_for_team(
            session,
            actor=actor_for(session, captain),
            team=scene.teams[0],
            name="X",
            reason="y",
            now=now,
        )
    with pytest.raises(Forbidden):
        panels.search_conflicts(
            session,
            actor=actor_for(session, scene.judges[0].account),
            competition=scene.competition,
            now=now,
        )


def conflicting(scene: Scene, now: datetime, status: ConflictStatus) -> None:
    scene.session.add(
        Conflict(
            judge=scene.judges[0],
            team=scene.teams[0],
            source=ConflictSource.ORGANIZER,
            status=status,
            reason="x",
            decision_reason="y",
            created_at=now,
        )
    )
    scene.session.flush()


@pytest.mark.parametrize("status", ConflictStatus)
@pytest.mark.parametrize("state", AssignmentState)
def test_the_database_refuses_a_new_assignment_in_conflict(
    session: Session, now: datetime, status: ConflictStatus, state: AssignmentState
) -> None:
    scene = Scene(session)
    conflicting(scene, now, status)
    reason = "x" if state is AssignmentState.RECUSED else ""
    if status is ConflictStatus.DISMISSED or state is AssignmentState.RECUSED:
        assign(session, scene.entries[0], scene.judges[0], state, recusal_reason=reason)
        return
    with pytest.raises(IntegrityError, match="in conflict with the team"):
        assign(session, scene.entries[0], scene.judges[0], state, recusal_reason=reason)
    session.rollback()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (AssignmentState.PROPOSED, AssignmentState.CONFIRMED),
        (AssignmentState.RECUSED, AssignmentState.CONFIRMED),
        (AssignmentState.CONFIRMED, AssignmentState.DONE),
    ],
)
def test_the_database_refuses_to_move_an_assignment_on_in_conflict(
    session: Session, now: datetime, before: AssignmentState, after: AssignmentState
) -> None:
    scene = Scene(session)
    made = assign(session, scene.entries[0], scene.judges[0], before, recusal_reason="x")
    conflicting(scene, now, ConflictStatus.FOUND)
    with pytest.raises(IntegrityError, match="in conflict with the team"):
        session.execute(update(Assignment).where(Assignment.id == made.id).values(state=after))
    session.rollback()


def test_confirming_takes_away_what_became_a_conflict_meanwhile(
    session: Session, now: datetime
) -> None:
    scene = Scene(session)
    for entry in scene.entries[:2]:
        assign(session, entry, scene.judges[0], AssignmentState.PROPOSED)
    conflicting(scene, now, ConflictStatus.FOUND)
    count = panels.confirm_assignments(session, actor=scene.actor, of=scene.of, now=now)
    assert count == 1
    assert scene.pairs() == {scene.pair(1, 0)}


def test_finding_at_once_stores_each_conflict_once(
    app: Flask, session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=3, judges=3)
    for judge in scene.judges:
        judge.organization = scene.teams[0].organization
    session.flush()
    actor, competition = scene.actor, scene.competition.id

    def searching(own: Session) -> int:
        return panels.find_conflicts(own, actor=actor, competition_id=competition, now=now)

    assert sum(race(app, [searching] * 3)) == 3
    assert len(session.scalars(select(Conflict)).all()) == 3


def test_changing_a_teams_school_takes_its_entry_from_a_colleague(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=1, judges=1)
    scene.judges[0].organization = make_organization(session, scene.competition, "Lake College")
    session.flush()
    assign(session, scene.entries[0], scene.judges[0])
    team = scene.teams[0]
    edit_team(
        session,
        actor=scene.actor,
        team=team,
        wanted=TeamRequest(name=team.name, organization="lake college"),
        revision=None,
        now=now,
    )
    assert scene.pairs() == set()


def test_a_scorecard_begun_waits_for_the_decision_and_goes_with_it(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=2, judges=1)
    rubric = make_rubric(session, scene.of)
    judge = scene.judges[0]
    made = assign(session, scene.entries[0], judge)
    fill_scorecard(session, made, rubric, (5, 5))
    judge.organization = scene.teams[0].organization
    session.flush()
    search(scene, now)
    assert made.state is AssignmentState.DONE
    conflict = session.scalars(select(Conflict)).one()
    panels.confirm_conflict(session, actor=scene.actor, conflict=conflict, now=now)
    assert (made.state, made.recusal_reason) == (AssignmentState.RECUSED, "same_organization")
