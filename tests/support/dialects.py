"""SQL that is compiled once for all databases of a test run.

SQLAlchemy keeps compiled statements by engine and by dialect object. Every test has an engine of
its own and would compile every statement anew: a third of the time of the tests with a database.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_statements: dict[Any, Any] = {}


class EqualSQLite(SQLiteDialect_pysqlite):
    """As it is, but equal to the dialect of every other test's engine."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


class EqualPostgreSQL(PGDialect_psycopg):
    """As it is, but equal to the dialect of every other test's engine."""

    supports_statement_cache = True

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))


def share_compiled_statements() -> None:
    """From now on engines find what other engines of the same kind have compiled."""
    registry.register("sqlite", __name__, "EqualSQLite")
    registry.register("postgresql.psycopg", __name__, "EqualPostgreSQL")
    event.listen(Engine, "engine_connect", _use_shared)


def _use_shared(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_statements)
