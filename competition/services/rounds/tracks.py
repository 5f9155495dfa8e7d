"""The tracks of a competition, written as one list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from competition.errors import Invalid, NotFound, Problem
from competition.models import Competition, LocalText, Track
from competition.policies import Actor, Permission, authorize
from competition.queries.rounds import track_uses
from competition.services.record import audit
from competition.services.rounds.checks import NAME_MAX, lock_competition, text_problems
from competition.vocabulary import CompetitionState


@dataclass(frozen=True, kw_only=True)
class TrackRow:
    """One line of the list; without an id it is a new track."""

    id: int | None = None
    name: LocalText


def set_tracks(
    session: Session,
    *,
    actor: Actor,
    competition: Competition,
    rows: Sequence[TrackRow],
    revision: int,
    now: datetime,
) -> None:
    """Make the tracks what `rows` says, in that order; those not in it are removed.

    Raises Invalid when a name is missing or doubled, or a removed track is in use, and Conflict
    when the competition changed since `revision`.
    """
    authorize(actor, Permission.MANAGE_COMPETITION, competition)
    lock_competition(session, competition, revision)
    known = {track.id: track for track in competition.tracks}
    if any(row.id is not None and row.id not in known for row in rows):
        raise NotFound
    kept = {row.id for row in rows}
    removed = [track for track in competition.tracks if track.id not in kept]
    problems = [*_row_problems(competition, rows), *_removal_problems(session, removed)]
    if problems:
        raise Invalid(problems)
    before = _listed(competition.tracks)
    for track in removed:
        session.delete(track)
    for place, track in enumerate(known.values(), start=1):
        track.position = -place  # out of the way: positions are unique at every instant
    session.flush()
    for position, row in enumerate(rows, start=1):
        track = known[row.id] if row.id is not None else Track(competition_id=competition.id)
        track.position, track.name = position, row.name
        session.add(track)
    flag_modified(competition, "state")  # so that the revision grows
    session.flush()
    session.expire(competition, ["tracks"])
    audit(
        session,
        actor=actor,
        action="set_tracks",
        now=now,
        thing=competition,
        name=str(competition.name),
        competition_id=competition.id,
        before={"tracks": before},
        after={"tracks": _listed(competition.tracks)},
    )


def _listed(tracks: Sequence[Track]) -> list[dict[str, Any]]:
    return [{"id": track.id, "name": track.name} for track in tracks]


def _row_problems(competition: Competition, rows: Sequence[TrackRow]) -> Iterator[Problem]:
    if not rows and competition.state is not CompetitionState.DRAFT:
        yield Problem.of("tracks_missing")
    seen: set[str] = set()
    for place, row in enumerate(rows):
        yield from text_problems(row.name, f"tracks-{place}-name", limit=NAME_MAX, needed=True)
        for language, text in (("en", row.name.en), ("zh", row.name.zh)):
            if text and text.casefold() in seen:
                yield Problem.of("track_doubled", field=f"tracks-{place}-name_{language}")
        seen |= {text.casefold() for text in (row.name.en, row.name.zh) if text}


def _removal_problems(session: Session, removed: Sequence[Track]) -> Iterator[Problem]:
    uses = track_uses(session, [track.id for track in removed])
    for track in removed:
        entries, judges = uses.get(track.id, (0, 0))
        if entries:
            yield Problem.of("track_has_entries", name=str(track.name), count=entries)
        elif judges:
            yield Problem.of("track_has_judges", name=str(track.name), count=judges)
