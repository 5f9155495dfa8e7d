"""The Flask extensions, created once and joined to an application in `app`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from typing import Any

from flask import Flask, g
from flask_babel import Babel, Domain
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, event

from competition.models import Base


class Catalogue(Domain):  # type: ignore[misc]  # flask-babel is untyped
    """The messages of the pages; the catalogue is looked for once a request, not once a message.

    What was found stands beside the language, where Flask-Babel puts it aside while another
    language is forced and throws it away when the language is to be asked anew. Should Flask-Babel
    keep its things elsewhere one day, every message is looked for again.
    """

    def get_translations(self) -> Any:
        try:
            found = g._flask_babel.babel_translations
        except (AttributeError, RuntimeError):  # nothing yet, or outside of an application
            found = None
        if found is None:
            found = super().get_translations()
            with suppress(AttributeError, RuntimeError):
                g._flask_babel.babel_translations = found
        return found


class Languages(Babel):  # type: ignore[misc]  # flask-babel is untyped
    """Flask-Babel with this catalogue, which templates ask without a detour."""

    domain_instance = Catalogue()

    def init_app(self, app: Flask, **options: Any) -> None:
        super().init_app(app, **options)
        found = self.domain_instance.get_translations
        app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
            gettext=lambda text: found().ugettext(text),
            ngettext=lambda one, many, number: found().ungettext(one, many, number),
            newstyle=True,
        )
        app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]


db = SQLAlchemy(model_class=Base)
login_manager = LoginManager()
csrf = CSRFProtect()
babel = Languages()
bootstrap = Bootstrap5()


class Migrations:
    """Stands for Flask-Migrate until a migration is asked for: Alembic is not loaded to serve."""

    def __init__(self, app: Flask, directory: str) -> None:
        self._app = app
        self.directory = directory

    @property
    def migrate(self) -> Any:
        from flask_migrate import Migrate

        made = Migrate()
        made.init_app(self._app, db, directory=self.directory, compare_type=True)
        return made  # it has taken this object's place by now


_writing: ContextVar[bool] = ContextVar("writing", default=False)


@contextmanager
def write_intent() -> Iterator[None]:
    """Transactions begun inside may write; all others are read-only, held by the database."""
    token = _writing.set(True)
    try:
        yield
    finally:
        _writing.reset(token)


def configure_engine(engine: Engine) -> None:
    """Make transactions of `engine` safe: explicit, read-only unless intended, no lost update."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)


def _prepare_sqlite(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin on its own
    cursor = connection.cursor()
    for pragma in (
        "busy_timeout=30000",  # first, so that switching to WAL waits as well
        "journal_mode=WAL",
        "synchronous=FULL",  # NORMAL may lose the last commits when the power fails
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE takes the write lock up front: a deferred one would fail half-way or lose updates.
    if _writing.get():
        connection.exec_driver_sql("PRAGMA query_only=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("PRAGMA query_only=ON")
        connection.exec_driver_sql("BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if not _writing.get():
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
