"""A test client that behaves towards the application as a browser and a server do."""

from __future__ import annotations

import contextvars
import secrets
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Self

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from flask.testing import FlaskClient
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

PREPARED = "TEST_SESSION"
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def settle(app: Flask) -> None:
    """Commit what the test has prepared, so that others see it and no lock is held."""
    prepared: Session | None = app.config.get(PREPARED)
    if prepared is not None:
        prepared.commit()


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
            token = contextvars.Context().run(self._form_token)
            kwargs["headers"] = [*_pairs(kwargs.get("headers")), ("X-CSRFToken", token)]
        return contextvars.Context().run(super().open, *args, **kwargs)

    def _form_token(self) -> str:
        raw = self._session().get("csrf_token")
        if raw is None:
            with self.session_transaction() as cookie:
                raw = cookie.setdefault("csrf_token", secrets.token_hex(20))
        signer = URLSafeTimedSerializer(str(self.application.secret_key), salt="wtf-csrf-token")
        return str(signer.dumps(raw))

    def _session(self) -> Mapping[str, Any]:
        """What the cookie says, without the request that `session_transaction` makes for it."""
        sent = self.get_cookie("session")
        signer = SecureCookieSessionInterface().get_signing_serializer(self.application)
        if sent is None or signer is None:
            return {}
        with suppress(BadSignature):
            return dict(signer.loads(sent.value))
        return {}


def _pairs(headers: Any) -> list[tuple[str, str]]:
    return list(headers.items() if hasattr(headers, "items") else headers or ())
