"""Rows held until the transaction ends, so that a decision about them stays true."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, WrongState
from competition.models import Competition, Entry, Round, Team
from competition.policies.receiving import closed_to_entries, closed_to_teams

Held = TypeVar("Held", Competition, Entry, Round, Team)


def hold(session: Session, thing: Held, *, shared: bool = False) -> Held:
    """The row as it is now, which nobody else can change until the transaction ends."""
    kind = type(thing)
    return session.scalars(
        select(kind)
        .where(kind.id == thing.id)
        .with_for_update(read=shared)
        .execution_options(populate_existing=True)
    ).one()


def hold_open(session: Session, entry: Entry, *, arrived: datetime) -> None:
    """Hold the entry, and its round in its state; WrongState when the team may not change it.

    The round is held in common: teams do not wait for each other, but closing the round waits.
    """
    of = hold(session, entry.round, shared=True)
    hold(session, entry)
    closed = closed_to_entries(
        round_state=of.state,
        opens_at=of.opens_at,
        closes_at=of.submissions_close_at,
        arrived=arrived,
        entry_state=entry.state,
    )
    if closed is not None:
        raise WrongState(closed, object="entry", state=entry.state)


def hold_registering(session: Session, competition: Competition, *, arrived: datetime) -> None:
    """Hold the competition in its state; WrongState when teams may not change any more."""
    hold(session, competition, shared=True)
    closed = closed_to_teams(
        state=competition.state, closes_at=competition.registration_closes_at, arrived=arrived
    )
    if closed is not None:
        raise WrongState(closed, object="competition", state=competition.state)


def agree(thing: Entry | Team, revision: int | None) -> None:
    """Conflict when somebody changed the thing since the form with `revision` was shown."""
    if revision is not None and thing.revision != revision:
        raise Conflict("changed_meanwhile")
