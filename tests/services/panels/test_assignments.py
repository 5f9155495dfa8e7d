"""Assignments: proposed, changed by hand, confirmed, stepped back from; conflicts are hard."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Invalid, NotFound, WrongState
from competition.models import (
    Assignment,
    AuditEntry,
    Judge,
    LocalText,
    Round,
    Track,
)
from competition.models import Conflict as ConflictRow
from competition.policies import Actor
from competition.queries.panels import Obstacle
from competition.services import panels
from competition.vocabulary import (
    AssignmentState,
    ConflictSource,
    EntryState,
    RoundState,
    ScorecardState,
)
from tests.support.builders import (
    actor_for,
    assign,
    fill_scorecard,
    make_competition,
    make_entry,
    make_judge,
    make_organization,
    make_organizer,
    make_round,
    make_rubric,
    make_team,
    seat,
)
from tests.support.races import race


class Scene:
    """A round in assigning with teams of different schools and a panel."""

    def __init__(self, session: Session, entries: int = 6, judges: int = 4) -> None:
        self.session = session
        self.competition = make_competition(session)
        self.of = make_round(
            session, self.competition, state=RoundState.ASSIGNING, judges_per_entry=2
        )
        self.teams = [
            make_team(session, self.competition, f"Team {n}", f"School {n}") for n in range(entries)
        ]
        self.entries = [make_entry(session, self.of, team) for team in self.teams]
        self.judges = [make_judge(session, self.competition, f"Judge {n}") for n in range(judges)]
        for judge in self.judges:
            seat(session, self.of, judge)
        self.actor: Actor = actor_for(session, make_organizer(session, self.competition))

    def pairs(self) -> set[tuple[int, int]]:
        rows = self.session.execute(
            select(Assignment.entry_id, Assignment.judge_id).where(
                Assignment.state != AssignmentState.RECUSED
            )
        )
        return {(entry, judge) for entry, judge in rows}

    def propose(self, now: datetime, seed: int = 1) -> panels.Proposal:
        return panels.propose_assignments(
            self.session, actor=self.actor, of=self.of, seed=seed, now=now
        )


def test_propose_fills_every_place_evenly_and_tells_nobody(session: Session, now: datetime) -> None:
    scene = Scene(session)
    made = scene.propose(now)
    assert (made.added, made.removed, made.kept, made.explanation) == (12, 0, 0, None)
    load = Counter(judge for _entry, judge in scene.pairs())
    assert sorted(load.values()) == [3, 3, 3, 3]
    assert set(session.scalars(select(Assignment.state))) == {AssignmentState.PROPOSED}
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.object_id) == ("propose_assignments", scene.of.id)
    assert entry.after is not None
    assert len(entry.after["added"]) == 12
    assert scene.propose(now).kept == 12


def test_propose_respects_conflicts_organizations_members_tracks_limits_and_states(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=8, judges=6)
    declared, colleague, instructor, narrow, limited, _free = scene.judges
    session.add(
        ConflictRow(
            judge=declared,
            team=scene.teams[0],
            source=ConflictSource.ORGANIZER,
            reason="knows them",
            created_at=now,
        )
    )
    colleague.organization = make_organization(session, scene.competition, "School 1")
    scene.teams[2].members[0].email = instructor.account.email
    scene.teams[2].members[0].account = instructor.account
    other = Track(position=2, name=LocalText(en="Health"))
    scene.competition.tracks.append(other)
    narrow.tracks = [other]
    limited.max_entries = 1
    scene.entries[3].state = EntryState.DRAFT
    scene.entries[4].state = EntryState.WITHDRAWN
    session.flush()
    assert scene.propose(now).explanation is None
    pairs = scene.pairs()
    load = Counter(judge for _entry, judge in pairs)
    assert {entry for entry, _judge in pairs} == {
        entry.id for n, entry in enumerate(scene.entries) if n not in (3, 4)
    }
    assert (scene.entries[0].id, declared.id) not in pairs
    assert (scene.entries[1].id, colleague.id) not in pairs
    assert (scene.entries[2].id, instructor.id) not in pairs
    assert (load[narrow.id], load[limited.id]) == (0, 1)


def test_propose_that_cannot_fill_all_fills_the_most_and_says_why(
    session: Session, now: datetime
) -> None:
    scene = Scene(session, entries=4, judges=3)
    for judge in scene.judges[:2]:
        judge.organization = make_organization(session, scene.competition, "School 0")
    session.flush()
    explanation = scene.propose(now).explanation
    assert explanation is not None
    (short,) = explanation.shortages
    assert (short.entry, short.missing, short.able) == (scene.entries[0], 1, 1)
    assert short.obstacles == {Obstacle.SAME_ORGANIZATION: 2}
    assert explanation.open == 1
    assert len(scene.pairs()) == 7


def test_propose_again_keeps_what_is_locked_or_begun(session: Session, now: datetime) -> None:
    scene = Scene(session, entries=12, judges=6)
    rubric = make_rubric(session, scene.of)
    locked = panels.assign(
        session, actor=scene.actor, entry=scene.entries[0], judge=scene.judges[0], now=now
    )
    begun = assign(session, scene.entries[1], scene.judges[1])
    fill_scorecard(session, begun, rubric, (5,), ScorecardState.DRAFT)
    kept = {(a.entry_id, a.judge_id) for a in (locked, begun)}
    plans = set()
    for seed in range(4):
        scene.propose(now, seed)
        assert kept <= scene.pairs()
        plans.add(frozenset(scene.pairs()))
    assert len(plans) > 1
    scene.of.state = RoundState.JUDGING
    panels.confirm_assignments(session, actor=scene.actor, of=scene.of, now=now)
    before = scene.pairs()
    scene.propose(now, seed=99)
    assert scene.pairs() == before


@pytest.mark.parametrize(
    "state", [s for s in RoundState if s.value not in {"assigning", "judging"}]
)
def test_propose_in_another_stage_is_refused(
    session: Session, now: datetime, state: RoundState
) -> None:
    scene = Scene(session)
    scene.of.state = state
    with pytest.raises(WrongState, match="not_assigning"):
        scene.propose(now)


def test_propose_without_entries_or_panel_is_refused(session: Session, now: datetime) -> None:
    scene = Scene(session, entries=0)
    with pytest.raises(Invalid) as refusal:
        scene.propose(now)
    assert [p.code for p in refusal.value.problems] == ["no_entries_to_assign"]


def test_propose_by_a_judge_is_refused(session: Session, now: datetime) -> None:
    scene = Scene(session)
    scene.actor = actor_for(session, scene.judges[0].account)
    with pytest.raises(Exception, match="manage_panel"):
        scene.propose(now)
    assert scene.pairs() == set()


def test_propose_twice_at_once_leaves_one_whole_plan(
    app: Flask, session: Session, now: datetime
) -> None:
    scene = Scene(session)
    round_id, actor = scene.of.id, scene.actor

    def proposing(seed: int):  # type: ignore[no-untyped-def]
        def work(own: Session) -> int:
            of = own.get_one(Round, round_id)
            made = panels.propose_assignments(own, actor=actor, of=of, seed=seed, now=now)
            return made.added - made.removed

        return work

    assert sorted(race(app, [proposing(1), proposing(2)])) == [0, 12]
    session.expire_all()
    assert Counter(entry for entry, _judge in scene.pairs()) == Counter(
        {entry.id: 2 for entry in scene.entries}
    )


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


def test_confirm_tells_judges_once(session: Session, now: datetime) -> None:
    scene = Scene(session)
    scene.propose(now)
    confirm = panels.confirm_assignments
    assert confirm(session, actor=scene.actor, of=scene.of, now=now) == 12
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
    scene.propose(now)
    assert (scene.entries[0].id, judge.id) not in scene.pairs()
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


def test_remove_conflict_keeps_the_reason_in_the_log(session: Session, now: datetime) -> None:
    scene = Scene(session)
    made = panels.add_conflict(
        session,
        actor=scene.actor,
        judge=scene.judges[0],
        team=scene.teams[0],
        reason="same name",
        now=now,
    )
    panels.remove_conflict(
        session, actor=scene.actor, conflict=made, reason="another person", now=now
    )
    assert session.scalars(select(ConflictRow)).all() == []
    last = session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert last is not None
    assert last.after == {"removed_because": "another person"}
