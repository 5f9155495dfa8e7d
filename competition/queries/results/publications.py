"""Runs of a round, and what of them is public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from competition.models import AuditEntry, Competition, Entry, Publication, Round, ScoreRun
from competition.vocabulary import CompetitionState


@dataclass(frozen=True)
class Version:
    """What a cached page of results depends on; a change of any part makes it stale."""

    publication_id: int | None
    """The live publication; None: nothing is public."""
    change: int | None
    """Last entry of the competition's audit log: every change of state leaves one."""


_CHANGE = (
    select(func.max(AuditEntry.id))
    .where(AuditEntry.competition_id == Competition.id)
    .correlate(Competition)
    .scalar_subquery()
)
_VERSION = (
    select(Publication.id, _CHANGE)
    .select_from(Round)
    .join(Competition, Competition.id == Round.competition_id)
    .outerjoin(Publication, (Publication.round_id == Round.id) & Publication.withdrawn_at.is_(None))
    .where(
        Competition.slug == bindparam("slug"),
        Round.position == bindparam("position"),
        Competition.state != CompetitionState.DRAFT,
    )
)


def version_of(session: Session | Connection, *, slug: str, position: int) -> Version | None:
    """The version of a round's public results in one statement; None if there is no such round."""
    row = session.execute(_VERSION, {"slug": slug, "position": position}).first()
    return None if row is None else Version(row[0], row[1])


def live_publication(session: Session, *, round_id: int) -> Publication | None:
    """What is public of a round, with its run."""
    return session.scalar(
        select(Publication)
        .where(Publication.round_id == round_id, Publication.withdrawn_at.is_(None))
        .options(joinedload(Publication.run))
    )


def latest_publication(session: Session, *, round_id: int) -> Publication | None:
    """The last publication of a round, live or withdrawn."""
    return session.scalar(
        select(Publication)
        .where(Publication.round_id == round_id)
        .order_by(Publication.id.desc())
        .limit(1)
    )


def publications_of_round(session: Session, *, round_id: int) -> Sequence[Publication]:
    """All publications of a round, newest first."""
    return session.scalars(
        select(Publication)
        .where(Publication.round_id == round_id)
        .options(joinedload(Publication.run))
        .order_by(Publication.id.desc())
    ).all()


def published_rounds(session: Session, *, competition_id: int) -> Sequence[Publication]:
    """The live publications of a competition with round and run, the latest round first."""
    return session.scalars(
        select(Publication)
        .join(Publication.round)
        .where(Round.competition_id == competition_id, Publication.withdrawn_at.is_(None))
        .options(contains_eager(Publication.round), joinedload(Publication.run))
        .order_by(Round.position.desc())
    ).all()


def runs_of_round(session: Session, *, round_id: int) -> Sequence[ScoreRun]:
    """The runs of a round, newest first."""
    return session.scalars(
        select(ScoreRun).where(ScoreRun.round_id == round_id).order_by(ScoreRun.number.desc())
    ).all()


def run_of_round(session: Session, *, round_id: int, number: int) -> ScoreRun | None:
    """The run of a round by its number."""
    return session.scalar(
        select(ScoreRun).where(ScoreRun.round_id == round_id, ScoreRun.number == number)
    )


def teams_in_round(session: Session, *, round_id: int) -> frozenset[int]:
    """The teams that have an entry in the round, in whatever state."""
    return frozenset(session.scalars(select(Entry.team_id).where(Entry.round_id == round_id)))
