"""Every page of a competition marks the item of the navigation that it stands under."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Competition, Judge, Team
from tests.support.builders import (
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_rubric,
    make_team,
    seat,
    sign_in,
)
from tests.support.pages import page

MANAGE = "/c/aiac-2026/manage"


@pytest.fixture
def competition(client: FlaskClient, session: Session) -> Competition:
    """A judge, a team and an entry, for the organizer who is signed in."""
    made = make_competition(session)
    item = make_round(session, made)
    make_rubric(session, item)
    seat(session, item, make_judge(session, made, "Chen Li"))
    make_entry(session, item, make_team(session, made, "Spark"))
    sign_in(client, make_organizer(session, made).id)
    return made


def current(client: FlaskClient, path: str) -> list[str]:
    answer = client.get(path)
    assert (path, answer.status_code) == (path, 200)
    links = page(answer).find("header .mast-nav a")
    return ["".join(item.itertext()) for item in links if item.get("aria-current")]


def test_page_of_an_organizer_marks_the_item_it_stands_under(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    team = session.scalars(select(Team.id)).one()
    under = {
        MANAGE: "Overview",
        f"{MANAGE}/import": "Overview",
        f"{MANAGE}/import/judges": "Overview",
        f"{MANAGE}/people": "Overview",
        "/c/aiac-2026/rounds/1/rubric": "Overview",
        "/c/aiac-2026/teams": "Teams",
        f"/c/aiac-2026/teams/{team}": "Teams",
        f"/c/aiac-2026/teams/{team}/edit": "Teams",
        "/c/aiac-2026/rounds/1/entries": "Entries",
        "/c/aiac-2026/rounds/1/entries/E-001": "Entries",
        f"{MANAGE}/judges": "Judges",
        f"{MANAGE}/judges/1": "Judges",
        f"{MANAGE}/judges/new": "Judges",
        f"{MANAGE}/judges/1/drop-out/1": "Judges",
        f"{MANAGE}/conflicts": "Judges",
        "/c/aiac-2026/rounds/1/assignment": "Assignment",
        "/c/aiac-2026/rounds/1/assignment/entries/E-001": "Assignment",
        "/c/aiac-2026/rounds/1/scoring": "Scoring",
        "/c/aiac-2026/rounds/1/results": "Results",
        f"{MANAGE}/log": "Log",
    }
    assert {path: current(client, path) for path in under} == {
        path: [item] for path, item in under.items()
    }


def test_page_without_an_item_marks_the_first_for_everybody_else(
    client: FlaskClient, competition: Competition
) -> None:
    client.delete_cookie("session")
    for path in ("/c/aiac-2026", "/c/aiac-2026/rounds/1/rubric", "/c/aiac-2026/register"):
        assert (path, current(client, path)) == (path, ["Competition"])
    assert current(client, "/c/aiac-2026/results") == ["Results"]


def test_page_of_a_judge_or_a_team_marks_their_own_item(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    judge = session.scalars(select(Judge)).one()
    sign_in(client, judge.account_id)
    assert current(client, "/c/aiac-2026/rounds/1/bids") == ["My entries"]
    team = session.scalars(select(Team)).one()
    captain = team.members[0].account_id
    assert captain is not None
    sign_in(client, captain)
    assert current(client, f"/c/aiac-2026/teams/{team.id}/conflicts") == ["My team"]
