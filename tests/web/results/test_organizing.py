"""Where organizers compute, publish, withdraw and send entries on."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Entry, Publication, Round, ScoreRun
from competition.policies import SYSTEM
from competition.services.results import compute, publish
from competition.vocabulary import Role, RoundState
from tests.support.builders import (
    NOW,
    grant,
    make_account,
    make_competition,
    make_organizer,
    make_round,
    make_rubric,
    sign_in,
)
from tests.support.judged import Judged, make_judged_round

PREVIEW = "/c/aiac-2026/rounds/1/results"


@pytest.fixture
def made(session: Session) -> Judged:
    return make_judged_round(session, entries=4)


@pytest.fixture
def organizer(client: FlaskClient, session: Session, made: Judged) -> FlaskClient:
    sign_in(client, make_organizer(session, made.competition).id)
    return client


def live(session: Session) -> list[Publication]:
    session.expire_all()
    found = session.scalars(select(Publication).where(Publication.withdrawn_at.is_(None)))
    return list(found)


def make_public(session: Session, made: Judged) -> Publication:
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    return publish(session, actor=SYSTEM, run=run, instead_of=None, now=NOW)


def text(client: FlaskClient, address: str, **query: Any) -> str:
    response = client.get(address, query_string=query)
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_walking_from_scorecards_to_a_public_ranking_takes_three_steps(
    organizer: FlaskClient, session: Session
) -> None:
    page = text(organizer, PREVIEW)
    assert "The scorecards are locked. Nothing is public." in page
    assert "Compute the ranking" in page
    computed = organizer.post(f"{PREVIEW}/compute", data={"method": "additive"})
    assert (computed.status_code, computed.location) == (303, f"{PREVIEW}?run=1")
    assert "Publish run 1" in text(organizer, PREVIEW, run=1)
    confirm = text(organizer, f"{PREVIEW}/1/publish")
    assert "learns which team stands behind" in confirm
    done = organizer.post(f"{PREVIEW}/1/publish", data={"instead_of": "", "sure": "y"})
    assert done.status_code == 303
    assert [item.run.number for item in live(session)] == [1]
    assert "Run 1 is public." in text(organizer, PREVIEW)


def test_previewing_hides_names_until_they_are_asked_for(
    organizer: FlaskClient, session: Session, made: Judged
) -> None:
    compute(session, actor=SYSTEM, of=made.round, now=NOW)
    hidden = text(organizer, PREVIEW)
    assert "E-001" in hidden
    assert "Team 01" not in hidden
    shown = text(organizer, PREVIEW, names="shown")
    assert "Team 01" in shown


def test_publishing_without_confirming_keeps_the_page_and_publishes_nothing(
    organizer: FlaskClient, session: Session, made: Judged
) -> None:
    compute(session, actor=SYSTEM, of=made.round, now=NOW)
    response = organizer.post(f"{PREVIEW}/1/publish", data={"instead_of": ""})
    assert response.status_code == 422
    assert "Confirm that everybody may read the ranking." in response.get_data(as_text=True)
    assert live(session) == []


def test_publishing_after_somebody_else_did_tells_so(
    organizer: FlaskClient, session: Session, made: Judged
) -> None:
    make_public(session, made)
    answer = organizer.post(f"{PREVIEW}/1/publish", data={"instead_of": "", "sure": "y"})
    assert answer.status_code == 303
    assert "Run 1 is public already. Nothing was changed." in text(organizer, PREVIEW)
    assert len(live(session)) == 1


@pytest.mark.parametrize("seen", ["x", "-1", "1.5", "²"])
def test_publishing_with_a_forged_field_is_refused(
    organizer: FlaskClient, session: Session, made: Judged, seen: str
) -> None:
    compute(session, actor=SYSTEM, of=made.round, now=NOW)
    answer = organizer.post(f"{PREVIEW}/1/publish", data={"instead_of": seen, "sure": "y"})
    assert answer.status_code in {303, 422}
    assert live(session) == []


def test_computing_by_an_unknown_method_answers_400(organizer: FlaskClient) -> None:
    assert organizer.post(f"{PREVIEW}/compute", data={"method": "magic"}).status_code == 400


def test_computing_before_the_first_scorecard_says_why_not(
    client: FlaskClient, session: Session
) -> None:
    competition = make_competition(session)
    make_rubric(session, make_round(session, competition))
    sign_in(client, make_organizer(session, competition).id)
    assert "No scorecard is submitted yet" in text(client, PREVIEW)
    client.post(f"{PREVIEW}/compute", data={"method": "mean"})
    assert "there is nothing to rank" in text(client, PREVIEW)


def test_withdrawing_asks_for_a_reason_and_then_takes_the_ranking_back(
    organizer: FlaskClient, session: Session, made: Judged
) -> None:
    make_public(session, made)
    assert "disappears from the public pages" in text(organizer, f"{PREVIEW}/withdraw")
    refused = organizer.post(f"{PREVIEW}/withdraw", data={"reason": "  "})
    assert refused.status_code == 422
    assert len(live(session)) == 1
    assert organizer.post(f"{PREVIEW}/withdraw", data={"reason": "wrong"}).status_code == 303
    assert live(session) == []
    again = organizer.post(f"{PREVIEW}/withdraw", data={"reason": "wrong"})
    assert again.status_code == 303
    assert "withdrawn already" in text(organizer, PREVIEW)


def test_comparing_methods_names_entries_by_number_only(
    organizer: FlaskClient, made: Judged
) -> None:
    page = text(organizer, f"{PREVIEW}/compare")
    assert "Who would move" in page
    left_out = next(line for line in page.splitlines() if "Not compared here: " in line)
    assert all(label in left_out for label in ("Best estimate", "Rating scale model"))
    assert "Team 0" not in page
    assert "Work" not in page


def test_drawing_a_line_previews_who_goes_on_and_confirming_sends_them(
    organizer: FlaskClient, session: Session, made: Judged
) -> None:
    make_public(session, made)
    make_round(session, made.competition, state=RoundState.SETUP)
    page = text(organizer, f"{PREVIEW}/advance", by="percent", amount="50")
    assert "top 50\u00a0% of 4 scored entries, 2 seats." in page
    data = {"by": "percent", "amount": "50", "already": "0"}
    unsure = organizer.post(f"{PREVIEW}/advance", data=data)
    assert unsure.status_code == 422
    assert "top 50\u00a0%" in unsure.get_data(as_text=True)
    sent = organizer.post(f"{PREVIEW}/advance", data={**data, "sure": "y"})
    assert (sent.status_code, sent.location) == (303, "/c/aiac-2026/rounds/2/entries")
    final = session.scalars(select(Round.id).where(Round.position == 2)).one()
    assert len(session.scalars(select(Entry).where(Entry.round_id == final)).all()) == 4
    again = organizer.post(f"{PREVIEW}/advance", data={**data, "already": "4", "sure": "y"})
    assert again.status_code == 303
    assert "in the next round already" in text(organizer, f"{PREVIEW}/advance")


@pytest.mark.parametrize(("by", "amount"), [("top", "0"), ("percent", "101"), ("top", "1.5")])
def test_confirming_a_line_that_is_none_is_refused_in_words(
    organizer: FlaskClient, session: Session, made: Judged, by: str, amount: str
) -> None:
    make_public(session, made)
    make_round(session, made.competition, state=RoundState.SETUP)
    data = {"by": by, "amount": amount, "already": "0", "sure": "y"}
    answer = organizer.post(f"{PREVIEW}/advance", data=data)
    assert answer.status_code == 422
    assert "err-summary" in answer.get_data(as_text=True)


def test_asking_for_a_line_with_words_keeps_what_was_typed(
    organizer: FlaskClient, session: Session, made: Judged
) -> None:
    make_public(session, made)
    make_round(session, made.competition, state=RoundState.SETUP)
    page = text(organizer, f"{PREVIEW}/advance", by="top", amount="some")
    assert 'value="some"' in page
    assert "Enter a number, like 7.5." in page


def test_planning_to_advance_too_early_says_what_comes_first(
    organizer: FlaskClient, session: Session, made: Judged
) -> None:
    assert "The results are not public yet" in text(organizer, f"{PREVIEW}/advance")
    make_public(session, made)
    assert "There is no later round" in text(organizer, f"{PREVIEW}/advance")


def test_looking_on_is_for_the_committee_and_changing_is_not(
    client: FlaskClient, session: Session, made: Judged
) -> None:
    member = make_account(session, "Member Wu")
    grant(session, member, made.competition, Role.COMMITTEE)
    compute(session, actor=SYSTEM, of=made.round, now=NOW)
    sign_in(client, member.id)
    page = text(client, PREVIEW)
    assert "E-001" in page
    assert "Publish run" not in page
    assert 'action="/c/aiac-2026/rounds/1/results/compute"' not in page
    assert client.post(f"{PREVIEW}/compute", data={"method": "mean"}).status_code == 403
    assert client.get(f"{PREVIEW}/1/publish").status_code == 403
    assert client.post(f"{PREVIEW}/1/publish", data={"sure": "y"}).status_code == 403
    assert client.get(f"{PREVIEW}/withdraw").status_code == 403


def test_looking_on_as_an_observer_leads_to_what_is_public(
    client: FlaskClient, session: Session, made: Judged
) -> None:
    observer = make_account(session, "Observer Qi")
    grant(session, observer, made.competition, Role.OBSERVER)
    sign_in(client, observer.id)
    answer = client.get(PREVIEW)
    assert (answer.status_code, answer.location) == (302, "/c/aiac-2026/results")
    assert client.get(f"{PREVIEW}/compare").status_code == 403


@pytest.mark.parametrize("path", ["", "/compare", "/1/publish", "/withdraw", "/advance"])
def test_asking_as_a_stranger_answers_404(
    client: FlaskClient, session: Session, made: Judged, path: str
) -> None:
    make_public(session, made)
    sign_in(client, make_account(session, "Stranger").id)
    assert client.get(PREVIEW + path).status_code == 404
    if path not in {"", "/compare"}:
        assert client.post(PREVIEW + path, data={"sure": "y", "reason": "x"}).status_code == 404


def test_asking_for_a_run_of_another_round_answers_404(
    organizer: FlaskClient, session: Session, made: Judged
) -> None:
    compute(session, actor=SYSTEM, of=made.round, now=NOW)
    make_round(session, made.competition)
    assert session.scalars(select(ScoreRun.number)).one() == 1
    assert organizer.get("/c/aiac-2026/rounds/2/results?run=1").status_code == 404
    assert organizer.get("/c/aiac-2026/rounds/2/results/1/publish").status_code == 404
