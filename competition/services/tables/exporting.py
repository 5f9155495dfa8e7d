"""Tables out, in the very columns in which they can be brought in again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from competition.adapters.spreadsheets import Sheet
from competition.adapters.spreadsheets.writing import Cell
from competition.models import Competition, Entry, LocalText, Round, Team
from competition.policies import Actor, authorize
from competition.queries.panels import assignment_board, conflicts_of, judges_of
from competition.queries.scorecards import rating_rows
from competition.services.tables.formats import FORMATS, IGNORED, TableKind
from competition.services.tables.importing import IMPORTERS
from competition.vocabulary import MemberKind

Row = tuple[Cell, ...]
Writer = Callable[[Session, Competition, Round | None, str], Iterator[Row]]


def export_table(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    kind: TableKind,
    of: Round | None = None,
    locale: str = "en",
) -> Sheet:
    """The table as it could be imported, with headers in the language of `locale`.

    Kinds that belong to a round need `of`. Permission as for bringing the table in.
    """
    authorize(actor, IMPORTERS[kind].permission, competition)
    columns = [
        column for column in FORMATS[kind] if column.name not in IGNORED.get(kind, frozenset())
    ]
    rows = WRITERS[kind](session, competition, of, locale)
    return Sheet(kind.value, [column.header(locale) for column in columns], list(rows))


def _local(text: LocalText, locale: str) -> str:
    return text.in_(locale)


def _judges(session: Session, competition: Competition, of: object, locale: str) -> Iterator[Row]:
    for judge in judges_of(session, competition_id=competition.id):
        yield (
            judge.account.name,
            judge.account.email,
            judge.phone,
            _local(judge.organization.name, locale) if judge.organization else "",
            judge.kind.value,
            "; ".join(_local(track.name, locale) for track in judge.tracks),
            judge.expertise,
            judge.max_entries,
        )


def _teams(session: Session, competition: Competition, of: object, locale: str) -> Iterator[Row]:
    teams = session.scalars(
        select(Team)
        .where(Team.competition_id == competition.id)
        .options(joinedload(Team.organization), selectinload(Team.members))
        .order_by(Team.name)
    )
    for team in teams:
        people: dict[MemberKind, list[str]] = {kind: [] for kind in MemberKind}
        captain = next((one for one in team.members if one.kind is MemberKind.CAPTAIN), None)
        for one in team.members:
            people[one.kind].append(f"{one.name} <{one.email}>" if one.email else one.name)
        yield (
            team.name,
            _local(team.organization.name, locale),
            captain.name if captain else "",
            captain.email if captain else "",
            "; ".join(people[MemberKind.MEMBER]),
            "; ".join(people[MemberKind.INSTRUCTOR]),
        )


def _round(of: Round | None) -> Round:
    if of is None:
        raise ValueError("this kind of table needs a round")
    return of


def _entries(
    session: Session, competition: Competition, of: Round | None, locale: str
) -> Iterator[Row]:
    entries = session.scalars(
        select(Entry)
        .where(Entry.round_id == _round(of).id)
        .options(joinedload(Entry.team), joinedload(Entry.track))
        .order_by(Entry.number)
    )
    for entry in entries:
        yield (
            entry.number,
            entry.team.name,
            _local(entry.track.name, locale),
            _local(entry.title, locale),
            _local(entry.summary, locale),
            entry.repository_url,
            entry.demo_url,
        )


def _conflicts(
    session: Session, competition: Competition, of: object, locale: str
) -> Iterator[Row]:
    for item in conflicts_of(session, competition_id=competition.id):
        if item.is_active:
            reason = item.reason or item.source.value
            yield (item.judge.account.email, "", item.team.name, "", reason)


def _assignments(
    session: Session, competition: Competition, of: Round | None, locale: str
) -> Iterator[Row]:
    board = assignment_board(session, of=_round(of))
    entries = {entry.id: entry.number for entry in board.entries}
    judges = {judge.id: judge.account.email for judge in board.judges}
    for row in board.live:
        action = "lock" if row.is_locked else "assign"
        yield (entries[row.entry_id], judges[row.judge_id], action)


def _ratings(
    session: Session, competition: Competition, of: Round | None, locale: str
) -> Iterator[Row]:
    for row in rating_rows(session, round_id=_round(of).id):
        criterion = _local(row.criterion, locale)
        yield (row.judge, row.entry, criterion, row.score, row.reason)


WRITERS: Mapping[TableKind, Writer] = {
    TableKind.JUDGES: _judges,
    TableKind.TEAMS: _teams,
    TableKind.ENTRIES: _entries,
    TableKind.CONFLICTS: _conflicts,
    TableKind.ASSIGNMENTS: _assignments,
    TableKind.RATINGS: _ratings,
}
