"""Objects for tests, put straight into the database: sensible by default, named by the test."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.guards import transaction
from competition.models import (
    Account,
    Assignment,
    Competition,
    Criterion,
    Entry,
    Judge,
    Level,
    LocalText,
    Membership,
    Organization,
    PanelMember,
    Rating,
    Round,
    Rubric,
    Scorecard,
    Team,
    TeamMember,
    Track,
)
from competition.policies import Actor
from competition.queries.people import actor_of
from competition.services import people
from competition.services.submissions.versions import new_version
from competition.vocabulary import (
    AssignmentState,
    CompetitionState,
    EntryState,
    MemberKind,
    OrganizationKind,
    Role,
    RoundState,
    ScorecardState,
)
from tests.support.client import settle

NOW = datetime.now(UTC).replace(microsecond=0)
"""The pages read the real clock, so deadlines of test data are set from it."""


def make_account(session: Session, name: str = "Chen Wei", **fields: Any) -> Account:
    number = session.scalar(select(func.count(Account.id))) or 0
    values = {"email": f"person{number + 1}@school.example", "name": name, "created_at": NOW}
    account = Account(**{**values, **fields})
    session.add(account)
    session.flush()
    return account


def make_competition(
    session: Session,
    slug: str = "aiac-2026",
    tracks: tuple[str, ...] = ("Learning",),
    **fields: Any,
) -> Competition:
    """A listed competition with tracks and no round."""
    values = {
        "slug": slug,
        "name": LocalText(en="AI Application Competition 2026", zh="2026 人工智能应用大赛"),
        "state": CompetitionState.OPEN,
        "created_at": NOW,
    }
    competition = Competition(**{**values, **fields})
    competition.tracks = [
        Track(position=i + 1, name=LocalText(en=name)) for i, name in enumerate(tracks)
    ]
    session.add(competition)
    session.flush()
    return competition


def make_round(session: Session, competition: Competition, **fields: Any) -> Round:
    """A round that receives entries for two more days."""
    values = {
        "position": len(competition.rounds) + 1,
        "name": LocalText(en="Preliminary round", zh="初赛"),
        "state": RoundState.RECEIVING,
        "submissions_close_at": NOW + timedelta(days=2),
        "created_at": NOW,
    }
    item = Round(competition=competition, **{**values, **fields})
    session.add(item)
    session.flush()
    return item


def make_rubric(
    session: Session, of: Round, weights: tuple[int, ...] = (60, 40), **fields: Any
) -> Rubric:
    """Criteria on a scale of 1 to 10 in whole steps, five levels each."""
    rubric = Rubric(round=of, **fields)
    for position, weight in enumerate(weights, start=1):
        rubric.criteria.append(
            Criterion(
                position=position,
                name=LocalText(en=f"Criterion {position}", zh=f"评分项 {position}"),
                weight=Decimal(weight),
                scale_min=Decimal(1),
                scale_max=Decimal(10),
                step=Decimal(1),
                levels=[
                    Level(low=Decimal(i), high=Decimal(i + 1), text=LocalText(en=f"Level {i}"))
                    for i in range(1, 10, 2)
                ],
            )
        )
    session.add(rubric)
    session.flush()
    return rubric


def make_organization(
    session: Session, competition: Competition, name: str = "School A", **fields: Any
) -> Organization:
    found = session.scalar(
        select(Organization).where(
            Organization.competition_id == competition.id, Organization.key == name.lower()
        )
    )
    if found is not None:
        return found
    organization = Organization(
        competition_id=competition.id,
        key=name.lower(),
        name=LocalText(en=name),
        **{"kind": OrganizationKind.SCHOOL, **fields},
    )
    session.add(organization)
    session.flush()
    return organization


def make_team(
    session: Session,
    competition: Competition,
    name: str = "Team 01",
    school: str = "School A",
    captain: Account | None = None,
) -> Team:
    captain = captain or make_account(session, f"Captain of {name}")
    team = Team(
        competition=competition,
        name=name,
        organization=make_organization(session, competition, school),
        registered_at=NOW,
    )
    team.members = [
        TeamMember(
            competition_id=competition.id,
            kind=MemberKind.CAPTAIN,
            name=captain.name,
            email=captain.email,
            account=captain,
        )
    ]
    session.add(team)
    session.flush()
    return team


def make_entry(
    session: Session, of: Round, team: Team, state: EntryState = EntryState.ELIGIBLE, **fields: Any
) -> Entry:
    """An entry; with a version unless it is a draft."""
    number = session.scalar(select(func.count(Entry.id)).where(Entry.round_id == of.id)) or 0
    values = {
        "number": f"E-{number + 1:03}",
        "title": LocalText(en=f"Work of {team.name}"),
        "summary": LocalText(en="It helps."),
        "track": of.competition.tracks[0],
        "created_at": NOW,
    }
    entry = Entry(round=of, team=team, state=state, **{**values, **fields})
    session.add(entry)
    session.flush()
    if state is not EntryState.DRAFT:
        new_version(entry, account_id=None, submitted_at=NOW)
        session.flush()
    return entry


def make_judge(
    session: Session, competition: Competition, name: str = "Judge Lin", **fields: Any
) -> Judge:
    number = session.scalar(
        select(func.count(Judge.id)).where(Judge.competition_id == competition.id)
    )
    values = {
        "account": fields.pop("account", None) or make_account(session, name),
        "number": (number or 0) + 1,
        "kind": OrganizationKind.INDUSTRY,
    }
    judge = Judge(competition=competition, **{**values, **fields})
    session.add(judge)
    session.flush()
    return judge


def seat(session: Session, of: Round, judge: Judge) -> PanelMember:
    member = PanelMember(round=of, judge=judge)
    session.add(member)
    session.flush()
    return member


def assign(
    session: Session,
    entry: Entry,
    judge: Judge,
    state: AssignmentState = AssignmentState.CONFIRMED,
    **fields: Any,
) -> Assignment:
    assignment = Assignment(
        round=entry.round, entry=entry, judge=judge, state=state, created_at=NOW, **fields
    )
    session.add(assignment)
    session.flush()
    return assignment


def fill_scorecard(
    session: Session,
    assignment: Assignment,
    rubric: Rubric,
    values: tuple[int | str, ...],
    state: ScorecardState = ScorecardState.SUBMITTED,
) -> Scorecard:
    """A scorecard with these ratings, in the order of the criteria."""
    scorecard = Scorecard(
        assignment=assignment,
        state=state,
        saved_at=NOW,
        submitted_at=NOW if state is ScorecardState.SUBMITTED else None,
        return_reason="check it again" if state is ScorecardState.RETURNED else "",
    )
    scorecard.ratings = [
        Rating(
            criterion_id=criterion.id,
            scale_min=criterion.scale_min,
            scale_max=criterion.scale_max,
            value=Decimal(value),
        )
        for criterion, value in zip(rubric.criteria, values, strict=False)
    ]
    rubric.frozen_at = rubric.frozen_at or NOW
    if state is ScorecardState.SUBMITTED:
        assignment.state = AssignmentState.DONE
    session.add(scorecard)
    session.flush()
    return scorecard


def grant(session: Session, account: Account, competition: Competition, role: Role) -> None:
    session.add(
        Membership(account_id=account.id, competition_id=competition.id, role=role, created_at=NOW)
    )
    session.flush()


def make_organizer(session: Session, competition: Competition) -> Account:
    account = make_account(session, "Organizer Zhou")
    grant(session, account, competition, Role.ORGANIZER)
    return account


def actor_for(session: Session, account: Account) -> Actor:
    """The account as services see it."""
    return actor_of(session, account)


def sign_in(client: FlaskClient, account_id: int) -> None:
    """Give the client a live session of the account, as a used link would."""
    settle(client.application)
    with client.application.app_context(), transaction() as session:
        account = session.get_one(Account, account_id)
        token = people.open_session(
            session,
            actor=actor_of(session, account),
            account=account,
            user_agent="test",
            now=datetime.now(UTC),
            lifetime=timedelta(hours=1),
        )
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
        cookie["_fresh"] = True
        cookie["seen"] = int(time.time())
