"""Bringing in conflicts: a judge with an entry, a team, or a whole school."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from competition.models import Entry, Judge, Round, Team
from competition.queries.panels import conflicts_of, judges_of, teams_named
from competition.services.panels.conflicts import record_conflict, withdraw_conflicted
from competition.services.tables.plans import Context, Effect, Step
from competition.services.tables.recognition import Entries, Judges, Teams
from competition.services.tables.sheets import Cells, Sheet
from competition.vocabulary import ConflictSource

AIMS = ("entry", "team", "school")


def plan(context: Context, sheet: Sheet) -> list[Step]:
    session, competition = context.session, context.competition
    judges = Judges(judges_of(session, competition_id=competition.id))
    listed = teams_named(session, competition_id=competition.id)
    teams = {team.id: team for team in listed}
    by_name = Teams(listed)
    entries = Entries(_entries(context)) if sheet.has("entry") else Entries(())
    if not sheet.placed.missing and not any(map(sheet.has, AIMS)):
        sheet.add("table_conflict_without_aim", sheet.table.header_row, None)
        return []
    known = {
        (item.judge_id, item.team_id)
        for item in conflicts_of(session, competition_id=competition.id)
        if item.is_active or item.source is ConflictSource.IMPORT  # dismissed: not brought back
    }
    declared: dict[tuple[int, int], int] = {}
    steps = []
    for cells in sheet:
        judge = judges.find(cells)
        met = _aimed_at(cells, entries, by_name, teams)
        reason = cells.text("reason", needed=True, lines=True)
        if judge is None or not cells.is_sound:
            continue
        for team in met:
            pair = (judge.id, team.id)
            if pair in declared:
                if len(met) == 1:
                    cells.wrong("table_row_twice", None, first=declared[pair])
                continue
            declared[pair] = cells.number
            effect = Effect.UNCHANGED if pair in known else Effect.NEW
            name = f"{judge.account.name} / {team.name}"
            steps.append(Step(cells.number, effect, name, wanted=(judge, team, reason)))
    return steps


def _entries(context: Context) -> list[Entry]:
    """Of the chosen round, or of all rounds."""
    statement = select(Entry).join(Round).where(Round.competition_id == context.competition.id)
    if context.of is not None:
        statement = statement.where(Round.id == context.of.id)
    return list(context.session.scalars(statement.order_by(Entry.id)))


def _aimed_at(cells: Cells, entries: Entries, by_name: Teams, teams: dict[int, Team]) -> list[Team]:
    """The teams of the one cell among entry, team and school that is filled in."""
    filled = [name for name in AIMS if cells.raw(name)]
    if len(filled) != 1:
        cells.wrong("table_conflict_without_aim", None)
        return []
    if filled == ["entry"]:
        entry = entries.find(cells)
        return [] if entry is None else [teams[entry.team_id]]
    if filled == ["team"]:
        team = by_name.find(cells)
        return [] if team is None else [team]
    return by_name.of_school(cells)


def apply(context: Context, steps: list[Step], now: datetime) -> None:
    judges: dict[int, Judge] = {}
    for step in steps:
        if step.effect is not Effect.NEW:
            continue
        judge, team, reason = step.wanted
        judges[judge.id] = judge
        record_conflict(
            context.session,
            actor=context.actor,
            judge=judge,
            team=team,
            reason=reason,
            source=ConflictSource.IMPORT,
            now=now,
        )
    withdraw_conflicted(context.session, actor=context.actor, judges=list(judges.values()), now=now)
