"""What a form says of a team, and the rules for who may be in it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.errors import Invalid, Problem
from competition.models import Account, Competition, Team, TeamMember
from competition.services.organizations import NAME_LENGTH_MAX
from competition.services.people import normal_email
from competition.vocabulary import MemberKind


@dataclass(frozen=True)
class Person:
    """Somebody named in a form; an empty one is an empty row."""

    name: str = ""
    email: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.name and not self.email


@dataclass(frozen=True)
class TeamRequest:
    """What a form says of a team. Problems are named after these fields and their rows."""

    name: str
    organization: str
    members: tuple[Person, ...] = ()
    instructors: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Listed:
    """A person in the list as it will be, with the form's field."""

    field: str
    kind: MemberKind
    name: str
    email: str


def listed(team: TeamRequest, captain: Person) -> Iterator[Listed]:
    yield Listed("captain_email", MemberKind.CAPTAIN, captain.name, normal_email(captain.email))
    for rows, persons, kind in (
        ("members", team.members, MemberKind.MEMBER),
        ("instructors", team.instructors, MemberKind.INSTRUCTOR),
    ):
        for at, person in enumerate(persons):
            if not person.is_empty:
                email = normal_email(person.email)
                yield Listed(f"{rows}-{at}-email", kind, plain_name(person.name), email)


def plain_name(name: str) -> str:
    """A name as it is stored: composed characters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def require(problems: Iterator[Problem]) -> None:
    found = list(problems)
    if found:
        raise Invalid(found)


def team_problems(
    session: Session,
    competition: Competition,
    team: Team | None,
    wanted: TeamRequest,
    people: Sequence[Listed],
    *,
    is_new: bool,
) -> Iterator[Problem]:
    yield from _name_problems(session, competition, team, wanted)
    members = [item for item in people if item.kind is not MemberKind.INSTRUCTOR]
    instructors = len(people) - len(members)
    if len(members) > competition.team_size_max:
        yield Problem.of("team_too_large", field="members", limit=competition.team_size_max)
    if instructors > competition.instructors_max:
        limit = competition.instructors_max
        yield Problem.of("instructors_too_many", field="instructors", limit=limit)
    yield from _row_problems(people)
    yield from _elsewhere_problems(session, competition, team, members)
    if is_new:
        taken = select(Account.id).where(Account.email == people[0].email)
        if session.scalar(taken) is not None:
            yield Problem.of("captain_has_account", field="captain_email", email=people[0].email)


def _name_problems(
    session: Session, competition: Competition, team: Team | None, wanted: TeamRequest
) -> Iterator[Problem]:
    for field, text in (("name", wanted.name), ("organization", wanted.organization)):
        if not text.strip():
            yield Problem.of("required", field=field)
        elif len(text) > NAME_LENGTH_MAX:
            yield Problem.of("too_long", field=field, limit=NAME_LENGTH_MAX)
    taken = session.scalars(
        select(Team.id).where(
            Team.competition_id == competition.id,
            func.lower(Team.name) == func.lower(plain_name(wanted.name)),
        )
    ).first()
    if taken is not None and (team is None or taken != team.id):
        yield Problem.of("team_name_taken", field="name", name=wanted.name)


def _row_problems(people: Sequence[Listed]) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for person in people:
        rows = person.field.removesuffix("email")
        if not person.name:
            yield Problem.of("person_without_name", field=f"{rows}name")
        elif len(person.name) > NAME_LENGTH_MAX:
            yield Problem.of("too_long", field=f"{rows}name", limit=NAME_LENGTH_MAX)
        if not person.email:
            if person.kind is not MemberKind.INSTRUCTOR:
                yield Problem.of("person_without_email", field=person.field, name=person.name)
        elif person.email in seen:
            yield Problem.of("person_twice", field=person.field, name=person.name)
        seen.setdefault(person.email, person.field)


def _elsewhere_problems(
    session: Session, competition: Competition, team: Team | None, members: Sequence[Listed]
) -> Iterator[Problem]:
    """One person, one team; instructors may help several."""
    by_email = {item.email: item for item in members if item.email}
    rows = session.execute(
        select(TeamMember.email, TeamMember.team_id).where(
            TeamMember.competition_id == competition.id,
            TeamMember.kind != MemberKind.INSTRUCTOR,
            TeamMember.email.in_(by_email),
        )
    )
    for email, team_id in rows:
        if team is None or team_id != team.id:
            person = by_email[email]
            yield Problem.of(
                "person_in_other_team", field=person.field, name=person.name, email=email
            )
