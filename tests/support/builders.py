"""Objects for tests, put straight into the database: sensible by default, named by the test.

What belongs together goes in with one flush: a flush costs more than the rows that it writes. So
worlds of many objects ask for all teams, entries or judges at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count, repeat
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
from tests.support.client import remember, settle

NOW = datetime.now(UTC).replace(microsecond=0)
"""The pages read the real clock, so deadlines of test data are set from it."""


def make_account(session: Session, name: str = "Chen Wei", **fields: Any) -> Account:
    account = _account(_next_people(session), name, **fields)
    session.add(account)
    session.flush()
    return account


def _next_people(session: Session) -> Iterator[int]:
    """Numbers for the addresses of new accounts."""
    yield from count((session.scalar(select(func.count(Account.id))) or 0) + 1)


def _account(numbers: Iterator[int], name: str, **fields: Any) -> Account:
    values = {"name": name, "created_at": NOW, **fields}
    if "email" not in values:
        values["email"] = f"person{next(numbers)}@school.example"
    return Account(**values)


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
    organization = _organizations(session, competition, [name], **fields)[name]
    session.add(organization)
    session.flush()
    return organization


def _organizations(
    session: Session, competition: Competition, names: Iterable[str], **fields: Any
) -> dict[str, Organization]:
    """The organizations of these names: those that are there, and new ones, not yet stored."""
    keys = {name: name.lower() for name in names}
    known = {
        item.key: item
        for item in session.scalars(
            select(Organization).where(
                Organization.competition_id == competition.id, Organization.key.in_(keys.values())
            )
        )
    }
    for name, key in keys.items():
        if key not in known:
            known[key] = Organization(
                competition_id=competition.id,
                key=key,
                name=LocalText(en=name),
                **{"kind": OrganizationKind.SCHOOL, **fields},
            )
    return {name: known[key] for name, key in keys.items()}


def make_team(
    session: Session,
    competition: Competition,
    name: str = "Team 01",
    school: str = "School A",
    captain: Account | None = None,
) -> Team:
    captain = captain or _account(_next_people(session), f"Captain of {name}")
    team = _team(competition, name, _organizations(session, competition, [school])[school], captain)
    session.add(team)
    session.flush()
    return team


def make_teams(
    session: Session, competition: Competition, schools: Mapping[str, str]
) -> list[Team]:
    """Teams by name, each with the school that it is of."""
    numbers = _next_people(session)
    organizations = _organizations(session, competition, schools.values())
    teams = [
        _team(competition, name, organizations[school], _account(numbers, f"Captain of {name}"))
        for name, school in schools.items()
    ]
    session.add_all(teams)
    session.flush()
    return teams


def _team(
    competition: Competition, name: str, organization: Organization, captain: Account
) -> Team:
    return Team(
        competition=competition,
        name=name,
        organization=organization,
        registered_at=NOW,
        members=[
            TeamMember(
                competition_id=competition.id,
                kind=MemberKind.CAPTAIN,
                name=captain.name,
                email=captain.email,
                account=captain,
            )
        ],
    )


def make_entry(
    session: Session, of: Round, team: Team, state: EntryState = EntryState.ELIGIBLE, **fields: Any
) -> Entry:
    """An entry; with a version unless it is a draft."""
    entry = _entry(_next_entries(session, of), of, team, state, **fields)
    session.add(entry)
    session.flush()
    return entry


def make_entries(
    session: Session,
    of: Round,
    teams: Iterable[Team],
    fields: Iterable[Mapping[str, Any]] = repeat({}),
) -> list[Entry]:
    """An entry of each team; `fields` are those of one entry after the other."""
    numbers = _next_entries(session, of)
    entries = [_entry(numbers, of, team, **own) for team, own in zip(teams, fields, strict=False)]
    session.add_all(entries)
    session.flush()
    return entries


def _next_entries(session: Session, of: Round) -> Iterator[int]:
    there = session.scalar(select(func.count(Entry.id)).where(Entry.round_id == of.id)) or 0
    yield from count(there + 1)


def _entry(
    numbers: Iterator[int],
    of: Round,
    team: Team,
    state: EntryState = EntryState.ELIGIBLE,
    **fields: Any,
) -> Entry:
    values = {
        "number": f"E-{next(numbers):03}",
        "title": LocalText(en=f"Work of {team.name}"),
        "summary": LocalText(en="It helps."),
        "track": of.competition.tracks[0],
        "repository_url": "",
        "demo_url": "",
        "created_at": NOW,
        **fields,
    }
    entry = Entry(round=of, team=team, state=state, **values)
    if state is not EntryState.DRAFT:
        entry.track_id = entry.track.id  # a version holds it
        new_version(entry, account_id=None, submitted_at=NOW)
    return entry


def make_judge(
    session: Session, competition: Competition, name: str = "Judge Lin", **fields: Any
) -> Judge:
    account = fields.pop("account", None) or _account(_next_people(session), name)
    judge = _judge(_next_judges(session, competition), competition, account, **fields)
    session.add(judge)
    session.flush()
    return judge


def make_judges(session: Session, competition: Competition, names: Iterable[str]) -> list[Judge]:
    people, numbers = _next_people(session), _next_judges(session, competition)
    judges = [_judge(numbers, competition, _account(people, name)) for name in names]
    session.add_all(judges)
    session.flush()
    return judges


def _next_judges(session: Session, competition: Competition) -> Iterator[int]:
    there = session.scalar(
        select(func.count(Judge.id)).where(Judge.competition_id == competition.id)
    )
    yield from count((there or 0) + 1)


def _judge(
    numbers: Iterator[int], competition: Competition, account: Account, **fields: Any
) -> Judge:
    values = {"number": next(numbers), "kind": OrganizationKind.INDUSTRY}
    return Judge(competition=competition, account=account, **{**values, **fields})


def seat(session: Session, of: Round, judge: Judge) -> PanelMember:
    [member] = seat_all(session, of, [judge])
    return member


def seat_all(session: Session, of: Round, judges: Iterable[Judge]) -> list[PanelMember]:
    members = [PanelMember(round=of, judge=judge) for judge in judges]
    session.add_all(members)
    session.flush()
    return members


def assign(
    session: Session,
    entry: Entry,
    judge: Judge,
    state: AssignmentState = AssignmentState.CONFIRMED,
    **fields: Any,
) -> Assignment:
    [assignment] = assign_all(session, [(entry, judge)], state, **fields)
    return assignment


def assign_all(
    session: Session,
    pairs: Iterable[tuple[Entry, Judge]],
    state: AssignmentState = AssignmentState.CONFIRMED,
    **fields: Any,
) -> list[Assignment]:
    assignments = [
        Assignment(
            round=entry.round, entry=entry, judge=judge, state=state, created_at=NOW, **fields
        )
        for entry, judge in pairs
    ]
    session.add_all(assignments)
    session.flush()
    return assignments


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
    session.add(Membership(account=account, competition=competition, role=role, created_at=NOW))
    session.flush()


def make_organizer(session: Session, competition: Competition) -> Account:
    account = _account(_next_people(session), "Organizer Zhou")
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
    remember(client, _user_id=token, _fresh=True, seen=int(time.time()))
