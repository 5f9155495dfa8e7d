"""A test client that behaves towards the application as a browser and a server do."""

from __future__ import annotations

import contextvars
import secrets
from typing import Any, Self

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

PREPARED = "TEST_SESSION"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def settle(app: Flask) -> None:
    """Commit what the test has prepared, so that others see it and no lock is held."""
    prepared: Session | None = app.config.get(PREPARED)
    if prepared is not None:
        prepared.commit()


def remembered(client: FlaskClient) -> dict[str, Any]:
    """What the session cookie of the client holds."""
    name, signer = _session_cookie(client.application)
    cookie = client.get_cookie(name)
    return dict(signer.loads(cookie.value)) if cookie else {}


def remember(client: FlaskClient, **values: Any) -> None:
    """Put values into the session cookie without a request, signed as the application does it."""
    name, signer = _session_cookie(client.application)
    client.set_cookie(name, str(signer.dumps({**remembered(client), **values})))


def _session_cookie(app: Flask) -> tuple[str, Any]:
    assert isinstance(app.session_interface, SecureCookieSessionInterface)
    signer = app.session_interface.get_signing_serializer(app)
    assert signer is not None
    return app.session_interface.get_cookie_name(app), signer


class IsolatedClient(FlaskClient):
    """Runs every request in contexts of its own, and brings the token that forms carry.

    A context that the test has pushed would be reused by the request: `g`, the signed-in user and
    the database session would then leak from the test, and from one request into the next.
    With `csrf=False` a request is sent as a foreign site would send it.
    """

    def __enter__(self) -> Self:
        return self  # FlaskClient keeps the request's contexts open here; a server never does

    def open(self, *args: Any, csrf: bool = True, **kwargs: Any) -> TestResponse:
        settle(self.application)
        if csrf and str(kwargs.get("method", "GET")).upper() in UNSAFE:
            token = ("X-CSRFToken", self._form_token())
            kwargs["headers"] = [*_pairs(kwargs.get("headers")), token]
        return contextvars.Context().run(super().open, *args, **kwargs)

    def _form_token(self) -> str:
        raw = remembered(self).get("csrf_token")
        if raw is None:
            raw = secrets.token_hex(20)
            remember(self, csrf_token=raw)
        signer = URLSafeTimedSerializer(str(self.application.secret_key), salt="wtf-csrf-token")
        return str(signer.dumps(raw))


def _pairs(headers: Any) -> list[tuple[str, str]]:
    return list(headers.items() if hasattr(headers, "items") else headers or ())
