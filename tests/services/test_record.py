"""The audit log: what it keeps, and that nobody can change it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from competition.models import AuditEntry, LocalText
from competition.policies import SYSTEM, Origin
from competition.services.record import audit, plain, snapshot
from competition.vocabulary import Role
from tests.support.builders import make_account, make_competition


def test_audit_with_before_and_after_keeps_what_differs(session: Session, now: datetime) -> None:
    competition = make_competition(session)
    before = snapshot(competition)
    competition.contact_email = "help@school.example"
    actor = SYSTEM.from_(Origin(address="192.0.2.7", request_id="abc123"))
    audit(
        session,
        actor=actor,
        action="change_settings",
        now=now,
        thing=competition,
        before=before,
        after=snapshot(competition),
    )
    entry = session.scalars(select(AuditEntry)).one()
    assert (entry.before, entry.after) == (
        {"contact_email": ""},
        {"contact_email": "help@school.example"},
    )
    assert (entry.address, entry.request_id, entry.at) == ("192.0.2.7", "abc123", now)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_entry SET action = 'x'", "DELETE FROM audit_entry"]
)
def test_audit_entry_changed_later_is_refused_by_the_database(
    session: Session, now: datetime, statement: str
) -> None:
    audit(session, actor=SYSTEM, action="sign_in", now=now)
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(text(statement))


def test_snapshot_of_an_account_holds_no_password(session: Session) -> None:
    account = make_account(session, password_hash="secret")
    assert "password_hash" not in snapshot(account)


def test_plain_of_rich_values_is_json(now: datetime) -> None:
    assert plain({"a": Decimal("7.50"), "b": Role.JUDGE, "c": (LocalText(en="x"),)}) == {
        "a": "7.50",
        "b": "judge",
        "c": [{"en": "x", "zh": ""}],
    }
    assert plain(now) == now.isoformat()
