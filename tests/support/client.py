"""A test client that behaves towards the application as a server does."""

from __future__ import annotations

import contextvars
from typing import Any, Self

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

PREPARED = "TEST_SESSION"


class IsolatedClient(FlaskClient):
    """Runs every request in contexts of its own.

    A context that the test has pushed would be reused by the request: `g`, the signed-in user and
    the database session would then leak from the test, and from one request into the next.
    """

    def __enter__(self) -> Self:
        return self  # FlaskClient keeps the request's contexts open here; a server never does

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        prepared: Session | None = self.application.config.get(PREPARED)
        if prepared is not None:
            # What the test has prepared is there for the request, and no lock is held.
            prepared.commit()
        return contextvars.Context().run(super().open, *args, **kwargs)
