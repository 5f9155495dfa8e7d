"""The page on which a judge bids."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Bid, Conflict, Entry, Judge, PanelSetup, Round
from competition.vocabulary import BidChoice, ConflictStatus, RoundState
from tests.support.builders import (
    NOW,
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_team,
    seat,
    sign_in,
)
from tests.support.pages import page

BIDS = "/c/aiac-2026/rounds/1/bids"
ASSIGNMENT = "/c/aiac-2026/rounds/1/assignment"


@pytest.fixture
def of(client: FlaskClient, session: Session) -> Round:
    """A round with 3 entries whose judge is signed in; bids are open for a day."""
    competition = make_competition(session)
    made = make_round(session, competition, state=RoundState.ASSIGNING)
    for n in range(3):
        make_entry(session, made, make_team(session, competition, f"Team {n}", f"School {n}"))
    judge = make_judge(session, competition, "Judge A")
    seat(session, made, judge)
    session.add(PanelSetup(round_id=made.id, wish={}, bids_close_at=NOW + timedelta(days=1)))
    session.flush()
    sign_in(client, judge.account_id)
    return made


def entry(session: Session, number: str) -> Entry:
    return session.scalars(select(Entry).where(Entry.number == number)).one()


def test_the_page_shows_entries_without_teams(client: FlaskClient, of: Round) -> None:
    shown = client.get(BIDS)
    assert [number in shown.text for number in ("E-001", "E-002", "E-003")] == [True] * 3
    assert re.search(r"School \d", shown.text) is None
    assert "Team 0" in shown.text  # the title of its work, as the builder names it
    assert page(shown).heading == "Your bids"
    assert "Your bids" in client.get("/c/aiac-2026/judging").text


def test_saving_keeps_choices_and_must_not_needs_a_reason(
    client: FlaskClient, session: Session, of: Round
) -> None:
    first, second = entry(session, "E-001"), entry(session, "E-002")
    data = {f"choice-{first.id}": "want", f"choice-{second.id}": "must_not"}
    refused = client.post(BIDS, data=data)
    assert (refused.status_code, page(refused).errors) == (422, ["E-002: Give a reason."])
    assert session.scalars(select(Bid)).all() == []
    chosen = [item for item in page(refused).find("input") if "checked" in item.attrib]
    assert {item.get("value") for item in chosen} == {"want", "must_not", ""}
    done = client.post(
        BIDS, data={**data, f"reason-{second.id}": "my cousin"}, follow_redirects=True
    )
    assert "2 bids are saved." in done.text
    assert "You said that you must not judge E-002." in done.text
    assert f"choice-{second.id}" not in done.text
    conflict = session.scalars(select(Conflict)).one()
    assert (conflict.status, conflict.reason) == (ConflictStatus.FOUND, "my cousin")
    assert set(session.scalars(select(Bid.choice))) == {BidChoice.WANT, BidChoice.MUST_NOT}


def test_nonsense_sent_to_the_page_changes_nothing(
    client: FlaskClient, session: Session, of: Round
) -> None:
    data = {
        "choice-999999": "want",
        "choice-x": "want",
        f"choice-{entry(session, 'E-001').id}": "?",
    }
    assert client.post(BIDS, data=data).status_code == 303
    assert session.scalars(select(Bid)).all() == []


def test_after_the_time_the_page_is_to_read_only(
    client: FlaskClient, session: Session, of: Round
) -> None:
    session.scalars(select(PanelSetup)).one().bids_close_at = NOW - timedelta(minutes=1)
    assert "Save my bids" not in client.get(BIDS).text
    data = {f"choice-{entry(session, 'E-001').id}": "want"}
    assert "The time for bids is over." in client.post(BIDS, data=data, follow_redirects=True).text
    assert session.scalars(select(Bid)).all() == []


def test_whoever_does_not_sit_on_the_panel_finds_nothing(
    client: FlaskClient, session: Session, of: Round
) -> None:
    other = make_judge(session, of.competition, "Judge B")
    for account_id in (other.account_id, make_organizer(session, of.competition).id):
        sign_in(client, account_id)
        assert client.get(BIDS).status_code == 404
        assert client.post(BIDS).status_code == 404


def test_the_organizer_opens_and_ends_bidding(
    client: FlaskClient, session: Session, of: Round
) -> None:
    session.delete(session.scalars(select(PanelSetup)).one())
    sign_in(client, make_organizer(session, of.competition).id)
    assert "Never opened in this round." in client.get(ASSIGNMENT).text
    for text, problem in (
        ("soon", "Enter date and time like 2026-11-24 18:00"),
        ("2020-01-01 10:00", "This has passed already."),
    ):
        answer = client.post(f"{ASSIGNMENT}/bidding", data={"bids_close_at": text})
        assert (answer.status_code, problem in answer.text) == (422, True)
    data = {"bids_close_at": "2099-01-01 24:00"}
    opened = client.post(f"{ASSIGNMENT}/bidding", data=data, follow_redirects=True)
    assert ("Judges on the panel may bid now." in opened.text, "2099" in opened.text) == (
        True,
        True,
    )
    ended = client.post(f"{ASSIGNMENT}/bidding", data={"do": "close"}, follow_redirects=True)
    assert "Bidding is over." in ended.text
    assert session.scalars(select(PanelSetup.bids_close_at)).one() is None
    assert session.scalars(select(Judge)).all() != []
