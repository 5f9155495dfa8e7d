"""Reminding judges: who gets what is shown first; letters wait in the outbox."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Account, OutboxMail
from competition.vocabulary import RoundState
from tests.support.builders import sign_in
from tests.support.judging import Judging, make_judging
from tests.support.pages import page
from tests.support.scorecards import fill_scorecard

REMINDERS = "/c/aiac-2026/rounds/1/scoring/reminders"
OUTBOX = "/c/aiac-2026/manage/mail"


@pytest.fixture
def judging(client: FlaskClient, session: Session) -> Judging:
    """Two judges with two entries each; the first has submitted one. The organizer is there."""
    made = make_judging(session)
    fill_scorecard(session, made.assignment(0, 0), made.rubric, (5, 5))
    made.judges[0].account.language = "zh_Hans"
    sign_in(client, made.organizer.id)
    return made


def test_the_page_shows_who_gets_what_in_which_language(
    client: FlaskClient, judging: Judging
) -> None:
    assert "Remind judges" in client.get("/c/aiac-2026/rounds/1/scoring").text
    shown = page(client.get(REMINDERS))
    assert shown.texts(".lead") == ["2 judges have something left."]
    letters = shown.texts("details p.long")
    assert [("您好" in text, "Dear" in text) for text in letters] == [(True, True), (True, False)]
    assert "No mail server is set" in shown.texts("h2")


def test_before_anything_is_assigned_the_page_does_not_say_that_all_is_in(
    client: FlaskClient, session: Session
) -> None:
    made = make_judging(session, entries=0)
    sign_in(client, made.organizer.id)
    shown = client.get(REMINDERS).text
    assert "once entries are assigned" in shown
    assert "submitted everything" not in shown


def test_writing_puts_letters_into_the_outbox_once_a_day(
    client: FlaskClient, session: Session, judging: Judging
) -> None:
    ids = [str(judge.id) for judge in judging.judges]
    nobody = client.post(REMINDERS, data={"judge": ["x", "99999999999999"]})
    assert (nobody.status_code, page(nobody).errors) == (422, ["Choose at least one judge."])
    written = client.post(REMINDERS, data={"judge": ids}, follow_redirects=True)
    assert "2 reminders are in the outbox." in written.text
    assert "2 letters wait." in written.text
    again = client.post(REMINDERS, data={"judge": ids}, follow_redirects=True)
    assert "2 judges had one today already and get no other." in again.text
    chinese, both = session.scalars(select(OutboxMail).order_by(OutboxMail.language)).all()
    if chinese.language != "zh_Hans":
        chinese, both = both, chinese
    assert (chinese.language, both.language) == ("zh_Hans", "zh_Hans en")
    assert "http://localhost/c/aiac-2026/judging" in chinese.body
    assert ("Dear" in chinese.body, "Dear" in both.body) == (False, True)
    assert "Reminded today" in client.get(REMINDERS).text


def test_the_outbox_shows_texts_to_copy_to_organizers_alone(
    client: FlaskClient, session: Session, judging: Judging
) -> None:
    assert "No letter was written yet." in client.get(OUTBOX).text
    client.post(REMINDERS, data={"judge": [str(judging.judges[0].id)]})
    shown = page(client.get(f"{OUTBOX}?state=queued"))
    assert judging.judges[0].account.email in [item.get("value") for item in shown.find("input")]
    assert "No letter fits." in client.get(f"{OUTBOX}?state=failed").text
    sign_in(client, judging.judges[0].account_id)
    for address in (OUTBOX, REMINDERS):
        assert client.get(address).status_code == 403


def test_reminding_when_the_round_is_not_judged_is_refused(
    client: FlaskClient, session: Session, judging: Judging
) -> None:
    judging.round.state = RoundState.LOCKED
    assert "This round is not being judged now." in client.get(REMINDERS).text
    data = {"judge": [str(judging.judges[0].id)]}
    assert client.post(REMINDERS, data=data).status_code == 409


def test_choosing_a_language_is_remembered_for_letters(
    client: FlaskClient, session: Session, judging: Judging
) -> None:
    client.post("/preferences/language", data={"language": "zh_Hans"})
    assert session.get_one(Account, judging.organizer.id).language == "zh_Hans"
    client.post("/preferences/language", data={"language": "nonsense"})
    session.expire_all()
    assert session.get_one(Account, judging.organizer.id).language == "zh_Hans"
