"""Objects for tests, put straight into the database: sensible by default, named by the test.

Worlds of many objects ask for all teams, entries or judges at once, which costs little more than
one of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count, repeat
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from competition.guards import transaction
from competition.models import (
    Account,
    Assignment,
    Competition,
    Criterion,
    Entry,
    EntryVersion,
    Judge,
    Level,
    LocalText,
    Membership,
    Organization,
    PanelMember,
    Round,
    Rubric,
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
)
from tests.support.client import remember, settle
from tests.support.storing import store, store_all

NOW = datetime.now(UTC).replace(microsecond=0)
"""The pages read the real clock, so deadlines of test data are set from it."""

PEOPLE = select(func.count(Account.id))
ENTRIES = select(func.count(Entry.id)).where(Entry.round_id == bindparam("round_id"))
JUDGES = select(func.count(Judge.id)).where(Judge.competition_id == bindparam("competition_id"))
ORGANIZATIONS = select(Organization.key, Organization.id).where(
    Organization.competition_id == bindparam("competition_id"),
    Organization.key.in_(bindparam("keys", expanding=True)),
)


def make_account(session: Session, name: str = "Chen Wei", **fields: Any) -> Account:
    [account] = make_accounts(session, [name], **fields)
    return account


def make_accounts(session: Session, names: Iterable[str], **fields: Any) -> list[Account]:
    numbers = count(_number(session, PEOPLE) + 1)
    return store_all(
        session,
        Account,
        (
            {
                "email": f"person{number}@school.example",
                "name": name,
                "created_at": NOW,
                **fields,
            }
            for name, number in zip(names, numbers, strict=False)
        ),
    )


def _number(session: Session, statement: Select[int], **facts: int) -> int:
    session.flush()
    return session.connection().execute(statement, facts).scalars().one()


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
    competition = store(session, Competition, tracks=[], rounds=[], **{**values, **fields})
    store_all(
        session,
        Track,
        (
            {"competition": competition, "position": i, "name": LocalText(en=name)}
            for i, name in enumerate(tracks, start=1)
        ),
    )
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
    return store(session, Round, competition=competition, **{**values, **fields})


def make_rubric(
    session: Session, of: Round, weights: tuple[int, ...] = (60, 40), **fields: Any
) -> Rubric:
    """Criteria on a scale of 1 to 10 in whole steps, five levels each."""
    rubric = store(session, Rubric, round=of, criteria=[], **fields)
    criteria = store_all(
        session,
        Criterion,
        (
            {
                "rubric": rubric,
                "position": position,
                "name": LocalText(en=f"Criterion {position}", zh=f"评分项 {position}"),
                "weight": Decimal(weight),
                "scale_min": Decimal(1),
                "scale_max": Decimal(10),
                "step": Decimal(1),
                "levels": [],
            }
            for position, weight in enumerate(weights, start=1)
        ),
    )
    store_all(
        session,
        Level,
        (
            {
                "criterion": criterion,
                "low": Decimal(i),
                "high": Decimal(i + 1),
                "text": LocalText(en=f"Level {i}"),
            }
            for criterion in criteria
            for i in range(1, 10, 2)
        ),
    )
    return rubric


def make_organization(
    session: Session, competition: Competition, name: str = "School A", **fields: Any
) -> Organization:
    [organization] = make_organizations(session, competition, [name], **fields)
    return organization


def make_organizations(
    session: Session, competition: Competition, names: Sequence[str], **fields: Any
) -> list[Organization]:
    """The organizations of these names; those that are not there yet are made."""
    session.flush()
    facts = {"competition_id": competition.id, "keys": [name.lower() for name in names]}
    known = dict(session.connection().execute(ORGANIZATIONS, facts).all())
    by_key = {key: session.get_one(Organization, known[key]) for key in known}
    missing = {name.lower(): name for name in names if name.lower() not in by_key}
    made = store_all(
        session,
        Organization,
        (
            {
                "competition_id": competition.id,
                "key": key,
                "name": LocalText(en=name),
                "kind": OrganizationKind.SCHOOL,
                **fields,
            }
            for key, name in missing.items()
        ),
    )
    by_key |= dict(zip(missing, made, strict=True))
    return [by_key[name.lower()] for name in names]


def make_team(
    session: Session,
    competition: Competition,
    name: str = "Team 01",
    school: str = "School A",
    captain: Account | None = None,
) -> Team:
    captains = None if captain is None else [captain]
    [team] = make_teams(session, competition, {name: school}, captains)
    return team


def make_teams(
    session: Session,
    competition: Competition,
    schools: Mapping[str, str],
    captains: Sequence[Account] | None = None,
) -> list[Team]:
    """Teams by name, each with the school that it is of."""
    captains = captains or make_accounts(session, [f"Captain of {name}" for name in schools])
    organizations = make_organizations(session, competition, list(schools.values()))
    teams = store_all(
        session,
        Team,
        (
            {
                "competition": competition,
                "name": name,
                "organization": organization,
                "registered_at": NOW,
                "members": [],
            }
            for name, organization in zip(schools, organizations, strict=True)
        ),
    )
    store_all(
        session,
        TeamMember,
        (
            {
                "team": team,
                "competition_id": competition.id,
                "kind": MemberKind.CAPTAIN,
                "name": captain.name,
                "email": captain.email,
                "account": captain,
            }
            for team, captain in zip(teams, captains, strict=True)
        ),
    )
    return teams


def make_entry(
    session: Session, of: Round, team: Team, state: EntryState = EntryState.ELIGIBLE, **fields: Any
) -> Entry:
    """An entry; with a version unless it is a draft."""
    [entry] = make_entries(session, of, [team], [{"state": state, **fields}])
    return entry


def make_entries(
    session: Session,
    of: Round,
    teams: Sequence[Team],
    fields: Iterable[Mapping[str, Any]] = repeat({}),
) -> list[Entry]:
    """An entry of each team; `fields` are those of one entry after the other."""
    numbers = count(_number(session, ENTRIES, round_id=of.id) + 1)
    values = [
        {
            "round": of,
            "team": team,
            "number": f"E-{number:03}",
            "title": LocalText(en=f"Work of {team.name}"),
            "summary": LocalText(en="It helps."),
            "track": of.competition.tracks[0],
            "state": EntryState.ELIGIBLE,
            "created_at": NOW,
            "versions": [],
            **own,
        }
        for team, number, own in zip(teams, numbers, fields, strict=False)
    ]
    entries = store_all(session, Entry, values)
    submitted = [entry for entry in entries if entry.state is not EntryState.DRAFT]
    store_all(session, EntryVersion, [_version(entry) for entry in submitted])
    return entries


DRAFTED = (
    "round",
    "team",
    "track",
    "track_id",
    "number",
    "title",
    "summary",
    "repository_url",
    "demo_url",
)


def _version(entry: Entry) -> dict[str, Any]:
    """What the service makes of the entry when it is submitted for the first time."""
    draft = Entry(**{name: getattr(entry, name) for name in DRAFTED})
    made = new_version(draft, account_id=None, submitted_at=NOW)
    return {
        "entry": entry,
        "version": made.version,
        "content": made.content,
        "digest": made.digest,
        "submitted_at": made.submitted_at,
    }


def make_judge(
    session: Session, competition: Competition, name: str = "Judge Lin", **fields: Any
) -> Judge:
    tracks = fields.pop("tracks", None)
    [judge] = make_judges(session, competition, [name], **fields)
    if tracks:
        judge.tracks = tracks
        session.flush()
    return judge


def make_judges(
    session: Session, competition: Competition, names: Sequence[str], **fields: Any
) -> list[Judge]:
    account = fields.pop("account", None)
    accounts = [account] if account else make_accounts(session, names)
    numbers = count(_number(session, JUDGES, competition_id=competition.id) + 1)
    return store_all(
        session,
        Judge,
        (
            {
                "competition": competition,
                "account": account,
                "number": number,
                "kind": OrganizationKind.INDUSTRY,
                **fields,
            }
            for account, number in zip(accounts, numbers, strict=False)
        ),
    )


def seat(session: Session, of: Round, judge: Judge) -> PanelMember:
    return store(session, PanelMember, round=of, judge=judge)


def seat_all(session: Session, of: Round, judges: Iterable[Judge]) -> list[PanelMember]:
    return store_all(session, PanelMember, ({"round": of, "judge": judge} for judge in judges))


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
    return store_all(
        session,
        Assignment,
        (
            {
                "round": entry.round,
                "entry": entry,
                "judge": judge,
                "state": state,
                "created_at": NOW,
                **fields,
            }
            for entry, judge in pairs
        ),
    )


def grant(session: Session, account: Account, competition: Competition, role: Role) -> None:
    store(session, Membership, account=account, competition=competition, role=role, created_at=NOW)


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
    remember(client, _user_id=token, _fresh=True, seen=int(time.time()))
