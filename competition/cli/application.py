"""The application as commands use it: settings from the environment, errors in words."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import click

from competition.errors import InvalidSettings
from competition.settings import Settings

if TYPE_CHECKING:
    from flask import Flask

BAD_INPUT = 2


def settings(**overrides: Any) -> Settings:
    try:
        return Settings.from_environment(os.environ, **overrides)
    except InvalidSettings as error:
        stop(f"The setting {error.facts['key']} cannot be {error.facts['value']!r}.")


def stop(message: str, status: int = BAD_INPUT) -> NoReturn:
    """End the command with a message on standard error."""
    click.echo(message, err=True)
    sys.exit(status)


@contextmanager
def application(**overrides: Any) -> Iterator[Flask]:
    """The application with its context pushed; its connections are closed at the end.

    NumPy, loaded with it, calculates in one thread unless the environment says otherwise: requests
    run side by side already, and on a busy machine its threads wait for one another.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from competition.app import create_app
    from competition.extensions import db

    app = create_app(settings(**overrides))
    with app.app_context():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()
