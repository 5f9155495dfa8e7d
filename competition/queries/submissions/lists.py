"""The organizers' lists of teams and entries, searched and in pages."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Generic, TypeVar

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import Session, aliased

from competition.models import (
    Entry,
    EntryVersion,
    LocalText,
    Organization,
    Team,
    TeamMember,
    Track,
)
from competition.vocabulary import EntryState, MemberKind, OrganizationKind

PAGE_SIZE = 50


@dataclass(frozen=True)
class TeamRow:
    """A line of the list of teams."""

    id: int
    name: str
    school: LocalText
    captain: str
    captain_email: str
    members: int
    instructors: int
    entries: int
    registered_at: datetime


@dataclass(frozen=True)
class EntryRow:
    """A line of the list of entries."""

    id: int
    number: str
    title: LocalText
    state: EntryState
    state_reason: str
    track_id: int
    track: LocalText
    team_id: int
    team: str
    school: LocalText
    versions: int
    submitted_at: datetime | None
    digest: str


Row = TypeVar("Row", TeamRow, EntryRow)


@dataclass(frozen=True)
class Page(Generic[Row]):
    """One page of a list."""

    rows: Sequence[Row]
    total: int
    number: int
    pages: int


def page_of(rows: Sequence[Row], number: int, size: int = PAGE_SIZE) -> Page[Row]:
    """Page `number` from 1; beyond the last page the last one."""
    pages = max(1, ceil(len(rows) / size))
    number = min(max(1, number), pages)
    return Page(rows[(number - 1) * size : number * size], len(rows), number, pages)


def team_rows(
    session: Session,
    *,
    competition_id: int,
    search: str = "",
    organization_id: int | None = None,
    with_contacts: bool = False,
) -> list[TeamRow]:
    """Teams by name; `search` looks at team, school and captain, case and width aside.

    E-mail addresses are handed out, and searched, only `with_contacts`.
    """
    count = func.count(TeamMember.id)
    people = (
        select(
            TeamMember.team_id,
            count.filter(TeamMember.kind != MemberKind.INSTRUCTOR).label("members"),
            count.filter(TeamMember.kind == MemberKind.INSTRUCTOR).label("instructors"),
        )
        .where(TeamMember.competition_id == competition_id)
        .group_by(TeamMember.team_id)
        .subquery()
    )
    entries = select(Entry.team_id, func.count(Entry.id).label("n")).group_by(Entry.team_id)
    counted = entries.subquery()
    captain = aliased(TeamMember)
    address = func.coalesce(captain.email, "") if with_contacts else literal("")
    statement = (
        select(
            Team.id,
            Team.name,
            Organization.name.label("school"),
            func.coalesce(captain.name, "").label("captain"),
            address.label("captain_email"),
            func.coalesce(people.c.members, 0).label("members"),
            func.coalesce(people.c.instructors, 0).label("instructors"),
            func.coalesce(counted.c.n, 0).label("entries"),
            Team.registered_at,
        )
        .join(Team.organization)
        .outerjoin(captain, and_(captain.team_id == Team.id, captain.kind == MemberKind.CAPTAIN))
        .outerjoin(people, people.c.team_id == Team.id)
        .outerjoin(counted, counted.c.team_id == Team.id)
        .where(Team.competition_id == competition_id)
        .order_by(Team.name, Team.id)
    )
    if organization_id is not None:
        statement = statement.where(Team.organization_id == organization_id)
    rows = [TeamRow(**row._mapping) for row in session.execute(statement)]
    return [
        row for row in rows if _finds(search, row.name, row.school, row.captain, row.captain_email)
    ]


@dataclass(frozen=True)
class SchoolCount:
    """An organization and how many teams it sends."""

    id: int
    name: LocalText
    teams: int


def schools(session: Session, *, competition_id: int) -> list[SchoolCount]:
    """The organizations that teams may belong to, by key."""
    rows = session.execute(
        select(Organization.id, Organization.name, func.count(Team.id).label("teams"))
        .outerjoin(Team, Team.organization_id == Organization.id)
        .where(
            Organization.competition_id == competition_id,
            Organization.kind == OrganizationKind.SCHOOL,
        )
        .group_by(Organization.id)
        .order_by(Organization.key)
    )
    return [SchoolCount(row.id, row.name, row.teams) for row in rows]


def entry_rows(
    session: Session,
    *,
    round_id: int,
    state: EntryState | None = None,
    track_id: int | None = None,
    search: str = "",
) -> list[EntryRow]:
    """Entries by number; `search` looks at number, title, team and school.

    Title and track are those of the draft: the number on the receipt stands for what was handed in.
    """
    last = (
        select(EntryVersion.entry_id, func.max(EntryVersion.version).label("version"))
        .join(Entry, EntryVersion.entry_id == Entry.id)
        .where(Entry.round_id == round_id)
        .group_by(EntryVersion.entry_id)
        .subquery()
    )
    statement = (
        select(
            Entry.id,
            Entry.number,
            Entry.title,
            Entry.state,
            Entry.state_reason,
            Entry.track_id,
            Track.name.label("track"),
            Entry.team_id,
            Team.name.label("team"),
            Organization.name.label("school"),
            func.coalesce(last.c.version, 0).label("versions"),
            EntryVersion.submitted_at,
            func.coalesce(EntryVersion.digest, "").label("digest"),
        )
        .join(Entry.track)
        .join(Entry.team)
        .join(Team.organization)
        .outerjoin(last, last.c.entry_id == Entry.id)
        .outerjoin(
            EntryVersion,
            and_(EntryVersion.entry_id == Entry.id, EntryVersion.version == last.c.version),
        )
        .where(Entry.round_id == round_id)
        .order_by(func.length(Entry.number), Entry.number)
    )
    if state is not None:
        statement = statement.where(Entry.state == state)
    if track_id is not None:
        statement = statement.where(Entry.track_id == track_id)
    rows = [EntryRow(**row._mapping) for row in session.execute(statement)]
    return [row for row in rows if _finds(search, row.number, row.title, row.team, row.school)]


def entry_counts(session: Session, *, round_id: int) -> dict[EntryState, int]:
    """How many entries of a round are in each state; every state is there."""
    rows = session.execute(
        select(Entry.state, func.count()).where(Entry.round_id == round_id).group_by(Entry.state)
    )
    found = {row[0]: row[1] for row in rows}
    return {state: found.get(state, 0) for state in EntryState}


def _finds(search: str, *texts: str | LocalText) -> bool:
    """Whether all words of the search occur, whatever their case and width."""
    words = _folded(search).split()
    if not words:
        return True
    whole = _folded(
        " ".join(f"{item.en} {item.zh}" if isinstance(item, LocalText) else item for item in texts)
    )
    return all(word in whole for word in words)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
