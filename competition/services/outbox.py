"""Letters: written with what they tell of, taken out to be sent, and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from competition.models import Account, OutboxMail
from competition.vocabulary import MailState

LEASE = timedelta(minutes=10)
"""Whoever takes a letter out has this long to send it; then somebody else may."""
PAUSES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8))
"""Between attempts; after the last one a letter has failed."""
ERROR_LENGTH_MAX = 300


@dataclass(frozen=True)
class Written:
    """A letter in words, and in which language."""

    language: str
    subject: str
    body: str


def queue_mail(
    session: Session,
    *,
    account: Account,
    written: Written,
    dedup_key: str,
    competition_id: int | None,
    now: datetime,
) -> OutboxMail | None:
    """Put a letter into the outbox; None when the same one was written before.

    The caller has authorized and audits. Nothing is sent here.
    """
    mail = OutboxMail(
        competition_id=competition_id,
        account_id=account.id,
        recipient=account.email,
        language=written.language,
        subject=written.subject,
        body=written.body,
        dedup_key=dedup_key,
        created_at=now,
        due_at=now,
    )
    try:
        with session.begin_nested():
            session.add(mail)
    except IntegrityError:
        return None
    return mail


def take_out(session: Session, *, limit: int, now: datetime) -> Sequence[OutboxMail]:
    """Letters that are due, oldest first, and nobody else's until the lease ends.

    Committed before anything is sent: whoever dies while sending leaves letters that are taken
    out again later, so each is sent at least once.
    """
    found = session.scalars(
        select(OutboxMail)
        .where(OutboxMail.state == MailState.QUEUED, OutboxMail.due_at <= now)
        .order_by(OutboxMail.due_at, OutboxMail.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for mail in found:
        mail.attempts += 1
        mail.due_at = now + LEASE
    session.flush()
    return found


def note_sent(session: Session, *, mail: OutboxMail, now: datetime) -> None:
    mail.state, mail.sent_at, mail.error = MailState.SENT, now, ""
    session.flush()


def note_failure(
    session: Session, *, mail: OutboxMail, error: str, is_final: bool, now: datetime
) -> None:
    """Try again after a pause, or give up after the last attempt or when it is `is_final`."""
    mail.error = error[:ERROR_LENGTH_MAX]
    if is_final or mail.attempts > len(PAUSES):
        mail.state = MailState.FAILED
    else:
        mail.due_at = now + PAUSES[mail.attempts - 1]
    session.flush()
