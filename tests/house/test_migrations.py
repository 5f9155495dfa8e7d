"""Migrations: one line of them, walkable both ways, and at its end the models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import Engine, inspect, text

from competition import paths
from competition.app import create_app
from competition.extensions import db
from tests.support.databases import Databases
from tests.support.settings import settings_for

FOLDER = str(paths.MIGRATIONS)
TRIGGERS = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
}


@pytest.fixture
def scripts() -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", FOLDER)
    return ScriptDirectory.from_config(config)


@contextmanager
def engine_of(app: Flask) -> Iterator[Engine]:
    with app.app_context():
        yield db.engine
        db.engine.dispose()


@pytest.fixture
def empty_app(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without a single table."""
    url = databases.empty()
    yield create_app(settings_for(url, tmp_path / "data"))
    databases.drop(url)


def schema(engine: Engine) -> dict[str, list[str]]:
    """Tables with their columns, keys, indexes, checks and triggers, fit for comparison."""
    seen = inspect(engine)
    tables = {
        table: [
            described(part)
            for parts in (
                seen.get_columns(table),
                seen.get_foreign_keys(table),
                seen.get_indexes(table),
                seen.get_check_constraints(table),
                seen.get_unique_constraints(table),
            )
            for part in sorted(parts, key=described)
        ]
        for table in seen.get_table_names()
    }
    with engine.connect() as connection:
        tables[""] = sorted(connection.scalars(text(TRIGGERS[engine.dialect.name])))
    return tables


def described(part: Any) -> str:
    """A reflected dict as text; the repr of an expression inside would show its address."""
    if isinstance(part, dict):
        return str([(key, described(part[key])) for key in sorted(part)])
    return str(part)


def test_following_the_revisions_leads_to_one_head(scripts: ScriptDirectory) -> None:
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_naming_a_revision_file_repeats_its_id(scripts: ScriptDirectory) -> None:
    revisions = list(scripts.walk_revisions())
    assert [
        revision.path
        for revision in revisions
        if Path(revision.path).stem != revision.revision
        and not Path(revision.path).stem.startswith(f"{revision.revision}_")
    ] == []
    numbers = sorted(Path(revision.path).stem[:4] for revision in revisions)
    assert numbers == [f"{number:04}" for number in range(1, len(revisions) + 1)]


def test_migrating_up_down_and_up_again_ends_in_the_same_schema(empty_app: Flask) -> None:
    with engine_of(empty_app) as engine:
        flask_migrate.upgrade(directory=FOLDER)
        first = schema(engine)
        flask_migrate.downgrade(directory=FOLDER, revision="base")
        assert {table for table, parts in schema(engine).items() if parts} == {"alembic_version"}
        flask_migrate.upgrade(directory=FOLDER)
        assert schema(engine) == first
        assert len(first) > 10


def test_migrating_to_the_head_leaves_no_difference_to_the_models(app: Flask) -> None:
    with engine_of(app) as engine, engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []
