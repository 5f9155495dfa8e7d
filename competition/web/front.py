"""Answers a public page that was asked for before, without entering the application again.

The application decides what a page is and who may read it. When it has answered one request of
everybody's page, the same request (address, language, cookies) gets the same page as long as one
statement finds that nothing has changed. Everything else goes through.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import ref

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from competition.extensions import db
from competition.queries.results import Version, version_of
from competition.web.compression import Encoded, is_known
from competition.web.logging import log_request, request_id_from
from competition.web.page_cache import NAME

MARK = "competition.everybodys_page"
"""Where the application leaves the page in the request's environment."""
ASKED = (
    "HTTP_HOST",
    "SCRIPT_NAME",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_ACCEPT_LANGUAGE",
    "HTTP_COOKIE",
    "HTTP_X_FORWARDED_PROTO",
    "wsgi.url_scheme",
)
"""What an answer may depend on; a reader's encoding and what the reader has are seen to here."""
LONGEST_KEY = 2_000
MOST_KEPT = 1_000
OWN_HEADERS = frozenset({"content-length", "content-encoding", "x-request-id", "etag"})
Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class EverybodysPage:
    """A page for every reader, its place in the cache, and what tells whether it still holds."""

    page: Encoded
    key: Hashable
    version: Version
    slug: str
    position: int


class Kept:
    """What is known of a page: it lives as long as the page cache, which has a budget, keeps it."""

    __slots__ = ("_page", "headers", "key", "position", "slug", "version")

    def __init__(self, found: EverybodysPage, headers: Headers) -> None:
        self._page = ref(found.page)
        self.version, self.slug, self.position = found.version, found.slug, found.position
        self.key, self.headers = found.key, headers

    def page(self) -> Encoded | None:
        return self._page()


class Front:
    """A WSGI application around another one."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._inner = app.wsgi_app
        self._cookie = f"{app.config['SESSION_COOKIE_NAME']}="
        self._engine: Engine | None = None
        self._kept: OrderedDict[tuple[str, ...], Kept] = OrderedDict()
        self._lock = Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        began = time.perf_counter()
        key = self._key(environ)
        with self._lock:
            kept = self._kept.get(key) if key else None
        page = kept.page() if kept else None
        if kept is not None and page is not None and self._holds(kept):
            self._app.extensions[NAME].used(kept.key)
            return self._answer(environ, start_response, page, kept.headers, began)
        if key is None:
            return self._inner(environ, start_response)
        return self._pass(environ, start_response, key)

    def _key(self, environ: dict[str, Any]) -> tuple[str, ...] | None:
        """What this request asks for; None when it is not everybody's to begin with."""
        if environ["REQUEST_METHOD"] != "GET" or "/results/" not in environ.get("PATH_INFO", ""):
            return None
        if self._cookie in environ.get("HTTP_COOKIE", ""):
            return None
        key = tuple([environ.get(name, "") for name in ASKED])
        return key if sum(map(len, key)) <= LONGEST_KEY else None

    def _holds(self, kept: Kept) -> bool:
        try:
            with self._connected().connect() as connection:
                now = version_of(connection, slug=kept.slug, position=kept.position)
        except SQLAlchemyError:
            return False  # the application has a page for that
        return now == kept.version

    def _connected(self) -> Engine:
        if self._engine is None:
            with self._app.app_context():
                self._engine = db.engine
        return self._engine

    def _answer(
        self,
        environ: dict[str, Any],
        start_response: Any,
        page: Encoded,
        headers: Headers,
        began: float,
    ) -> Iterable[bytes]:
        request_id = request_id_from(environ.get("HTTP_X_REQUEST_ID", ""))
        own = [("ETag", page.etag), ("X-Request-ID", request_id)]
        if is_known(environ.get("HTTP_IF_NONE_MATCH", ""), page):
            status, body = 304, b""
        else:
            encoding = page.encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
            status, body = 200, page.body(encoding)
            own.append(("Content-Length", str(len(body))))
            if encoding:
                own.append(("Content-Encoding", encoding))
        log_request(
            request_id=request_id,
            method="GET",
            path=environ["PATH_INFO"],
            status=status,
            began=began,
        )
        start_response("200 OK" if status == 200 else "304 NOT MODIFIED", headers + own)
        return [body]

    def _pass(
        self, environ: dict[str, Any], start_response: Any, key: tuple[str, ...]
    ) -> Iterable[bytes]:
        """Let the application answer, and keep the answer if it says that it is everybody's."""
        seen: list[tuple[str, Headers]] = []

        def start(status: str, headers: Headers, exc_info: Any = None) -> Any:
            seen.append((status, headers))
            return start_response(status, headers, exc_info)

        body = self._inner(environ, start)
        found = environ.get(MARK)
        if isinstance(found, EverybodysPage) and seen and seen[-1][0].startswith("200"):
            names = {name.lower() for name, _value in seen[-1][1]}
            if "set-cookie" not in names:
                self._keep(key, found, seen[-1][1])
        return body

    def _keep(self, key: tuple[str, ...], found: EverybodysPage, headers: Headers) -> None:
        lasting = [pair for pair in headers if pair[0].lower() not in OWN_HEADERS]
        with self._lock:
            self._kept[key] = Kept(found, lasting)
            self._kept.move_to_end(key)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)


def register(app: Flask) -> None:
    app.wsgi_app = Front(app)  # type: ignore[method-assign]
