"""CPU of the score form's POST, against a bare upsert behind the same session and CSRF check.

One process, one database, one signed-in judge, the same fields: five ratings that all change
every time. Both requests alternate, so that whatever else the machine does hits both; each figure
is the median. The WSGI application is called directly: no client or server is measured.
"""

from __future__ import annotations

import io
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlencode

import flask_migrate
from flask import Flask, request
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import Table
from sqlalchemy.dialects.sqlite import insert
from werkzeug.test import EnvironBuilder, run_wsgi_app

from competition import paths
from competition.app import create_app
from competition.extensions import db, write_intent
from competition.guards import signed_in, transaction, writes
from competition.models import Rating
from competition.services import people
from tests.support.builders import NOW, make_round, make_rubric
from tests.support.judging import Judging, make_judging
from tests.support.settings import settings_for

REPEATS = 300
WARM_UP = 30
WEIGHTS = (20, 20, 20, 20, 20)
RATING = cast(Table, Rating.__table__)


def main() -> None:
    """Print the table."""
    print(f"{'teams':>6}  {'form ms':>8}  {'bare ms':>8}  {'ratio':>6}  {'with roles':>10}")
    for teams in (10, 300):
        with tempfile.TemporaryDirectory() as folder:
            form, bare, roles = measure(Path(folder), teams)
        print(
            f"{teams:>6}  {form * 1e3:8.2f}  {bare * 1e3:8.2f}  {form / bare:6.2f}"
            f"  {form / roles:10.2f}"
        )
    print("ratio: at most 2; with roles: the bare view reads the judge's roles as well")


def measure(folder: Path, teams: int) -> tuple[float, float, float]:
    """Seconds of CPU of the form, of the bare view, and of the bare view that reads the roles."""
    app = create_app(settings_for(f"sqlite:///{folder}/bench.sqlite3", folder / "data"))
    add_floor(app)
    with app.app_context():
        flask_migrate.upgrade(directory=str(paths.MIGRATIONS))
        with write_intent():
            judging = prepare(teams)
            token = open_session(judging)
            fields = [f"rating-{criterion.id}" for criterion in judging.rubric.criteria]
            path = f"/assignments/{judging.assignment().id}/autosave"
            db.session.commit()
        db.session.remove()
    send = sender(app, token, fields)
    send(path, 0)
    times: dict[str, list[float]] = {path: [], "/floor": [], "/floor-with-roles": []}
    for turn in range(1, WARM_UP + REPEATS):
        for name, taken in times.items():
            taken.append(send(name, turn))
    with app.app_context():
        db.engine.dispose()
    form, bare, roles = (statistics.median(taken[WARM_UP:]) for taken in times.values())
    return form, bare, roles


def prepare(teams: int) -> Judging:
    """A round in judging with `teams` entries and a rubric of five criteria."""
    judging = make_judging(db.session(), entries=teams, judges=1)
    for criterion in list(judging.rubric.criteria):
        judging.rubric.criteria.remove(criterion)
    db.session.flush()
    other = make_rubric(db.session(), make_round(db.session(), judging.competition), WEIGHTS)
    for criterion in list(other.criteria):
        criterion.rubric = judging.rubric
    db.session.flush()
    return judging


def open_session(judging: Judging) -> str:
    account = judging.judges[0].account
    return people.open_session(
        db.session(),
        actor=judging.actor(db.session()),
        account=account,
        user_agent="bench",
        now=NOW,
        lifetime=timedelta(hours=1),
    )


def add_floor(app: Flask) -> None:
    """The least that saves five ratings for somebody signed in."""
    row = insert(RATING)
    upsert = row.on_conflict_do_update(
        index_elements=["scorecard_id", "criterion_id"], set_={"value": row.excluded.value}
    )

    def save() -> str:
        values = [
            {
                "scorecard_id": 1,
                "criterion_id": int(name.removeprefix("rating-")),
                "scale_min": 1,
                "scale_max": 10,
                "value": int(text),
                "reason": "",
            }
            for name, text in request.form.items()
            if name.startswith("rating-")
        ]
        db.session.execute(upsert, values)
        return "saved"

    @app.post("/floor")
    @signed_in
    def floor() -> str:
        with transaction():
            return save()

    @app.post("/floor-with-roles")
    @signed_in
    @writes
    def floor_with_roles() -> str:
        return save()


def sender(app: Flask, token: str, fields: list[str]) -> Callable[[str, int], float]:
    """Send the form, all ratings changed, and say how much CPU that took."""
    cookies = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    secret = "0123456789abcdef" * 2
    known = {"_user_id": token, "_fresh": True, "seen": int(time.time()), "csrf_token": secret}
    cookie = f"session={cookies.dumps(known)}"
    signed = URLSafeTimedSerializer(str(app.secret_key), salt="wtf-csrf-token").dumps(secret)
    state = {"revision": 0}

    def send(path: str, turn: int) -> float:
        values = {name: str(1 + (turn + place) % 10) for place, name in enumerate(fields)}
        body = {
            "csrf_token": signed,
            "revision": state["revision"],
            **values,
            "comment": "Keep the demonstration, measure more.",
            "note": "",
        }
        environ = environment(path, urlencode(body).encode(), cookie)
        started = time.process_time()
        content, status, _ = run_wsgi_app(app, environ, buffered=True)
        taken = time.process_time() - started
        assert status == "200 OK", (status, list(content))
        if path.startswith("/assignments"):
            state["revision"] += 1
        return taken

    return send


def environment(path: str, body: bytes, cookie: str) -> dict[str, Any]:
    builder = EnvironBuilder(
        path,
        method="POST",
        base_url="http://localhost",
        input_stream=io.BytesIO(body),
        content_length=len(body),
        content_type="application/x-www-form-urlencoded",
        headers=[("Cookie", cookie), ("Origin", "http://localhost")],
    )
    return dict(builder.get_environ())


if __name__ == "__main__":
    print(datetime.now(UTC).date().isoformat())
    main()
