"""The signed-in visitor, found by the token in the cookie."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import g
from flask import session as cookie
from flask_login import UserMixin, login_user, logout_user

from competition.guards import now, session, setting
from competition.queries.people import LiveSession, account_session

SEEN_EVERY = 60
"""Seconds after which the cookie's mark of the last request is renewed."""


@dataclass(frozen=True)
class Visitor(UserMixin):  # type: ignore[misc]  # flask-login is untyped
    """What requests need of the account, read once and never changed."""

    token: str
    session_id: int
    id: int
    name: str
    email: str
    is_operator: bool

    def get_id(self) -> str:
        return self.token

    @classmethod
    def of(cls, token: str, found: LiveSession) -> Visitor:
        return cls(token, found.id, found.account_id, found.name, found.email, found.is_operator)


def load_visitor(token: str) -> Visitor | None:
    """The visitor whose session is live: not revoked, not expired, not idle for too long."""
    if g.get("without_database"):
        return None
    last_seen = cookie.get("seen", 0)
    clock = int(time.time())
    if clock - last_seen > setting("session_idle").total_seconds():
        return None
    found = account_session(session(), token=token, now=now())
    if found is None:
        return None
    if clock - last_seen > SEEN_EVERY:
        cookie["seen"] = clock
    return Visitor.of(token, found)


def welcome(token: str) -> None:
    """Put a fresh session's token into a cleaned cookie."""
    found = account_session(session(), token=token, now=now())
    if found is None:  # pragma: no cover  it was opened in this transaction
        raise LookupError("session vanished")
    forget()
    cookie["seen"] = int(time.time())
    login_user(Visitor.of(token, found))


def forget() -> None:
    """Leave nothing of the session in the cookie."""
    logout_user()
    cookie.clear()
