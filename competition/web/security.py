"""Headers and checks that every response and request gets."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, request
from flask_login import current_user
from werkzeug.routing import IntegerConverter, Map, ValidationError

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_NUMBER = 2**31 - 1
"""The largest number that an integer column takes on every database."""
LONGEST_NUMBER = 20
"""Characters; Python itself refuses to read a number of thousands."""


class DatabaseInteger(IntegerConverter):
    """`<int:...>` of an address; a number beyond what the database knows is nobody's page."""

    def __init__(self, routes: Map, **options: Any) -> None:
        super().__init__(routes, **{"max": LARGEST_NUMBER, **options})

    def to_python(self, value: str) -> Any:
        if len(value) > LONGEST_NUMBER:
            raise ValidationError
        return super().to_python(value)


def small_number(text: str) -> int:
    """A whole number of a query or a form; ValueError beyond what the database knows."""
    found = int(text)
    if abs(found) > LARGEST_NUMBER:
        raise ValueError(text)
    return found


def prepare(app: Flask) -> None:
    """What has to stand before the routes are made."""
    app.url_map.converters["int"] = DatabaseInteger


def register(app: Flask) -> None:
    app.before_request(check_origin)
    app.before_request(refuse_nul)
    app.after_request(add_headers)


def check_origin() -> None:
    """Beside the CSRF token: a browser says where an unsafe request comes from."""
    if request.method in SAFE_METHODS:
        return
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        abort(403)


def refuse_nul() -> None:
    """No text holds the character zero, and PostgreSQL stores and compares none that does."""
    sent = [request.path, *(part for pair in request.args.items(multi=True) for part in pair)]
    if request.method not in SAFE_METHODS:
        sent += (part for pair in request.form.items(multi=True) for part in pair)
    if any("\0" in part for part in sent):
        abort(400)


def add_headers(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "same-origin")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if "Cache-Control" not in headers and request.endpoint not in STATIC_ENDPOINTS:
        signed_in = bool(current_user and current_user.is_authenticated)
        headers["Cache-Control"] = "no-store" if signed_in else "no-cache"
    return response


STATIC_ENDPOINTS = frozenset({"static", "bootstrap.static"})
