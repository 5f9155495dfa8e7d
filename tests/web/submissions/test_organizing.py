"""What organizers see of teams and entries, and how they screen."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from competition.models import Entry, LocalText, Round
from competition.vocabulary import EntryState, Role, RoundState
from tests.support.builders import (
    grant,
    make_account,
    make_competition,
    make_entry,
    make_organizer,
    make_round,
    make_team,
    sign_in,
)

HOME = "/c/aiac-2026"
ENTRIES = f"{HOME}/rounds/1/entries"


@pytest.fixture
def of(session: Session) -> Round:
    competition = make_competition(session, tracks=("Learning", "Health"))
    return make_round(session, competition, state=RoundState.SCREENING)


@pytest.fixture
def entry(session: Session, of: Round) -> Entry:
    team = make_team(session, of.competition, "=cmd()", "School A")
    return make_entry(
        session,
        of,
        team,
        state=EntryState.SUBMITTED,
        title=LocalText(en="Bench watcher", zh="看守"),
    )


@pytest.fixture
def organizer(client: FlaskClient, session: Session, of: Round, entry: Entry) -> FlaskClient:
    sign_in(client, make_organizer(session, of.competition).id)
    return client


def state_of(session: Session, entry: Entry) -> EntryState:
    session.refresh(entry)
    return entry.state


@pytest.mark.parametrize("language", ["en", "zh-CN"])
@pytest.mark.parametrize(
    "address",
    [
        f"{HOME}/teams",
        ENTRIES,
        f"{ENTRIES}/E-001",
        f"{ENTRIES}/E-001/return",
        f"{ENTRIES}/E-001/disqualify",
        f"{ENTRIES}/eligible",
    ],
)
def test_opening_every_page_works_in_both_languages(
    organizer: FlaskClient, address: str, language: str
) -> None:
    answer = organizer.get(address, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in answer.text


def test_finding_teams_and_entries_filters_the_lists(
    organizer: FlaskClient, session: Session, of: Round
) -> None:
    team = make_team(session, of.competition, "Team Blue", "School B")
    make_entry(session, of, team, state=EntryState.DRAFT, track=of.competition.tracks[1])
    assert "Team Blue" in organizer.get(f"{HOME}/teams?q=blue").text
    assert "No team fits" in organizer.get(f"{HOME}/teams?q=green").text
    school = team.organization_id
    assert "=cmd()" not in organizer.get(f"{HOME}/teams?school={school}").text
    assert "E-002" not in organizer.get(f"{ENTRIES}?state=submitted").text
    assert "E-001" not in organizer.get(f"{ENTRIES}?track={of.competition.tracks[1].id}").text
    assert "E-001" in organizer.get(f"{ENTRIES}?q=看守&state=nonsense&page=x").text


def test_listing_more_than_fifty_parts_them_into_pages(
    organizer: FlaskClient, session: Session, of: Round
) -> None:
    for n in range(60):
        make_team(session, of.competition, f"Team {n:02}")
    first, second = (organizer.get(f"{HOME}/teams?page={n}").text for n in (1, 2))
    assert "Team 10" in first
    assert "Team 10" not in second
    assert "Page 2 of 2" in second


@pytest.mark.parametrize("name", ["teams", "rounds/1/entries"])
def test_downloading_a_list_neutralizes_formulas(organizer: FlaskClient, name: str) -> None:
    table = organizer.get(f"{HOME}/{name}.csv")
    assert table.data.startswith(b"\xef\xbb\xbf")
    assert "'=cmd()" in table.data.decode("utf-8-sig")
    workbook = organizer.get(f"{HOME}/{name}.xlsx").data
    rows = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0).to_python()
    assert "'=cmd()" in rows[1]
    assert organizer.get(f"{HOME}/{name}.html").status_code == 404


def test_screening_one_entry_there_and_back(
    organizer: FlaskClient, session: Session, entry: Entry
) -> None:
    one = f"{ENTRIES}/E-001"
    assert organizer.post(f"{one}/eligible").status_code == 303
    assert state_of(session, entry) is EntryState.ELIGIBLE
    empty = organizer.post(f"{one}/return", data={"reason": " "})
    assert empty.status_code == 422
    assert organizer.post(f"{one}/return", data={"reason": "Page 3"}).status_code == 303
    assert "Page 3" in organizer.get(one).text
    assert organizer.post(f"{one}/disqualify", data={"reason": "Copied"}).status_code == 303
    again = organizer.post(f"{one}/return", data={"reason": "Kept as typed"})
    assert again.status_code == 409
    assert "Kept as typed" in again.text
    assert organizer.post(f"{one}/undo").status_code == 303
    assert state_of(session, entry) is EntryState.SUBMITTED
    assert organizer.post(f"{one}/undo").status_code == 409


def test_marking_all_asks_first(organizer: FlaskClient, session: Session, entry: Entry) -> None:
    assert "1 entry is submitted" in organizer.get(f"{ENTRIES}/eligible").text
    assert organizer.post(f"{ENTRIES}/eligible").status_code == 422
    assert state_of(session, entry) is EntryState.SUBMITTED
    answer = organizer.post(f"{ENTRIES}/eligible", data={"sure": "y"}, follow_redirects=True)
    assert "1 entry is eligible now." in answer.text
    assert state_of(session, entry) is EntryState.ELIGIBLE


def test_screening_tells_the_team_why(
    client: FlaskClient, session: Session, organizer: FlaskClient, entry: Entry
) -> None:
    organizer.post(f"{ENTRIES}/E-001/return", data={"reason": "The report has no page 3."})
    account_id = entry.team.members[0].account_id
    assert account_id is not None
    sign_in(client, account_id)
    page = client.get(f"{HOME}/entries/{entry.id}").text
    assert "Returned for correction" in page
    assert "The report has no page 3." in page


def test_opening_the_organizers_pages_is_not_for_teams(
    client: FlaskClient, session: Session, entry: Entry
) -> None:
    account_id = entry.team.members[0].account_id
    assert account_id is not None
    pages = (f"{HOME}/teams", f"{HOME}/teams.csv", ENTRIES, f"{ENTRIES}.csv", f"{ENTRIES}/E-001")
    assert {client.get(page).status_code for page in pages} == {302}
    sign_in(client, account_id)
    assert {client.get(page).status_code for page in pages} == {403}
    assert client.post(f"{ENTRIES}/E-001/eligible").status_code == 403
    sign_in(client, make_account(session).id)
    assert {client.get(page).status_code for page in pages} == {404}


def test_observing_shows_the_lists_without_the_buttons(
    client: FlaskClient, session: Session, of: Round, entry: Entry
) -> None:
    observer = make_account(session)
    grant(session, observer, of.competition, Role.OBSERVER)
    sign_in(client, observer.id)
    page = client.get(f"{ENTRIES}/E-001")
    assert page.status_code == 200
    assert "Mark as eligible" not in page.text
    assert client.post(f"{ENTRIES}/E-001/eligible").status_code == 403
    led = client.get(f"{HOME}/entries/{entry.id}")
    assert led.location.endswith("/rounds/1/entries/E-001")
