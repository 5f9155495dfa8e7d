"""What everybody reads: the front page, a competition's page, and the organizer's overview."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from competition.models import Competition, LocalText
from competition.vocabulary import CompetitionState, EntryState, Role, RoundState
from tests.support.builders import (
    NOW,
    assign,
    grant,
    make_account,
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_rubric,
    make_team,
    sign_in,
)
from tests.support.pages import Page, page
from tests.support.scorecards import fill_scorecard

CHINESE = {"Accept-Language": "zh-CN"}
DAY = timedelta(days=1)


def named(session: Session, slug: str, state: CompetitionState) -> Competition:
    return make_competition(session, slug=slug, name=LocalText(en=slug.title()), state=state)


def test_home_without_competitions_says_what_will_be_here(client: FlaskClient) -> None:
    found = page(client.get("/"))
    assert found.heading == "Competitions"
    assert "There is no competition yet" in found.texts("h2")
    assert found.links("Create a competition") == []


def test_home_lists_competitions_in_groups_and_hides_drafts(
    client: FlaskClient, session: Session
) -> None:
    for slug, state in (
        ("autumn", CompetitionState.OPEN),
        ("winter", CompetitionState.JUDGING),
        ("spring", CompetitionState.CLOSED),
        ("old", CompetitionState.ARCHIVED),
        ("secret", CompetitionState.DRAFT),
    ):
        named(session, slug, state)
    found = page(client.get("/"))
    assert found.texts("h2") == ["Open for teams", "In judging", "Decided", "Archive"]
    assert found.texts("a.task-name") == ["Autumn", "Winter", "Spring", "Old"]


def test_home_shows_the_next_deadline_in_the_zone_of_the_competition(
    client: FlaskClient, session: Session
) -> None:
    make_competition(session, registration_closes_at=NOW + DAY)
    english = page(client.get("/")).texts(".note")
    assert english[0].startswith("Teams register until ")
    assert english[0].endswith("Shanghai time (UTC+8).")
    chinese = page(client.get("/", headers=CHINESE)).texts(".note")
    assert chinese[0].startswith("报名截止")


def test_home_gives_each_role_its_own_way_in(client: FlaskClient, session: Session) -> None:
    competition = make_competition(session)
    account = make_organizer(session, competition)
    make_judge(session, competition, account=account)
    sign_in(client, account.id)
    found = page(client.get("/"))
    name = competition.name.en
    assert found.links(f"Organizer in {name}") == ["/c/aiac-2026/manage"]
    assert len(found.links(f"Judge in {name}")) == 1
    assert found.links("Create a competition") == []


def test_home_offers_operators_to_create_a_competition(
    client: FlaskClient, session: Session
) -> None:
    sign_in(client, make_account(session, is_operator=True).id)
    assert page(client.get("/")).links("Create a competition") == ["/competitions/new"]


def test_show_offers_to_register_only_while_registration_is_open(
    client: FlaskClient, session: Session
) -> None:
    competition = make_competition(session, registration_closes_at=NOW + DAY)
    assert page(client.get("/c/aiac-2026")).links("Register a team")
    competition.registration_closes_at = NOW - DAY
    assert not page(client.get("/c/aiac-2026")).links("Register a team")
    competition.registration_closes_at = None
    assert page(client.get("/c/aiac-2026")).links("Register a team")
    competition.state = CompetitionState.JUDGING
    assert not page(client.get("/c/aiac-2026")).links("Register a team")


def test_show_names_rounds_tracks_and_deadlines_with_their_zone(
    client: FlaskClient, session: Session
) -> None:
    competition = make_competition(session, tracks=("Learning", "Health"))
    item = make_round(session, competition)
    make_rubric(session, item)
    found = page(client.get("/c/aiac-2026"))
    assert found.texts("h3") == ["Preliminary round"]
    assert "Health" in found.texts(".plain-list li")
    assert any(text.endswith("Shanghai time (UTC+8)") for text in found.texts("dd"))
    assert found.links("Rubric Preliminary round") == ["/c/aiac-2026/rounds/1/rubric"]
    chinese = page(client.get("/c/aiac-2026", headers=CHINESE))
    assert (chinese.heading, chinese.texts("h3")) == ("2026 人工智能应用大赛", ["初赛"])


def test_show_keeps_the_rubric_of_a_round_in_setup_to_those_who_prepare_it(
    client: FlaskClient, session: Session
) -> None:
    competition = make_competition(session)
    make_rubric(session, make_round(session, competition, state=RoundState.SETUP))
    organizer = make_organizer(session, competition)
    assert page(client.get("/c/aiac-2026")).links("Rubric Preliminary round") == []
    assert client.get("/c/aiac-2026/rounds/1/rubric").status_code == 404
    sign_in(client, organizer.id)
    assert page(client.get("/c/aiac-2026")).links("Rubric Preliminary round")
    assert client.get("/c/aiac-2026/rounds/1/rubric").status_code == 200


def test_show_of_a_draft_is_not_found_by_strangers(client: FlaskClient, session: Session) -> None:
    competition = make_competition(session, state=CompetitionState.DRAFT)
    organizer = make_organizer(session, competition)
    assert client.get("/c/aiac-2026").status_code == 404
    sign_in(client, organizer.id)
    assert client.get("/c/aiac-2026").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/c/aiac-2026/manage",
        "/c/aiac-2026/manage/settings",
        "/c/aiac-2026/manage/tracks",
        "/c/aiac-2026/manage/rounds/new",
        "/c/aiac-2026/rounds/1/settings",
        "/c/aiac-2026/rounds/1/rubric/edit",
        "/c/aiac-2026/manage/people",
        "/c/aiac-2026/manage/log",
    ],
)
def test_organizing_pages_asked_by_others_do_not_exist(
    client: FlaskClient, session: Session, path: str
) -> None:
    competition = make_competition(session)
    make_round(session, competition)
    other = make_organizer(session, make_competition(session, slug="other"))
    captain = make_team(session, competition).members[0].account
    assert captain is not None
    assert client.get(path).status_code == 302
    sign_in(client, other.id)
    assert client.get(path).status_code == 404
    sign_in(client, captain.id)
    assert client.get(path).status_code == 403


def stuck(session: Session) -> Competition:
    """A round whose judging is over while two scorecards are missing, and one being set up."""
    competition = make_competition(session, registration_closes_at=NOW + DAY)
    item = make_round(
        session,
        competition,
        state=RoundState.JUDGING,
        judges_per_entry=1,
        submissions_close_at=NOW - 3 * DAY,
        judging_closes_at=NOW - DAY,
    )
    rubric = make_rubric(session, item)
    judge = make_judge(session, competition)
    for number in range(3):
        entry = make_entry(session, item, make_team(session, competition, f"Team {number}"))
        assignment = assign(session, entry, judge)
        if number == 0:
            fill_scorecard(session, assignment, rubric, (7, 8))
    make_round(session, competition, state=RoundState.SETUP, name=LocalText(en="Final"))
    return competition


def test_manage_says_first_what_is_late(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_organizer(session, stuck(session)).id)
    found = page(client.get("/c/aiac-2026/manage"))
    texts = found.texts(".findings p")
    assert texts[0] == (
        "Preliminary round: judging closed, and 2 of 3 scorecards are late;"
        " 1 judge still owes some."
    )
    assert found.texts(".findings .tag") == ["Act", "Act", "Look"]
    assert "Final has no rubric yet." in texts


def test_manage_speaks_chinese(client: FlaskClient, session: Session) -> None:
    sign_in(client, make_organizer(session, stuck(session)).id)
    found = page(client.get("/c/aiac-2026/manage", headers=CHINESE))
    assert found.heading == "概览"
    assert found.texts(".findings p")[0] == (
        "初赛：评审已截止，应交 3 份评分表，逾期 2 份；1 位评委尚未交齐。"
    )


def test_manage_offers_one_thing_to_do_and_observers_nothing(
    client: FlaskClient, session: Session
) -> None:
    competition = stuck(session)
    organizer, observer = make_organizer(session, competition), make_account(session)
    grant(session, observer, competition, Role.OBSERVER)
    sign_in(client, organizer.id)
    assert page(client.get("/c/aiac-2026/manage")).texts("main .btn-primary") == ["Lock the scores"]
    sign_in(client, observer.id)
    seen = page(client.get("/c/aiac-2026/manage"))
    assert seen.texts("main button") == []
    assert seen.links("Settings") == []


@pytest.mark.parametrize("state", RoundState)
def test_manage_of_a_round_in_any_state_says_something_of_it(
    client: FlaskClient, session: Session, state: RoundState
) -> None:
    competition = make_competition(session)
    item = make_round(session, competition, state=state)
    make_entry(session, item, make_team(session, competition), state=EntryState.SUBMITTED)
    sign_in(client, make_organizer(session, competition).id)
    for headers in ({}, CHINESE):
        found: Page = page(client.get("/c/aiac-2026/manage", headers=headers))
        name = item.name.zh if headers else item.name.en
        assert [text for text in found.texts(".findings p") if name in text]
