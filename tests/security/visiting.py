"""Visiting the site as somebody, and putting the database back as it was."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from competition.extensions import db, write_intent
from competition.models import Base
from tests.security.answers import Answer
from tests.security.copies import Contents, FileCopy, RowCopy
from tests.security.world import World

VISITORS = (
    "anonymous",
    "outsider",
    "operator",
    "organizer",
    "stranger",
    "committee",
    "observer",
    "judge",
    "colleague",
    "recused",
    "captain",
    "member",
    "instructor",
    "rival",
)
"""`stranger` organizes the other competition; `rival` is captain of another team of this one."""
Form = Mapping[str, str | list[str]]


class Site:
    """The application with its world."""

    def __init__(self, app: Flask, world: World) -> None:
        self.app, self.world = app, world
        self._seen: dict[tuple[str, str], Answer] = {}
        self._first = self.contents()
        self._copy = self._copied()

    def client(self, visitor: str) -> FlaskClient:
        """A browser of its own, signed in as the visitor."""
        client = self.app.test_client()
        client.set_cookie("session", self._cookies[visitor]) if visitor != "anonymous" else None
        return client

    def signed_with(self, token: str, seen: int | None = None) -> FlaskClient:
        """A browser that holds the token, and was last seen then."""
        client = self.app.test_client()
        client.set_cookie("session", self._cookie(token, seen))
        return client

    @cached_property
    def _cookies(self) -> Mapping[str, str]:
        return {visitor: self._cookie(token) for visitor, token in self.world.tokens.items()}

    def _cookie(self, token: str, seen: int | None = None) -> str:
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        assert signer is not None
        clock = int(time.time()) if seen is None else seen
        content = {"_user_id": token, "_fresh": True, "seen": clock, "csrf_token": "a" * 40}
        return str(signer.dumps(content))

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A look at the database."""
        with Session(self.engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A change of the database that no page makes."""
        with write_intent(), Session(self.engine) as session, session.begin():
            yield session

    def ask(self, visitor: str, address: str, method: str = "GET", **more: Any) -> TestResponse:
        """One request of somebody who has just come from a form of this site."""
        return self.client(visitor).open(address, method=method, **more)

    def settled(self, visitor: str, address: str, method: str, form: Form) -> Answer:
        """The answer to a form that is sent; whatever it changed is put back."""
        with self.ask(visitor, address, method, data=form) as response:
            answer = Answer.of(address, response)
        if answer.status < 400:
            self.restore()
        return answer

    def seen(self, visitor: str, address: str) -> Answer:
        """What the visitor sees there; the same as before, if that has been asked before."""
        known = self._seen.get((visitor, address))
        if known is not None:
            return known
        with self.ask(visitor, address) as response:
            return self.keep(visitor, Answer.of(address, response))

    def keep(self, visitor: str, answer: Answer) -> Answer:
        """Keep what somebody has seen, as every test leaves all as it was.

        Not what nobody in particular sees: the second time it is answered from a cache.
        """
        if visitor != "anonymous":
            self._seen[visitor, answer.address] = answer
        return answer

    @property
    def engine(self) -> Engine:
        with self.app.app_context():
            return db.engine

    def contents(self) -> Contents:
        """Every row of every table."""
        with self.engine.connect() as connection:
            return {
                table.name: [
                    tuple(row)
                    for row in connection.execute(select(table).order_by(*table.primary_key))
                ]
                for table in Base.metadata.sorted_tables
            }

    def changed(self) -> list[str]:
        """The tables that are no longer as they were at first."""
        now = self.contents()
        return [name for name, rows in self._first.items() if now[name] != rows]

    def restore(self) -> None:
        """Put every row back; also those that no user of the database could touch."""
        self._copy.put_back()

    def close(self) -> None:
        """Let go of the database."""
        self._copy.close()
        self.engine.dispose()

    def _copied(self) -> FileCopy | RowCopy:
        if self.engine.dialect.name == "sqlite":
            return FileCopy(str(self.engine.url.database))
        return RowCopy(self.engine, self._first)
