"""Checks that settings of competitions and rounds share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from competition.errors import Conflict, Problem
from competition.models import Competition, LocalText, Round

NAME_MAX = 200
TEXT_MAX = 2000
PLACES_MAX = 4
"""Decimal places that the database keeps of points and weights."""
NUMBER_LIMIT = Decimal(1_000_000)


def lock_competition(
    session: Session, competition: Competition, revision: int | None = None
) -> None:
    """Hold the row until the transaction ends and read it anew, with its tracks and rounds.

    Raises Conflict when it is no longer the `revision` that the caller started from.
    """
    session.scalars(
        select(Competition)
        .where(Competition.id == competition.id)
        .options(selectinload(Competition.tracks), selectinload(Competition.rounds))
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if revision is not None and competition.revision != revision:
        raise Conflict("changed_meanwhile")


def lock_round(session: Session, round_: Round, revision: int | None = None) -> None:
    """Hold the row until the transaction ends and read it anew; Conflict as above."""
    session.scalars(
        select(Round)
        .where(Round.id == round_.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if revision is not None and round_.revision != revision:
        raise Conflict("changed_meanwhile")


def text_problems(text: LocalText, field: str, *, limit: int, needed: bool) -> Iterator[Problem]:
    """A bilingual text that is missing, or too long in one of its languages."""
    if needed and not text:
        yield Problem.of("required", field=f"{field}_en")
    for language in ("en", "zh"):
        if len(getattr(text, language)) > limit:
            yield Problem.of("too_long", field=f"{field}_{language}", limit=limit)


def deadline_problems(
    field: str, new: datetime | None, old: datetime | None, now: datetime
) -> Iterator[Problem]:
    """A deadline that is set to an instant already past; leaving a past one alone is fine."""
    if new is not None and new != old and new <= now:
        yield Problem.of("deadline_past", field=field)


def number_problems(field: str, value: Decimal) -> Iterator[Problem]:
    """A number that the database cannot keep exactly."""
    exponent = value.normalize().as_tuple().exponent
    if abs(value) > NUMBER_LIMIT:
        yield Problem.of("number_too_large", field=field, limit=f"{NUMBER_LIMIT:,}")
    elif isinstance(exponent, int) and -exponent > PLACES_MAX:
        yield Problem.of("too_many_places", field=field, limit=PLACES_MAX)
