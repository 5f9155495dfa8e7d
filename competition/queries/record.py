"""The audit log, newest first."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from competition.models import AuditEntry


def audit_entries(
    session: Session,
    *,
    competition_id: int,
    search: str = "",
    action: str = "",
    before_id: int | None = None,
    limit: int = 100,
) -> Sequence[AuditEntry]:
    """A page of the log; `before_id` continues after the last entry of the page before."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.competition_id == competition_id)
        .order_by(AuditEntry.id.desc())
        .limit(limit)
    )
    if before_id is not None:
        statement = statement.where(AuditEntry.id < before_id)
    if action:
        statement = statement.where(AuditEntry.action == action)
    if search:
        statement = statement.where(
            or_(
                AuditEntry.actor_name.icontains(search, autoescape=True),
                AuditEntry.object_name.icontains(search, autoescape=True),
            )
        )
    return session.scalars(statement).all()


def audit_actions(session: Session, *, competition_id: int) -> Sequence[str]:
    """The kinds of acts that occur in the log of a competition."""
    return session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.competition_id == competition_id)
        .distinct()
        .order_by(AuditEntry.action)
    ).all()
