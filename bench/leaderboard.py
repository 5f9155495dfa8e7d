"""CPU and weight of the public leaderboard of 1,000 teams, against the least that would do."""

from __future__ import annotations

import gzip
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask_migrate
from flask import Flask, Response
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import text
from werkzeug.test import EnvironBuilder

from competition import paths
from competition.app import create_app
from competition.extensions import configure_engine, db, write_intent
from competition.policies import SYSTEM
from competition.services import results
from competition.settings import Settings
from competition.web.page_cache import NAME, PageCache
from tests.support.judged import make_judged_round

TEAMS = 1_000
ROUNDS, REQUESTS = 15, 100
ADDRESS = "/c/aiac-2026/results/1"
SMALL = {"HTTP_ACCEPT_ENCODING": "br", "HTTP_ACCEPT_LANGUAGE": "en"}
Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def main() -> None:
    """Print the ratios, the times and the weight of the page."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/bench.sqlite3"
        app = prepared(url, Path(folder))
        for encoding in ("br", "gzip", ""):
            print_ratio(app, url, encoding)
        print_miss(app)
        print_weight(app)
        with app.app_context():
            db.engine.dispose()


def prepared(url: str, folder: Path) -> Flask:
    """The application with one published round of 1,000 teams in one track."""
    app = create_app(Settings(database_url=url, data_path=folder))
    with app.app_context():
        flask_migrate.upgrade(directory=str(paths.MIGRATIONS))
        db.session.remove()
        with write_intent():
            session = db.session()
            made = make_judged_round(
                session, entries=TEAMS, tracks=("All",), judges=120, weights=(20, 25, 25, 20, 10)
            )
            now = datetime.now(UTC)
            began = time.process_time()
            run = results.compute(session, actor=SYSTEM, of=made.round, now=now)
            print(f"compute {TEAMS} entries: {time.process_time() - began:.2f} s CPU")
            results.publish(session, actor=SYSTEM, run=run, instead_of=None, now=now)
            session.commit()
            db.session.remove()
    return app


def print_ratio(app: Flask, url: str, encoding: str) -> None:
    """CPU of the warm page against the floor, alternating in one process."""
    environ = {**SMALL, "HTTP_ACCEPT_ENCODING": encoding}
    status, headers, body = call(app, ADDRESS, environ)
    assert status == "200 OK"
    same_stack, bare = floor_in(app, body), floor_of(url, body)
    quiet = {"REMOTE_ADDR": "127.0.0.1"}
    for application in (bare, same_stack):
        assert call(application, "/floor", {**environ, **quiet})[2] == body
    times: dict[str, list[float]] = {"page": [], "304": [], "bare": [], "stack": []}
    for _round in range(ROUNDS):
        times["page"].append(cpu(app, ADDRESS, environ))
        times["304"].append(cpu(app, ADDRESS, {**environ, "HTTP_IF_NONE_MATCH": headers["ETag"]}))
        times["bare"].append(cpu(bare, "/floor", environ))
        times["stack"].append(cpu(same_stack, "/floor", environ))
    median = {name: statistics.median(values) for name, values in times.items()}
    bare_ratio, stack_ratio = (median["page"] / median[name] for name in ("bare", "stack"))
    print(f"{encoding or 'identity'}: {len(body):,} bytes")
    print(f"  page {median['page']:.0f} us, 304 {median['304']:.0f} us of CPU")
    print(f"  floor in a bare Flask application: {median['bare']:.0f} us, ratio {bare_ratio:.2f}")
    print(f"  floor behind our own hooks: {median['stack']:.0f} us, ratio {stack_ratio:.2f}")


def floor_of(url: str, body: bytes) -> Flask:
    """A Flask application that does nothing else: one query, one look into a dictionary."""
    app = Flask("floor")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    own = SQLAlchemy()
    own.init_app(app)
    with app.app_context():
        configure_engine(own.engine)  # the same transactions, the same locking
    add_floor(app, own, body)
    return app


def floor_in(app: Flask, body: bytes) -> Flask:
    """The same view behind everything that all requests of ours pass: logs, headers, language."""
    made = create_app(app.config["SETTINGS"])
    add_floor(made, db, body)
    return made


def add_floor(app: Flask, database: SQLAlchemy, body: bytes) -> None:
    statement = text("SELECT max(id) FROM publication WHERE withdrawn_at IS NULL")
    kept: dict[int, bytes] = {1: body}

    def floor() -> Response:
        version = database.session.execute(statement).scalar_one()
        return Response(kept[version], content_type="text/html; charset=utf-8")

    app.add_url_rule("/floor", view_func=floor)


def print_miss(app: Flask) -> None:
    """Time to draw the page anew, after a publication."""
    times = []
    for track in range(5):
        app.extensions[NAME] = PageCache()
        began = time.process_time()
        call(app, ADDRESS, {**SMALL, "QUERY_STRING": f"page={track + 6}"})
        times.append((time.process_time() - began) * 1000)
    print(f"drawn anew: {statistics.median(times):.0f} ms of CPU, compression included")


def print_weight(app: Flask) -> None:
    """What a first visit costs on the line: the page and all that it names."""
    html = call(app, ADDRESS, {**SMALL, "HTTP_ACCEPT_ENCODING": ""})[2]
    named = re.findall(rb'(?:href|src)="(/[^"]*static/[^"]*)"', html)
    parts = [ADDRESS, *(address.decode() for address in named)]
    for encoding in ("br", "gzip"):
        sizes = [
            len(call(app, address, {**SMALL, "HTTP_ACCEPT_ENCODING": encoding})[2])
            for address in parts
        ]
        print(f"first visit, {encoding}: {len(parts)} requests, {sum(sizes):,} bytes: {sizes}")
    print(f"page alone, gzip -9: {len(gzip.compress(html, 9)):,} bytes")


def cpu(application: Application, address: str, environ: dict[str, str]) -> float:
    """Microseconds of CPU of one request, averaged over a batch."""
    built = environ_of(address, environ)
    began = time.process_time()
    for _request in range(REQUESTS):
        b"".join(application(dict(built), discard))
    return (time.process_time() - began) / REQUESTS * 1e6


def discard(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
    """Take a response's head, as a server would, and do nothing with it."""


def environ_of(address: str, extra: dict[str, str]) -> dict[str, Any]:
    path, _mark, query = address.partition("?")
    built = EnvironBuilder(path, query_string=query.replace("&amp;", "&")).get_environ()
    return {**built, **extra}


def call(
    application: Application, address: str, extra: dict[str, str]
) -> tuple[str, dict[str, str], bytes]:
    seen: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        seen[:] = [status, dict(headers)]

    body = b"".join(application(environ_of(address, extra), start))
    return seen[0], seen[1], body


if __name__ == "__main__":
    main()
