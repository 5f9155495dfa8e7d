"""One team, or one entry, with all that belongs to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload, selectinload

from competition.models import Account, Entry, Round, Team, TeamMember


def team_with_people(session: Session, team_id: int) -> Team | None:
    """The team with its competition, organization, members and their accounts."""
    return session.scalar(
        select(Team)
        .where(Team.id == team_id)
        .options(
            joinedload(Team.organization),
            joinedload(Team.competition),
            selectinload(Team.members).joinedload(TeamMember.account),
        )
    )


def teams_of(session: Session, *, competition_id: int, team_ids: Iterable[int]) -> Sequence[Team]:
    """Those of the teams that are in the competition, by name."""
    return session.scalars(
        select(Team)
        .where(Team.competition_id == competition_id, Team.id.in_(list(team_ids)))
        .options(joinedload(Team.organization), joinedload(Team.competition))
        .order_by(Team.name)
    ).all()


def entries_of_team(session: Session, team_id: int) -> dict[int, Entry]:
    """The entries of a team by round, with versions and files."""
    found = session.scalars(
        select(Entry).where(Entry.team_id == team_id).options(*_whole_entry())
    ).all()
    return {entry.round_id: entry for entry in found}


def _entry_in_place() -> tuple[Any, ...]:
    return (
        joinedload(Entry.round).joinedload(Round.competition),
        joinedload(Entry.team).joinedload(Team.organization),
        joinedload(Entry.track),
    )


def _whole_entry() -> tuple[Any, ...]:
    return (*_entry_in_place(), selectinload(Entry.files), selectinload(Entry.versions))


BY_ID = select(Entry).where(Entry.id == bindparam("entry_id")).options(*_entry_in_place())


def entry_by_id(session: Session, entry_id: int) -> Entry | None:
    """The entry with round, team and track; its files and versions are read by who looks at them.

    Whoever may not see it is turned away before that.
    """
    return session.scalar(BY_ID, {"entry_id": entry_id})


def entry_by_number(session: Session, *, round_id: int, number: str) -> Entry | None:
    """The entry of a round with this number, with all that belongs to it."""
    return session.scalar(
        select(Entry)
        .where(Entry.round_id == round_id, Entry.number == number)
        .options(*_whole_entry())
    )


def account_names(session: Session, account_ids: Iterable[int | None]) -> dict[int, str]:
    """The names of accounts."""
    wanted = {item for item in account_ids if item is not None}
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted)))
    return {row.id: row.name for row in rows}
