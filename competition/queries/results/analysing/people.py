"""Who stands behind the numbers of an analysis: judges, entries and their organizations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Account, Entry, Judge, LocalText, Team, Track
from competition.queries.results.inputs import RoundRatings
from competition.vocabulary import OrganizationKind


@dataclass(frozen=True)
class JudgeIdentity:
    """One judge; the organization is None where it is not known."""

    number: int
    name: str
    kind: OrganizationKind
    organization_id: int | None


@dataclass(frozen=True)
class EntryIdentity:
    """One entry and the school that its team comes from."""

    number: str
    title: LocalText
    team: str
    organization_id: int


@dataclass(frozen=True)
class TrackIdentity:
    """One track of the round."""

    id: int
    position: int
    name: LocalText


@dataclass(frozen=True)
class People:
    """By id, for all judges and entries of the inputs; the tracks in their order."""

    judges: Mapping[int, JudgeIdentity]
    entries: Mapping[int, EntryIdentity]
    tracks: tuple[TrackIdentity, ...]

    @property
    def key(self) -> tuple[object, ...]:
        """Changes when anything in here does."""
        return (tuple(self.judges.items()), tuple(self.entries.items()), self.tracks)


def people_of(session: Session, inputs: RoundRatings) -> People:
    """Read who they are; three statements however many there are."""
    judges = session.execute(
        select(Judge.id, Judge.number, Account.name, Judge.kind, Judge.organization_id)
        .join(Judge.account)
        .where(Judge.id.in_(inputs.judge_ids))
    )
    entries = session.execute(
        select(Entry.id, Entry.number, Entry.title, Team.name, Team.organization_id)
        .join(Entry.team)
        .where(Entry.id.in_(inputs.entry_ids))
    )
    tracks = session.execute(
        select(Track.id, Track.position, Track.name)
        .where(Track.id.in_(set(inputs.track_ids)))
        .order_by(Track.position)
    )
    return People(
        {row[0]: JudgeIdentity(row[1], row[2], row[3], row[4]) for row in judges},
        {row[0]: EntryIdentity(row[1], row[2], row[3], row[4]) for row in entries},
        tuple(TrackIdentity(row[0], row[1], row[2]) for row in tracks),
    )
