"""The demo competition: complete, lawful, and the same every time."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.demo import build
from competition.demo.simulation import Judging
from competition.models import (
    Assignment,
    AssignmentPlan,
    Bid,
    Conflict,
    Entry,
    Judge,
    Organization,
    Publication,
    Round,
    Scorecard,
    Team,
)
from competition.queries.panels import Report
from competition.vocabulary import (
    ConflictSource,
    ConflictStatus,
    OrganizationKind,
    PlanStatus,
    RoundState,
    ScorecardState,
)

LOADED = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


def test_build_gives_what_the_demo_promises(session: Session, tmp_path: Path) -> None:
    build.build(session, now=LOADED, data_path=tmp_path)
    session.flush()
    first, final = session.scalars(select(Round).order_by(Round.position))
    assert (first.state, final.state) == (RoundState.RESULTS, RoundState.JUDGING)
    schools = select(func.count()).where(Organization.kind == OrganizationKind.SCHOOL)
    assert session.scalar(select(func.count(Team.id))) == 60
    assert session.scalar(schools) == 12
    assert Counter(session.scalars(select(Judge.kind))) == {
        OrganizationKind.SCHOOL: 12,
        OrganizationKind.INDUSTRY: 12,
    }
    tracks = session.scalars(select(Entry.track_id).where(Entry.round_id == first.id)).all()
    assert sorted(Counter(tracks).values()) == [15] * 4
    assert session.scalars(select(Publication.round_id)).all() == [first.id]
    assert_lawful(session, first)
    assert_in_the_middle(session, final)
    assert [role for role, _ in build.people_by_role(session)] == [
        "operator",
        "organizer",
        "committee",
        "judge",
        "team",
        "observer",
    ]


def assert_lawful(session: Session, of: Round) -> None:
    """Every entry has its three judges, none of them from its own school."""
    pairs = session.execute(
        select(Assignment.entry_id, Team.organization_id, Judge.organization_id)
        .join(Entry, Assignment.entry_id == Entry.id)
        .join(Team, Entry.team_id == Team.id)
        .join(Judge, Assignment.judge_id == Judge.id)
        .where(Assignment.round_id == of.id)
    ).all()
    assert Counter(Counter(entry for entry, _, _ in pairs).values()) == {3: 60}
    assert [entry for entry, team, judge in pairs if team == judge] == []


def assert_in_the_middle(session: Session, of: Round) -> None:
    states = Counter(
        session.scalars(
            select(Scorecard.state)
            .join(Assignment, Scorecard.assignment_id == Assignment.id)
            .where(Assignment.round_id == of.id)
        )
    )
    assert_ready_to_go_on(session, of)
    assert states[ScorecardState.RETURNED] == 1
    assert states[ScorecardState.DRAFT] > 5
    assert states[ScorecardState.SUBMITTED] > 20


def assert_ready_to_go_on(session: Session, of: Round) -> None:
    """There is something to decide, bids are in, and two plans wait with their reports."""
    sources = session.scalars(
        select(Conflict.source).where(Conflict.status == ConflictStatus.FOUND)
    ).all()
    assert Counter(sources) == {ConflictSource.SAME_SCHOOL: 10, ConflictSource.JUDGE: 1}
    assert session.scalar(select(func.count(Bid.judge_id.distinct()))) == 11
    plans = session.scalars(
        select(AssignmentPlan).where(AssignmentPlan.round_id == of.id).order_by(AssignmentPlan.id)
    ).all()
    assert [plan.status for plan in plans] == [
        PlanStatus.PUBLISHED,
        PlanStatus.PROPOSED,
        PlanStatus.PROPOSED,
    ]
    reports = [Report.read(plan.report) for plan in plans]
    assert {(report.is_feasible, report.components) for report in reports} == {(True, 1)}
    assert (reports[1].changes, reports[1].lost) == (1, 0)


def test_judging_drawn_twice_is_the_same() -> None:
    first, second = (Judging.draw(entries=5, judges=3, seed=7) for _ in range(2))
    assert [first.ratings(2, 4), first.comment(2, 4)] == [
        second.ratings(2, 4),
        second.comment(2, 4),
    ]
    assert first.ratings(2, 4) != Judging.draw(entries=5, judges=3, seed=8).ratings(2, 4)
