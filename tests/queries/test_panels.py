"""Reads of panels: right, and with the same number of statements however much there is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from competition.extensions import db
from competition.models import Conflict as ConflictRow
from competition.models import Judge, Round, Rubric
from competition.queries.panels import (
    Access,
    ConflictReason,
    Load,
    Obstacle,
    access_of,
    assigned_entries,
    assignment_board,
    assignments_of_judge,
    assignments_of_round,
    bidding_of,
    conflict_between,
    conflict_map,
    conflicts_of,
    derived_conflicts,
    found_conflicts,
    judges_of,
    known_organizations,
    panel_load,
    plan_views,
    planning_ground,
    plans_of,
)
from competition.queries.scorecards import late_judges
from competition.vocabulary import (
    AssignmentState,
    ConflictSource,
    OrganizationKind,
    RoundState,
    ScorecardState,
)
from tests.support.builders import (
    NOW,
    assign,
    make_competition,
    make_entry,
    make_judge,
    make_organization,
    make_round,
    make_rubric,
    make_team,
    seat,
)
from tests.support.scorecards import fill_scorecard
from tests.support.statements import counted


def fill(session: Session, of: Round, rubric: Rubric, count: int, now: datetime) -> None:
    """Judges and entries, each assigned with a scorecard, and a declared conflict."""
    competition = of.competition
    for n in range(count):
        team = make_team(session, competition, f"Team {of.position} {n}", f"School {n}")
        judge = make_judge(
            session, competition, organization=make_organization(session, competition, f"F {n}")
        )
        seat(session, of, judge)
        entry = make_entry(session, of, team)
        fill_scorecard(session, assign(session, entry, judge), rubric, (5, 5))
        conflict = ConflictRow(
            judge=judge, team=team, source=ConflictSource.JUDGE, reason="x", created_at=now
        )
        session.add(conflict)
    session.commit()
    session.expire_all()


def touched_board(session: Session, of: Round, judge: Judge) -> int:
    """Everything that the assignment page touches."""
    board = assignment_board(session, of=of)
    board.shortage(board.entries[0], 1)
    names = [
        (j.account.name, j.organization and j.organization.name, [t.name for t in j.tracks])
        for j in board.judges
    ]
    return len(names) + len([(e.track.name, e.team.organization.name) for e in board.entries])


READS: dict[str, Callable[[Session, Round, Judge], Any]] = {
    "load": lambda s, of, judge: panel_load(s, competition_id=of.competition_id),
    "judges": lambda s, of, judge: [
        (j.account.name, j.organization, len(j.tracks))
        for j in judges_of(s, competition_id=of.competition_id)
    ],
    "round": lambda s, of, judge: assignments_of_round(s, round_id=of.id),
    "judge": lambda s, of, judge: assignments_of_judge(s, judge_id=judge.id),
    "entries": lambda s, of, judge: assigned_entries(s, judge_id=judge.id),
    "conflicts": lambda s, of, judge: [
        (c.judge.account.name, c.team.organization.name)
        for c in conflicts_of(s, competition_id=of.competition_id)
    ],
    "map": lambda s, of, judge: conflict_map(s, competition_id=of.competition_id),
    "board": touched_board,
    "ground": lambda s, of, judge: planning_ground(s, of=of).problem(),
    "finding": lambda s, of, judge: found_conflicts(s, competition_id=of.competition_id),
    "bidding": lambda s, of, judge: [
        (offer.track, offer.title) for offer in bidding_of(s, of=of, judge=judge).offers
    ],
    "plans": lambda s, of, judge: plan_views(s, plans_of(s, round_id=of.id)),
    "late": lambda s, of, judge: late_judges(s, of=of, now=NOW),
    "organizations": lambda s, of, judge: [
        (item.organization.name, len(item.aliases))
        for item in known_organizations(s, competition_id=of.competition_id)
    ],
}


def test_reading_at_1_and_at_30_takes_the_same_number_of_statements(
    session: Session, now: datetime
) -> None:
    competition = make_competition(session)
    of = make_round(session, competition, state=RoundState.JUDGING, judges_per_entry=1)
    rubric = make_rubric(session, of)
    fill(session, of, rubric, 1, now)
    counts: dict[str, list[int]] = {name: [] for name in READS}
    for more in (0, 30):
        if more:
            of = make_round(session, competition, state=RoundState.JUDGING, judges_per_entry=1)
            fill(session, of, make_rubric(session, of), more, now)
        judge = judges_of(session, competition_id=competition.id)[-1]
        for name, read in READS.items():
            session.commit()
            session.expire_all()
            assert of.competition_id
            assert judge.id
            with counted(db.engine) as sent:
                read(session, of, judge)
            counts[name].append(len(sent))
    assert [name for name, (few, many) in counts.items() if not few == many > 0] == []


def test_panel_load_counts_what_is_assigned_submitted_and_recused(session: Session) -> None:
    competition = make_competition(session)
    of = make_round(session, competition)
    rubric = make_rubric(session, of)
    judge = make_judge(session, competition)
    made = [
        assign(session, make_entry(session, of, make_team(session, competition, f"T{n}")), judge)
        for n in range(4)
    ]
    fill_scorecard(session, made[0], rubric, (5, 5))
    fill_scorecard(session, made[1], rubric, (5,), ScorecardState.DRAFT)
    made[2].state, made[2].recusal_reason = AssignmentState.RECUSED, "x"
    session.flush()
    load = panel_load(session, competition_id=competition.id)
    assert load == {(judge.id, of.id): Load(assigned=3, submitted=1, recused=1)}
    assert load[judge.id, of.id].open == 2


def test_judges_of_finds_by_text_kind_and_track(session: Session) -> None:
    competition = make_competition(session, tracks=("Learning", "Health"))
    learning, health = competition.tracks
    school = make_organization(session, competition, "Lake College")
    a = make_judge(session, competition, "Chen", tracks=[learning], organization=school)
    b = make_judge(session, competition, "Wang", kind=OrganizationKind.SCHOOL)

    def found(**wanted: Any) -> list[Judge]:
        return list(judges_of(session, competition_id=competition.id, **wanted))

    assert found() == [a, b]
    assert found(search="lake") == [a]
    assert found(search="WANG") == [b]
    assert found(search=b.account.email, with_contacts=True) == [b]
    assert found(search=b.account.email) == []
    assert found(kind=OrganizationKind.SCHOOL) == [b]
    assert found(track_id=health.id) == [b]
    assert found(track_id=learning.id) == [a, b]


def test_conflict_between_tells_every_kind_apart(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    team = make_team(session, competition)
    judge = make_judge(session, competition)
    ids = {"judge_id": judge.id, "team_id": team.id}
    assert conflict_between(session, **ids) is None
    judge.organization = team.organization
    session.flush()
    assert conflict_between(session, **ids) is ConflictReason.SAME_ORGANIZATION
    team.members[0].email = judge.account.email
    session.flush()
    assert conflict_between(session, **ids) is ConflictReason.IN_TEAM
    assert [item.reason for item in derived_conflicts(session, competition_id=competition.id)] == [
        ConflictReason.IN_TEAM
    ]
    declared = ConflictRow(
        judge=judge, team=team, source=ConflictSource.JUDGE, reason="x", created_at=now
    )
    session.add(declared)
    session.flush()
    assert conflict_between(session, **ids) is ConflictReason.DECLARED
    assert conflict_map(session, competition_id=competition.id) == {
        (judge.id, team.id): ConflictReason.DECLARED
    }


def test_conflict_between_people_without_organization_is_none(session: Session) -> None:
    competition = make_competition(session)
    judge = make_judge(session, competition, organization=None)
    team = make_team(session, competition)
    assert conflict_between(session, judge_id=judge.id, team_id=team.id) is None


def test_board_says_what_is_open_and_why(session: Session) -> None:
    competition = make_competition(session)
    of = make_round(session, competition, state=RoundState.ASSIGNING, judges_per_entry=2)
    team = make_team(session, competition)
    entry = make_entry(session, of, team)
    able = make_judge(session, competition)
    colleague = make_judge(session, competition, organization=team.organization)
    for judge in (able, colleague):
        seat(session, of, judge)
    assign(session, entry, able)
    board = assignment_board(session, of=of)
    assert (board.wanted, board.open_places, board.load) == (
        2,
        {entry.id: 1},
        {able.id: 1, colleague.id: 0},
    )
    assert board.obstacle(entry, colleague) is Obstacle.SAME_ORGANIZATION
    short = board.shortage(entry, 1)
    assert (short.able, short.obstacles) == (1, {Obstacle.SAME_ORGANIZATION: 1})


def test_access_of_tells_signed_in_from_invited(session: Session, now: datetime) -> None:
    from datetime import timedelta

    from competition.policies import SYSTEM
    from competition.services import people

    competition = make_competition(session)
    accounts = [make_judge(session, competition).account for _n in range(3)]
    day = timedelta(days=1)
    people.issue_link(session, actor=SYSTEM, account=accounts[1], now=now, lifetime=day)
    people.open_session(
        session, actor=SYSTEM, account=accounts[2], user_agent="", now=now, lifetime=day
    )
    ids = [account.id for account in accounts]
    found = access_of(session, account_ids=ids, now=now)
    assert [found[i] for i in ids] == [Access.NONE, Access.LINK_OPEN, Access.SIGNED_IN]
    later = access_of(session, account_ids=ids, now=now + 2 * day)
    assert set(later.values()) == {Access.NONE}
