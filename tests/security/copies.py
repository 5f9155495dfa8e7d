"""The database as it was at first, and the way back to it."""

from __future__ import annotations

import sqlite3
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    union_all,
)

from competition.extensions import write_intent
from competition.models import Base

Contents = dict[str, list[tuple[Any, ...]]]
"""The rows of each table."""


class FileCopy:
    """What an SQLite database was at first, and the way back to it."""

    def __init__(self, path: str) -> None:
        self._live, self._first = sqlite3.connect(path), sqlite3.connect(":memory:")
        self._live.backup(self._first)
        self._version = self._live_version()

    def put_back(self) -> None:
        """Copy everything back, unless nobody else has written anything since."""
        if self._live_version() != self._version:
            self._first.backup(self._live)
            self._version = self._live_version()

    def _live_version(self) -> int:
        [version] = self._live.execute("PRAGMA data_version").fetchone()
        return int(version)

    def close(self) -> None:
        self._live.close()
        self._first.close()


class RowCopy:
    """What a PostgreSQL database held at first, and the way back to it."""

    DIGESTS = union_all(
        *(
            select(
                literal(table.name),
                func.sum(func.hashtextextended(cast(table.table_valued(), Text), 0)),
            ).select_from(table)
            for table in Base.metadata.sorted_tables
        )
    )
    """Of the rows of each table, all in one statement."""

    def __init__(self, engine: Engine, first: Contents) -> None:
        self._engine, self._first = engine, first
        self._digests = self._live_digests()

    def put_back(self) -> None:
        """Fill the tables anew that do not hold what they held."""
        now = self._live_digests()
        changed = [t for t in Base.metadata.sorted_tables if now[t.name] != self._digests[t.name]]
        if changed:
            with write_intent(), self._engine.begin() as connection:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                for table in changed:
                    self._fill(connection, table)

    def _live_digests(self) -> dict[str, object]:
        with self._engine.connect() as connection:
            return {row[0]: row[1] for row in connection.execute(self.DIGESTS)}

    def _fill(self, connection: Connection, table: Table) -> None:
        connection.execute(delete(table))
        if self._first[table.name]:
            names = [column.name for column in table.columns]
            rows = [dict(zip(names, row, strict=True)) for row in self._first[table.name]]
            connection.execute(insert(table), rows)

    def close(self) -> None:
        """Nothing is held between two looks."""
