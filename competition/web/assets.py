"""Style sheets, scripts and pictures: compressed in memory, addressed by their content."""

from __future__ import annotations

import mimetypes
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any, cast

from flask import Flask, Response, abort, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from werkzeug.security import safe_join

from competition import paths
from competition.web.compression import BEST, Encoded, respond
from competition.web.security import STATIC_ENDPOINTS
from competition.web.stylesheet import trimmed, words_of

A_YEAR = 365 * 24 * 3600
FOR_EVER = f"public, max-age={A_YEAR}, immutable"
ASK_AGAIN = "no-cache"
COMPRESSIBLE = frozenset({".css", ".js", ".svg", ".txt", ".map"})
BOOTSTRAP = "css/bootstrap.min.css"


class Assets:
    """The static files of the application and of Bootstrap, read once for each time of change."""

    def __init__(self, folders: dict[str, Path], *, trim: bool) -> None:
        self._folders = folders
        self._trim = trim
        self._read: dict[Path, tuple[tuple[int, int], Encoded]] = {}
        self._lock = Lock()

    def file(self, endpoint: str, filename: str) -> Encoded | None:
        """The file, or None if there is none of this name."""
        joined = safe_join(str(self._folders[endpoint]), filename)
        path = Path(joined) if joined else None
        if path is None or not path.is_file():
            return None
        found = path.stat()
        mark = (found.st_mtime_ns, found.st_size)
        with self._lock:
            kept = self._read.get(path)
            if kept is None or kept[0] != mark:
                is_bootstrap = endpoint == "bootstrap.static" and filename == BOOTSTRAP
                kept = (mark, encoded(path, mark, trim=self._trim and is_bootstrap))
                self._read[path] = kept
        return kept[1]


@lru_cache(maxsize=256)
def encoded(path: Path, mark: tuple[int, int], *, trim: bool) -> Encoded:
    """The file as it was at that mark; all applications of a process share it."""
    content = path.read_bytes()
    if trim:
        content = trimmed(content.decode(), words_of(paths.TEMPLATES, paths.PACKAGE)).encode()
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Encoded(content, kind, BEST)


class CookielessFiles(SecureCookieSessionInterface):
    """Sessions in cookies; files have none, else a browser would keep one copy a cookie."""

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if request.endpoint not in STATIC_ENDPOINTS:
            super().save_session(app, session, response)


def register(app: Flask) -> None:
    """Serve the files of `STATIC_ENDPOINTS` from memory, with their content in the address."""
    folders = {
        "static": Path(str(app.static_folder)),
        "bootstrap.static": Path(str(app.blueprints["bootstrap"].static_folder)),
    }
    assets = Assets(folders, trim=not app.debug)
    app.session_interface = CookielessFiles()

    @app.url_defaults
    def add_content(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint not in STATIC_ENDPOINTS or "filename" not in values:
            return
        found = assets.file(endpoint, values["filename"])
        if found is not None:
            values.setdefault("v", found.digest[:8])

    def serving(endpoint: str) -> Any:
        plain = app.view_functions[endpoint]

        def serve(filename: str) -> ResponseReturnValue:
            if Path(filename).suffix not in COMPRESSIBLE:
                return cast(ResponseReturnValue, plain(filename=filename))
            found = assets.file(endpoint, filename)
            if found is None:
                abort(404)
            is_named = request.args.get("v") == found.digest[:8]
            return respond(
                found, cache_control=FOR_EVER if is_named else ASK_AGAIN, vary="Accept-Encoding"
            )

        return serve

    for endpoint in folders:
        app.view_functions[endpoint] = serving(endpoint)
