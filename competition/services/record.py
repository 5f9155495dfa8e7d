"""Appending to the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from competition.models import AuditEntry, Base, LocalText
from competition.policies import Actor

ENTRY = cast(Table, AuditEntry.__table__)
NEW_ENTRY = insert(ENTRY)
"""Built once: every change appends to the log."""
SECRET_FIELDS = frozenset({"password_hash", "token_hash"})


def snapshot(thing: Base) -> dict[str, Any]:
    """The columns of `thing` as plain JSON values, without secrets."""
    return {
        column.key: plain(getattr(thing, column.key))
        for column in thing.__mapper__.column_attrs
        if column.key not in SECRET_FIELDS
    }


def plain(value: Any) -> Any:
    """`value` as JSON can hold it: decimals as text, instants in ISO 8601."""
    match value:
        case Enum():
            return value.value
        case Decimal():
            return str(value)
        case datetime():
            return value.isoformat()
        case LocalText():
            return {"en": value.en, "zh": value.zh}
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _:
            return value


def audit(
    session: Session,
    *,
    actor: Actor,
    action: str,
    now: datetime,
    thing: Base | tuple[str, int] | None = None,
    name: str = "",
    competition_id: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Append one entry; flushes first, so that `thing` has its id.

    `thing` may also be given as the name of its table and its id.

    With both `before` and `after` given, only the keys that differ are kept.
    """
    session.flush()
    old, new = plain(before), plain(after)
    if old is not None and new is not None:
        changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        changed.discard("revision")
        old = {key: old[key] for key in sorted(changed) if key in old}
        new = {key: new[key] for key in sorted(changed) if key in new}
    kind, number = ("", None) if thing is None else _named(thing)
    session.connection().execute(
        NEW_ENTRY,
        {
            "at": now,
            "account_id": actor.account_id,
            "actor_name": actor.name[:200],
            "competition_id": competition_id,
            "action": action,
            "object_type": kind,
            "object_id": number,
            "object_name": name[:200],
            "before": old,
            "after": new,
            "address": actor.origin.address,
            "request_id": actor.origin.request_id,
        },
    )


def _named(thing: Base | tuple[str, int]) -> tuple[str, int | None]:
    if isinstance(thing, tuple):
        return thing
    return thing.__tablename__, getattr(thing, "id", None)
