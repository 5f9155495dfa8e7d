"""Runs the migrations on the engine of the running application."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from flask import current_app
from sqlalchemy import Connection, text
from sqlalchemy.types import TypeDecorator

from competition.extensions import db, write_intent
from competition.models import Base
from competition.models.base import tell_postgresql

config = context.config
tell_postgresql(Base.metadata)


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Our column types as the plain ones beneath, so that old migrations never need our code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def run_offline() -> None:
    context.configure(
        url=current_app.config["SQLALCHEMY_DATABASE_URI"],
        target_metadata=Base.metadata,
        literal_binds=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    with write_intent(), db.engine.connect() as connection:
        is_sqlite, driver = connection.dialect.name == "sqlite", None
        if is_sqlite:  # batch operations build tables anew; keys are checked again at the end
            driver = connection.connection.dbapi_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys=OFF")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=is_sqlite,
            compare_type=True,
            render_item=render_item,
            transaction_per_migration=False,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite:
                refuse_broken_keys(connection)
        connection.commit()
        if driver is not None:
            driver.execute("PRAGMA foreign_keys=ON")


def refuse_broken_keys(connection: Connection) -> None:
    broken = connection.execute(text("PRAGMA foreign_key_check")).all()
    if broken:
        raise RuntimeError(f"the migration breaks foreign keys: {broken[:5]}")


if context.is_offline_mode():
    run_offline()
else:
    run_online()
