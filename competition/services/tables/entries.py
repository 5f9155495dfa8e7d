"""Bringing in entries that were handed in elsewhere: each becomes a submitted entry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from competition.models import Entry, LocalText, Team, Track
from competition.queries.panels import teams_named
from competition.services.organizations import local_name
from competition.services.record import snapshot
from competition.services.submissions.entries import (
    SUMMARY_LENGTH_MAX,
    TITLE_LENGTH_MAX,
    audit_entry,
    is_web_address,
    next_number,
)
from competition.services.submissions.locking import hold
from competition.services.submissions.versions import new_version
from competition.services.tables.plans import Context, Effect, Step, compared
from competition.services.tables.recognition import Teams, Tracks
from competition.services.tables.sheets import Cells, Sheet, folded, shown
from competition.vocabulary import JUDGEABLE_ENTRY_STATES, EntryState, RoundState

OPEN_STATES = frozenset(
    {RoundState.SETUP, RoundState.RECEIVING, RoundState.SCREENING, RoundState.ASSIGNING}
)
CHANGEABLE = JUDGEABLE_ENTRY_STATES | {EntryState.DRAFT, EntryState.RETURNED}


@dataclass(frozen=True)
class Wanted:
    """An entry as one row describes it; an empty number is given when it is written."""

    number: str
    team: Team
    track: Track
    title: str
    summary: str
    repository: str
    demo: str


def plan(context: Context, sheet: Sheet) -> list[Step]:
    of = context.round
    if of.state not in OPEN_STATES:
        sheet.add("table_round_past_entries", None, None)
        return []
    teams = Teams(teams_named(context.session, competition_id=context.competition.id))
    tracks = Tracks(context.competition)
    known = {entry.team_id: entry for entry in _entries(context)}
    numbers = {folded(entry.number): entry for entry in known.values()}
    seen_teams: dict[int, int] = {}
    seen_numbers: dict[str, int] = {}
    steps = []
    for cells in sheet:
        wanted = _wanted(cells, teams, tracks)
        if wanted is None:
            continue
        entry = known.get(wanted.team.id)
        if wanted.team.id in seen_teams:
            cells.wrong("table_row_twice", "team", first=seen_teams[wanted.team.id])
        seen_teams.setdefault(wanted.team.id, cells.number)
        _check_number(cells, wanted, entry, numbers, seen_numbers)
        if entry is not None and entry.state not in CHANGEABLE:
            cells.wrong("table_entry_is_out", "team", entry=entry.number)
        if cells.is_sound:
            steps.append(_step(cells.number, entry, wanted, sheet))
    return steps


def _entries(context: Context) -> list[Entry]:
    return list(
        context.session.scalars(
            select(Entry)
            .where(Entry.round_id == context.round.id)
            .options(
                joinedload(Entry.track),
                joinedload(Entry.team),
                selectinload(Entry.versions),
                selectinload(Entry.files),
            )
        )
    )


def _wanted(cells: Cells, teams: Teams, tracks: Tracks) -> Wanted | None:
    team = teams.find(cells)
    named = cells.text("track")
    if named or len(tracks.all) != 1:
        track = tracks.find(cells, named, "track") if named else None
        if not named:
            cells.wrong("table_cell_empty", "track")
    else:
        track = tracks.all[0]
    title = cells.text("title", needed=True)
    addresses = {}
    for column in ("repository", "demo_url"):
        addresses[column] = cells.text(column)
        if addresses[column] and not is_web_address(addresses[column]):
            cells.wrong("table_not_an_address", column, value=shown(addresses[column]))
    summary = cells.text("summary", lines=True)
    number = cells.text("entry")
    if team is None or track is None or not cells.is_sound:
        return None
    return Wanted(
        number=number,
        team=team,
        track=track,
        title=title[:TITLE_LENGTH_MAX],
        summary=summary[:SUMMARY_LENGTH_MAX],
        repository=addresses["repository"],
        demo=addresses["demo_url"],
    )


def _check_number(
    cells: Cells,
    wanted: Wanted,
    entry: Entry | None,
    numbers: dict[str, Entry],
    seen: dict[str, int],
) -> None:
    key = folded(wanted.number)
    if not key:
        return
    if key in seen:
        cells.wrong("table_row_twice", "entry", first=seen[key])
    seen.setdefault(key, cells.number)
    if entry is not None and folded(entry.number) != key:
        cells.wrong("table_entry_number_stays", "entry", entry=entry.number)
    elif key in numbers and numbers[key] is not entry:
        cells.wrong("table_entry_number_taken", "entry", value=shown(wanted.number))


def in_language(stored: LocalText, text: str) -> LocalText:
    """The stored text with `text` in the language that its characters belong to."""
    new = local_name(text) if "\n" not in text else _keep_lines(text)
    return LocalText(en=new.en or stored.en, zh=new.zh or stored.zh)


def _keep_lines(text: str) -> LocalText:
    is_chinese = bool(local_name(text).zh)
    return LocalText(zh=text) if is_chinese else LocalText(en=text)


def _step(row: int, entry: Entry | None, wanted: Wanted, sheet: Sheet) -> Step:
    if entry is None:
        return Step(row, Effect.NEW, wanted.title, wanted=(None, wanted))
    title, summary = entry.title, entry.summary
    pairs = {
        "track": (str(entry.track.name), str(wanted.track.name)),
        "title": (str(title), str(in_language(title, wanted.title))),
        "summary": (str(summary), str(in_language(summary, wanted.summary))),
        "repository": (entry.repository_url, wanted.repository),
        "demo_url": (entry.demo_url, wanted.demo),
    }
    changes = compared({name: pair for name, pair in pairs.items() if sheet.has(name)})
    is_in = entry.state in JUDGEABLE_ENTRY_STATES
    effect = Effect.CHANGED if changes or not is_in else Effect.UNCHANGED
    return Step(row, effect, wanted.title, changes, wanted=(entry, wanted))


def apply(context: Context, steps: list[Step], now: datetime) -> None:
    hold(context.session, context.round)  # numbers are given one after the other
    for step in steps:
        entry, wanted = step.wanted
        if step.effect is Effect.NEW and wanted.number:
            _create(context, wanted, wanted.number, now)
        elif step.effect is Effect.CHANGED:
            _change(context, entry, wanted, {name for name, _old, _new in step.changes}, now)
    for step in steps:
        _entry, wanted = step.wanted
        if step.effect is Effect.NEW and not wanted.number:
            _create(context, wanted, next_number(context.session, context.round.id), now)


def _create(context: Context, wanted: Wanted, number: str, now: datetime) -> None:
    entry = Entry(
        round=context.round,
        team=wanted.team,
        track=wanted.track,
        number=number,
        title=local_name(wanted.title),
        summary=in_language(LocalText(), wanted.summary),
        repository_url=wanted.repository,
        demo_url=wanted.demo,
        state=EntryState.SUBMITTED,
        created_at=now,
    )
    context.session.add(entry)
    context.session.flush()
    version = new_version(entry, account_id=context.actor.account_id, submitted_at=now)
    audit_entry(
        context.session,
        context.actor,
        "import_entry",
        now,
        entry,
        after={**snapshot(entry), "version": version.version, "digest": version.digest},
    )


def _change(
    context: Context, entry: Entry, wanted: Wanted, columns: set[str], now: datetime
) -> None:
    before = snapshot(entry)
    if "track" in columns:
        entry.track = wanted.track
    if "title" in columns:
        entry.title = in_language(entry.title, wanted.title)
    if "summary" in columns:
        entry.summary = in_language(entry.summary, wanted.summary)
    if "repository" in columns:
        entry.repository_url = wanted.repository
    if "demo_url" in columns:
        entry.demo_url = wanted.demo
    if entry.state not in JUDGEABLE_ENTRY_STATES:
        entry.state, entry.state_reason = EntryState.SUBMITTED, ""
    context.session.flush()
    version = new_version(entry, account_id=context.actor.account_id, submitted_at=now)
    audit_entry(
        context.session,
        context.actor,
        "import_entry",
        now,
        entry,
        before=before,
        after={**snapshot(entry), "version": version.version, "digest": version.digest},
    )
