"""Letters that wait, were sent, or failed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.models import OutboxMail
from competition.vocabulary import MailState


def mail_of(
    session: Session, *, competition_id: int, state: MailState | None = None, limit: int = 200
) -> Sequence[OutboxMail]:
    """The letters of a competition, newest first; one statement."""
    statement = select(OutboxMail).where(OutboxMail.competition_id == competition_id)
    if state is not None:
        statement = statement.where(OutboxMail.state == state)
    return session.scalars(statement.order_by(OutboxMail.id.desc()).limit(limit)).all()


def mail_counts(session: Session, *, competition_id: int) -> Counter[MailState]:
    """How many letters are in which state; one statement."""
    rows = session.execute(
        select(OutboxMail.state, func.count(OutboxMail.id))
        .where(OutboxMail.competition_id == competition_id)
        .group_by(OutboxMail.state)
    )
    return Counter({row[0]: row[1] for row in rows})


def known_keys(session: Session, keys: Sequence[str]) -> set[str]:
    """Which of these letters were written before; one statement."""
    return set(session.scalars(select(OutboxMail.dedup_key).where(OutboxMail.dedup_key.in_(keys))))
