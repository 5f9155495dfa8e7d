"""The audit log, appended in the same transaction as each change; and mail waiting to be sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from competition.models.base import Base, Identity, ShortText, enum_type
from competition.vocabulary import MailState


class AuditEntry(Base):
    """Who did what to which thing, when, from where, and what it was before and after."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "competition_id", "id"),
        Index(None, "object_type", "object_id"),
    )

    id: Mapped[Identity]
    at: Mapped[datetime]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    actor_name: Mapped[ShortText]
    """The name at that time, or `system`."""
    competition_id: Mapped[int | None] = mapped_column(ForeignKey("competition.id"))
    action: Mapped[str] = mapped_column(String(60))
    object_type: Mapped[str] = mapped_column(String(40))
    object_id: Mapped[int | None]
    object_name: Mapped[ShortText] = mapped_column(default="")
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    address: Mapped[str] = mapped_column(String(45), default="")
    request_id: Mapped[str] = mapped_column(String(40), default="")


class OutboxMail(Base):
    """A letter written in a transaction and sent afterwards, at least once."""

    __tablename__ = "outbox_mail"
    __table_args__ = (Index(None, "state", "due_at"), Index(None, "competition_id", "id"))

    id: Mapped[Identity]
    competition_id: Mapped[int | None] = mapped_column(ForeignKey("competition.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(20))
    """`en`, `zh_Hans`, or both with a space between."""
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    dedup_key: Mapped[str] = mapped_column(String(120), unique=True)
    """What the letter is about and when: the same is never written twice."""
    state: Mapped[MailState] = mapped_column(enum_type(MailState), default=MailState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(300), default="")
    """What the mail server said last."""
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    """Not tried before; whoever tries it moves this on, so that nobody else does meanwhile."""
    sent_at: Mapped[datetime | None]
