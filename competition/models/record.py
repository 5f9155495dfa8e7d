"""The audit log: every change of state, appended in the same transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from competition.models.base import Base, Identity, ShortText


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
