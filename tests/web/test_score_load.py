"""32 judges on phones at once against a real server: nothing lost, no error."""

from __future__ import annotations

import re
import threading
import urllib.parse
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from http.cookiejar import CookieJar

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Assignment, Rating, Scorecard
from competition.policies import SYSTEM
from competition.services import people
from tests.support.client import settle
from tests.support.judging import Judging, make_judging
from tests.support.server import LiveServer, listen

JUDGES = 32
SAVES = 4
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
REVISION = re.compile(r'name="revision" value="(\d+)"')


class Phone:
    """One judge with a browser's cookies."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.open = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar())
        ).open

    def get(self, path: str) -> str:
        with self.open(self.url + path, timeout=60) as answer:
            return str(answer.read().decode())

    def post(self, path: str, fields: dict[str, object]) -> str:
        body = urllib.parse.urlencode(fields).encode()
        with self.open(self.url + path, body, timeout=60) as answer:
            return str(answer.read().decode())

    def sign_in(self, token: str) -> None:
        page = self.get(f"/link/{token}")
        self.post(f"/link/{token}", {"csrf_token": TOKEN.findall(page)[0]})

    def score(self, assignment_id: int, values: list[dict[str, object]]) -> None:
        """Open the form, save it as often as there are values, submit."""
        page = self.get(f"/assignments/{assignment_id}")
        for fields in values:
            known = {"csrf_token": TOKEN.findall(page)[0], "revision": REVISION.findall(page)[0]}
            page = self.post(f"/assignments/{assignment_id}", {**known, **fields})
        page = self.get(f"/assignments/{assignment_id}/check")
        known = {"csrf_token": TOKEN.findall(page)[0], "revision": REVISION.findall(page)[0]}
        self.post(f"/assignments/{assignment_id}/submit", dict(known))


@pytest.fixture
def server(app: Flask) -> Iterator[LiveServer]:
    with LiveServer(app, listen()) as running:
        yield running


def fields_for(judging: Judging, place: int, turn: int) -> dict[str, object]:
    first, second = judging.rubric.criteria
    return {
        f"rating-{first.id}": 1 + (place + turn) % 10,
        f"rating-{second.id}": 1 + (place * 3 + turn) % 10,
        "comment": f"judge {place}, save {turn}",
        "note": "",
    }


def test_scoring_by_32_judges_at_once_loses_nothing_and_meets_no_error(
    app: Flask, session: Session, server: LiveServer
) -> None:
    judging = make_judging(session, entries=1, judges=JUDGES)
    now = datetime.now(UTC)
    jobs = [
        (
            people.issue_link(
                session,
                actor=SYSTEM,
                account=judge.account,
                now=now,
                lifetime=timedelta(hours=1),
            ),
            judging.assignment(place).id,
            [fields_for(judging, place, turn) for turn in range(SAVES)],
        )
        for place, judge in enumerate(judging.judges)
    ]
    settle(app)
    errors: list[BaseException] = []

    def work(token: str, assignment_id: int, values: list[dict[str, object]]) -> None:
        try:
            phone = Phone(server.url)
            phone.sign_in(token)
            phone.score(assignment_id, values)
        except Exception as error:  # a thread's failure is the test's
            errors.append(error)

    threads = [threading.Thread(target=work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    session.expire_all()
    cards = session.execute(
        select(Assignment.judge_id, Scorecard.id, Scorecard.state, Scorecard.comment).join(
            Scorecard, Scorecard.assignment_id == Assignment.id
        )
    ).all()
    assert len(cards) == JUDGES
    for judge_id, scorecard_id, state, comment in cards:
        place = next(i for i, judge in enumerate(judging.judges) if judge.id == judge_id)
        last = fields_for(judging, place, SAVES - 1)
        kept = {
            f"rating-{r.criterion_id}": r.value
            for r in session.scalars(select(Rating).where(Rating.scorecard_id == scorecard_id))
        }
        assert (state.value, comment) == ("submitted", last["comment"])
        assert kept == {name: Decimal(str(last[name])) for name in kept}
        assert len(kept) == 2
