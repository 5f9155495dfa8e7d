"""The judge's form: filled in, refused, checked, submitted, locked."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import AuditEntry, Rating, Scorecard, ScorecardVersion
from competition.vocabulary import ScorecardState
from tests.support.builders import sign_in
from tests.support.judging import Judging, make_judging


@pytest.fixture
def judging(session: Session) -> Judging:
    return make_judging(session)


@pytest.fixture
def judge(client: FlaskClient, judging: Judging) -> FlaskClient:
    sign_in(client, judging.judges[0].account_id)
    return client


def test_scoring_an_entry_from_desk_to_lock_works_without_script(
    judge: FlaskClient, judging: Judging, session: Session
) -> None:
    desk = judge.get("/c/aiac-2026/judging").text
    assert "Continue with" in desk
    url = f"/assignments/{judging.assignment().id}"
    page = judge.get(url).text
    assert "Work 1" in page and "Team 01" not in page and "School 01" not in page
    saved = judge.post(url, data={**judging.form(8, 9, comment="Keep it."), "action": "submit"})
    assert (saved.status_code, saved.location) == (303, f"{url}/check")
    check = judge.get(f"{url}/check").text
    assert "84.00" in check and "Submit and lock" in check
    done = judge.post(f"{url}/submit", data={"revision": 1})
    assert done.status_code == 303
    session.expire_all()
    card = session.scalars(select(Scorecard)).one()
    assert (card.state, card.comment) == (ScorecardState.SUBMITTED, "Keep it.")
    locked = judge.get(url).text
    assert "84.00" in locked and "<textarea" not in locked
    assert "All" not in judge.get("/c/aiac-2026/judging").text.split("<h1>")[0]
