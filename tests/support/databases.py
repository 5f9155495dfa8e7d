"""Databases for tests: one migrated template a worker, and a copy of it for every test."""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql


class Databases(Protocol):
    """Makes empty databases and copies of the migrated template."""

    def empty(self) -> str:
        """Return the address of a new database without tables."""
        ...

    def copy(self) -> str:
        """Return the address of a new, migrated database."""
        ...

    def drop(self, url: str) -> None:
        """Throw a database away; nobody may be connected any more."""
        ...


class SQLiteDatabases:
    """Files in one folder; a copy is a copy of the file."""

    def __init__(self, folder: Path, migrate: Callable[[str], None]) -> None:
        self._folder = folder
        self._numbers = itertools.count(1)
        self._migrate = migrate
        self._template: Path | None = None

    def empty(self) -> str:
        return f"sqlite:///{self._next()}"

    def copy(self) -> str:
        if self._template is None:
            self._template = self._folder / "template.sqlite3"
            self._migrate(f"sqlite:///{self._template}")
            _make_small(self._template)
        path = self._next()
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"

    def drop(self, url: str) -> None:
        path = url.removeprefix("sqlite:///")
        for ending in ("", "-wal", "-shm"):
            Path(path + ending).unlink(missing_ok=True)

    def _next(self) -> Path:
        return self._folder / f"test-{next(self._numbers)}.sqlite3"


def _make_small(path: Path) -> None:
    """Put all of a database into the one file, with small pages: most of its tables are empty."""
    connection = sqlite3.connect(path, isolation_level=None)
    for step in ("PRAGMA journal_mode=DELETE", "PRAGMA page_size=1024", "VACUUM",
                 "PRAGMA journal_mode=WAL"):  # fmt: skip
        connection.execute(step)
    connection.close()


class PostgreSQLDatabases:
    """Databases of one server, named by worker and number."""

    def __init__(
        self, *, url: str, conninfo: str, worker: str, migrate: Callable[[str], None]
    ) -> None:
        self._url = url
        self._worker = worker
        self._migrate = migrate
        self._numbers = itertools.count(1)
        self._template: str | None = None
        self._admin = psycopg.connect(conninfo, dbname="postgres", autocommit=True)
        # Through the write-ahead log, the default since 15, a copy takes twice as long.
        can_choose = self._admin.info.server_version >= 150000
        self._strategy = " STRATEGY FILE_COPY" if can_choose else ""

    def empty(self) -> str:
        return self._create("template0")

    def copy(self) -> str:
        if self._template is None:
            self._template = self._create("template0")
            self._migrate(self._template)
        return self._create(self._name(self._template))

    def drop(self, url: str) -> None:
        # FORCE: a test that failed half-way may have left a connection behind.
        self._do("DROP DATABASE IF EXISTS {} WITH (FORCE)", self._name(url))

    def close(self) -> None:
        """Let go of the server."""
        self._admin.close()

    def _create(self, template: str) -> str:
        name = f"test_{self._worker}_{next(self._numbers)}"
        self._do("CREATE DATABASE {} TEMPLATE {}" + self._strategy, name, template)
        return f"{self._url}/{name}"

    def _do(self, statement: str, *names: str) -> None:
        parts = [sql.Identifier(name) for name in names]
        self._admin.execute(sql.SQL(statement).format(*parts))

    @staticmethod
    def _name(url: str) -> str:
        return url.rsplit("/", 1)[1]
