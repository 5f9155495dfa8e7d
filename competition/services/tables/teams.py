"""Bringing in teams with their people: new ones, and changes to those known by their name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from competition.models import Account, Team, TeamMember
from competition.services.organizations import (
    find_or_create_organization,
    local_name,
    organization_key,
)
from competition.services.panels.finding import find_conflicts
from competition.services.people import find_or_create_account
from competition.services.record import audit
from competition.services.submissions.teams import describe
from competition.services.tables.plans import Context, Effect, Step, compared
from competition.services.tables.sheets import Cells, Sheet, folded, is_email, shown
from competition.vocabulary import MemberKind, OrganizationKind

PERSON = re.compile(r"(?P<name>[^<>＜＞]*?)\s*(?:[<＜](?P<email>[^<>＜＞]*)[>＞])?")
NAME_MOST = 200


@dataclass(frozen=True)
class Member:
    kind: MemberKind
    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.email else self.name


@dataclass(frozen=True)
class Wanted:
    """A team as one row describes it, the captain first."""

    name: str
    school: str
    people: tuple[Member, ...]


def plan(context: Context, sheet: Sheet) -> list[Step]:
    known = _teams(context)
    owner = {
        member.email: team
        for team in known.values()
        for member in team.members
        if member.email and member.kind is not MemberKind.INSTRUCTOR
    }
    seen_teams: dict[str, int] = {}
    seen_people: dict[str, int] = {}
    steps = []
    for cells in sheet:
        wanted = _wanted(cells)
        key = folded(wanted.name)
        if key in seen_teams:
            cells.wrong("table_row_twice", "team", first=seen_teams[key])
        seen_teams.setdefault(key, cells.number)
        team = known.get(key)
        _check_people(context, cells, wanted, team, owner, seen_people)
        if not cells.is_sound:
            continue
        if team is None:
            steps.append(Step(cells.number, Effect.NEW, wanted.name, wanted=(None, wanted)))
            continue
        changes = _changes(team, wanted, sheet)
        effect = Effect.CHANGED if changes else Effect.UNCHANGED
        steps.append(Step(cells.number, effect, wanted.name, changes, wanted=(team, wanted)))
    return steps


def _teams(context: Context) -> dict[str, Team]:
    found = context.session.scalars(
        select(Team)
        .where(Team.competition_id == context.competition.id)
        .options(joinedload(Team.organization), selectinload(Team.members))
    )
    return {folded(team.name): team for team in found}


def _wanted(cells: Cells) -> Wanted:
    people = [
        Member(
            MemberKind.CAPTAIN,
            cells.text("captain_name", needed=True),
            cells.email("captain_email"),
        )
    ]
    for column, kind in (
        ("members", MemberKind.MEMBER),
        ("instructors", MemberKind.INSTRUCTOR),
    ):
        people += _people(cells, column, kind)
    return Wanted(
        name=cells.text("team", needed=True),
        school=cells.text("school", needed=True),
        people=tuple(people),
    )


def _people(cells: Cells, column: str, kind: MemberKind) -> Iterator[Member]:
    """People of one cell: names, each with an address in angle brackets if there is one."""
    for text in cells.names(column):
        parts = PERSON.fullmatch(text)
        name = parts["name"].strip() if parts else ""
        email = (parts["email"] or "").strip().lower() if parts else ""
        if parts is None or not name or len(name) > NAME_MOST:
            cells.wrong("table_person_unreadable", column, value=shown(text))
        elif email and not is_email(email):
            cells.wrong("table_email_invalid", column, value=shown(email))
        else:
            yield Member(kind, name, email)


def _check_people(
    context: Context,
    cells: Cells,
    wanted: Wanted,
    team: Team | None,
    owner: dict[str, Team],
    seen: dict[str, int],
) -> None:
    """Team size, and one person in one team only; instructors may help several."""
    competition = context.competition
    own = [person for person in wanted.people if person.kind is not MemberKind.INSTRUCTOR]
    if len(own) > competition.team_size_max:
        limit = competition.team_size_max
        cells.wrong("table_team_too_large", "members", limit=limit, count=len(own))
    if len(wanted.people) - len(own) > competition.instructors_max:
        cells.wrong("table_too_many_instructors", "instructors", limit=competition.instructors_max)
    here: set[str] = set()
    for person in wanted.people:
        column = "captain_email" if person.kind is MemberKind.CAPTAIN else f"{person.kind}s"
        if not person.email:
            continue
        if person.email in here:
            cells.wrong("table_person_twice", column, value=person.email)
        here.add(person.email)
        if person.kind is MemberKind.INSTRUCTOR:
            continue
        other = owner.get(person.email)
        if other is not None and other is not team:
            cells.wrong("table_person_elsewhere", column, value=person.email, team=other.name)
        elif person.email in seen and seen[person.email] != cells.number:
            cells.wrong("table_email_twice", column, value=person.email, first=seen[person.email])
        seen.setdefault(person.email, cells.number)


def _changes(team: Team, wanted: Wanted, sheet: Sheet) -> tuple[tuple[str, str, str], ...]:
    own = team.organization.name
    is_same = organization_key(wanted.school) in {
        organization_key(own.en),
        organization_key(own.zh),
        team.organization.key,
    }
    pairs = {"school": (str(own), str(own) if is_same else str(local_name(wanted.school)))}
    for column, kind in (
        ("captain_name", MemberKind.CAPTAIN),
        ("members", MemberKind.MEMBER),
        ("instructors", MemberKind.INSTRUCTOR),
    ):
        if sheet.has(column):
            pairs[column] = (_listed(team, kind), _listed(wanted, kind))
    return compared(pairs)


def _listed(team: Team | Wanted, kind: MemberKind) -> str:
    people = team.members if isinstance(team, Team) else team.people
    return "; ".join(
        sorted(str(Member(kind, one.name, one.email)) for one in people if one.kind is kind)
    )


def apply(context: Context, steps: list[Step], now: datetime) -> None:
    looked_at: set[int] = set()
    for step in steps:
        team, wanted = step.wanted
        if step.effect is Effect.NEW:
            team = _create(context, wanted, now)
        elif step.effect is Effect.CHANGED:
            _change(context, team, wanted, {name for name, _old, _new in step.changes}, now)
        if step.effect is not Effect.UNCHANGED:
            looked_at.add(team.id)
    find_conflicts(
        context.session,
        actor=context.actor,
        competition_id=context.competition.id,
        team_ids=looked_at,
        now=now,
    )


def _create(context: Context, wanted: Wanted, now: datetime) -> Team:
    session, competition = context.session, context.competition
    team = Team(
        competition_id=competition.id,
        name=wanted.name,
        organization=find_or_create_organization(
            session,
            actor=context.actor,
            competition=competition,
            name=wanted.school,
            kind=OrganizationKind.SCHOOL,
            now=now,
        ),
        registered_at=now,
    )
    team.members = [_member(context, person, now) for person in wanted.people]
    session.add(team)
    audit(
        session,
        actor=context.actor,
        action="register_team",
        now=now,
        thing=team,
        name=team.name,
        competition_id=competition.id,
        after=describe(team),
    )
    return team


def _change(context: Context, team: Team, wanted: Wanted, columns: set[str], now: datetime) -> None:
    """Replace the school and the kinds of people whose columns differ."""
    session = context.session
    before = describe(team)
    if "school" in columns:
        team.organization = find_or_create_organization(
            session,
            actor=context.actor,
            competition=context.competition,
            name=wanted.school,
            kind=OrganizationKind.SCHOOL,
            now=now,
        )
    changed = {
        kind
        for column, kind in (
            ("captain_name", MemberKind.CAPTAIN),
            ("members", MemberKind.MEMBER),
            ("instructors", MemberKind.INSTRUCTOR),
        )
        if column in columns
    }
    team.members = [member for member in team.members if member.kind not in changed]
    session.flush()  # addresses may move from one person to another
    team.members += [
        _member(context, person, now) for person in wanted.people if person.kind in changed
    ]
    audit(
        session,
        actor=context.actor,
        action="edit_team",
        now=now,
        thing=team,
        name=team.name,
        competition_id=context.competition.id,
        before=before,
        after=describe(team),
    )


def _member(context: Context, person: Member, now: datetime) -> TeamMember:
    account: Account | None = None
    if person.email:
        account = find_or_create_account(
            context.session, actor=context.actor, email=person.email, name=person.name, now=now
        )
    return TeamMember(
        competition_id=context.competition.id,
        kind=person.kind,
        name=person.name,
        email=person.email,
        account=account,
    )
