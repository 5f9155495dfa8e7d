"""Sending the best entries of a published ranking on to the next round."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from competition.errors import Conflict, Invalid, Problem, WrongState
from competition.models import Entry, EntryFile, Publication, Round
from competition.policies import Actor, Permission, authorize
from competition.queries.results import Advance, Line, advance_of, board_of_run, teams_in_round
from competition.services.record import audit, snapshot
from competition.services.submissions.entries import next_number
from competition.services.submissions.versions import new_version
from competition.vocabulary import EntryState, RoundState

OPEN_FOR_ADVANCE = frozenset(
    {RoundState.SETUP, RoundState.RECEIVING, RoundState.SCREENING, RoundState.ASSIGNING}
)
"""States of the next round in which entries may still come in this way."""


def advance(
    session: Session,
    *,
    actor: Actor,
    publication: Publication,
    to_round: Round,
    line: Line,
    already: int,
    now: datetime,
) -> Sequence[Entry]:
    """Enter the best of every track for `to_round`, each with a copy of what was judged.

    All entries tied at the line go through. Teams that are in the next round already are left
    alone. The new entries are submitted, with a first version, and have numbers of their own.

    Parameters
    ----------
    already : int
        How many entries the next round had when the organizer looked.

    Raises
    ------
    Invalid
        The line is no line, or a track has several rankings that cannot be compared.
    WrongState
        The results are not public any more, or the next round is past its assigning.
    Conflict
        `advanced_already`: all of them are there. `changed_meanwhile`: entries came in since.
    """
    authorize(actor, Permission.MANAGE_COMPETITION, publication.round)
    authorize(actor, Permission.MANAGE_COMPETITION, to_round)
    to_round = session.scalars(
        select(Round)
        .where(Round.id == to_round.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    session.refresh(publication)
    _check_rounds(publication, to_round)
    plan = advance_of(board_of_run(session, publication.run), line)
    problems = list(_problems(plan))
    if problems:
        raise Invalid(problems)
    there = teams_in_round(session, round_id=to_round.id)
    new = [place.entry_id for place in plan.through if place.team_id not in there]
    if not new:
        raise Conflict("advanced_already")
    if len(there) != already:
        raise Conflict("changed_meanwhile")
    return [_enter(session, actor, entry, to_round, now) for entry in _sources(session, new)]


def _check_rounds(publication: Publication, to_round: Round) -> None:
    if publication.withdrawn_at is not None:
        raise WrongState("results_not_public")
    of = publication.round
    if to_round.competition_id != of.competition_id or to_round.position <= of.position:
        raise WrongState("no_later_round")
    if to_round.state not in OPEN_FOR_ADVANCE:
        raise WrongState("next_round_closed", object="round", state=to_round.state)


def _problems(plan: Advance) -> Iterator[Problem]:
    line = plan.line
    if (line.top is None) == (line.percent is None):
        yield Problem.of("line_needs_one", field="top")
    elif line.top is not None and line.top < 1:
        yield Problem.of("top_too_small", field="top")
    elif line.percent is not None and not 0 < line.percent <= 100:
        yield Problem.of("percent_out_of_range", field="percent")
    for track in plan.tracks:
        if track.is_divided:
            yield Problem.of("track_is_divided", track=track.track.name)


def _sources(session: Session, entry_ids: Sequence[int]) -> Sequence[Entry]:
    """The entries to copy: by track, then number, which says nothing about their ranks."""
    entries = session.scalars(
        select(Entry)
        .where(Entry.id.in_(entry_ids))
        .options(joinedload(Entry.track), joinedload(Entry.team), selectinload(Entry.files))
    ).all()
    return sorted(entries, key=lambda entry: (entry.track.position, entry.number))


def _enter(session: Session, actor: Actor, source: Entry, to_round: Round, now: datetime) -> Entry:
    entry = Entry(
        round=to_round,
        team=source.team,
        track=source.track,
        number=next_number(session, to_round.id),
        title=source.title,
        summary=source.summary,
        repository_url=source.repository_url,
        demo_url=source.demo_url,
        state=EntryState.SUBMITTED,
        created_at=now,
    )
    entry.files = [
        EntryFile(
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            uploaded_by=file.uploaded_by,
            uploaded_at=file.uploaded_at,
        )
        for file in source.files
        if file.removed_at is None
    ]
    session.add(entry)
    session.flush()
    new_version(entry, account_id=actor.account_id, submitted_at=now)
    audit(
        session,
        actor=actor,
        action="advance_entry",
        now=now,
        thing=entry,
        name=f"{source.number} → {entry.number}",
        competition_id=to_round.competition_id,
        after=snapshot(entry),
    )
    return entry
