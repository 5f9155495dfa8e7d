"""The organizer's pages: progress, one scorecard, its return, the export."""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.models import Judge, PanelSetup, Scorecard
from competition.services.scorecards import Filled, save_draft, submit_scorecard
from competition.vocabulary import Role, ScorecardState
from tests.support.builders import (
    NOW,
    assign,
    grant,
    make_account,
    make_judge,
    sign_in,
)
from tests.support.judging import Judging, make_judging
from tests.support.pages import page
from tests.support.scorecards import fill_scorecard

SCORING = "/c/aiac-2026/rounds/1/scoring"


@pytest.fixture
def judging(session: Session) -> Judging:
    """One scorecard submitted, one draft, two not begun."""
    made = make_judging(session)
    first = made.rubric.criteria[0].id
    submit_as(session, made, comment="=1+1", reasons={first: "Clear need."})
    fill_scorecard(session, made.assignment(1), made.rubric, (3,), ScorecardState.DRAFT)
    return made


def submit_as(session: Session, made: Judging, judge: int = 0, **texts: object) -> None:
    actor, assignment_id = made.actor(session, judge), made.assignment(judge).id
    filled = Filled(made.ratings(8, 9), **texts)  # type: ignore[arg-type]
    arguments = {"actor": actor, "assignment_id": assignment_id, "now": NOW}
    save_draft(session, filled=filled, revision=0, **arguments)  # type: ignore[arg-type]
    submit_scorecard(session, revision=1, **arguments)  # type: ignore[arg-type]


@pytest.fixture
def organizer(client: FlaskClient, judging: Judging) -> FlaskClient:
    sign_in(client, judging.organizer.id)
    return client


@pytest.fixture
def card(session: Session, judging: Judging) -> int:
    statement = select(Scorecard.id).where(Scorecard.assignment_id == judging.assignment().id)
    return session.scalars(statement).one()


def test_progress_names_who_is_late_and_what_is_missing(organizer: FlaskClient, card: int) -> None:
    page = organizer.get(SCORING).text
    assert "1 of 4 scorecards are in." in page
    assert "2 judges have something left." in page
    assert page.index("Judge 2") < page.index("Judge 1</a>")
    assert f'href="/scorecards/{card}"' in page
    assert "84.00" in page


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Scorecards missing"), ("zh_Hans", "作品 1")]
)
def test_progress_speaks_the_readers_language(
    organizer: FlaskClient, language: str, words: str
) -> None:
    organizer.set_cookie("language", language)
    assert words in organizer.get(SCORING).text


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [("?q=judge+2", "Judge 2", "E-001: "), ("?q=作品+1", "Work 1", "Work 2"),
     ("?state=submitted", "84.00", "Draft</span>"), ("?q=nobody", "No scorecard fits", "Work 1")],
)  # fmt: skip
def test_progress_searches_names_in_both_languages_and_filters_by_state(
    organizer: FlaskClient, query: str, shown: str, hidden: str
) -> None:
    page = organizer.get(SCORING + query).text
    assert shown in page
    assert hidden not in page.split('id="scorecards"')[1]


def test_a_search_of_the_progress_leads_back_to_all(organizer: FlaskClient) -> None:
    assert "Show all" not in organizer.get(SCORING).text
    assert f'<a href="{SCORING}">Show all</a>' in organizer.get(f"{SCORING}?q=nobody").text


def test_progress_is_for_overseers_only_and_observers_see_no_score(
    client: FlaskClient, judging: Judging, session: Session, card: int
) -> None:
    sign_in(client, judging.judges[0].account_id)
    assert client.get(SCORING).status_code in {403, 404}
    observer = make_account(session, "Observer Qi")
    grant(session, observer, judging.competition, Role.OBSERVER)
    sign_in(client, observer.id)
    page = client.get(SCORING).text
    assert "1 of 4 scorecards are in." in page
    assert "84.00" not in page
    assert f"/scorecards/{card}" not in page
    assert client.get(f"/scorecards/{card}").status_code in {403, 404}
    assert client.get(f"{SCORING}/ratings.csv").status_code in {403, 404}


def test_opening_a_submitted_scorecard_shows_ratings_texts_and_digest(
    organizer: FlaskClient, card: int
) -> None:
    page = organizer.get(f"/scorecards/{card}").text
    for words in ("84.00", "48.00", "Clear need.", "=1+1", "sha256", "Return the scorecard"):
        assert words in page


def test_opening_a_draft_of_somebody_else_finds_nothing(
    organizer: FlaskClient, judging: Judging, session: Session
) -> None:
    statement = select(Scorecard.id).where(Scorecard.assignment_id == judging.assignment(1).id)
    draft = session.scalars(statement).one()
    assert organizer.get(f"/scorecards/{draft}").status_code == 404


def test_returning_a_scorecard_needs_a_reason_and_unlocks_it(
    organizer: FlaskClient, judging: Judging, session: Session, card: int
) -> None:
    url = f"/scorecards/{card}/return"
    refused = organizer.post(url, data={"reason": ""})
    assert refused.status_code == 422
    assert "Fill this in." in refused.text
    assert organizer.post(url, data={"reason": "Look at criterion 2."}).status_code == 303
    session.expire_all()
    found = session.get_one(Scorecard, card)
    assert (found.state, found.return_reason) == (ScorecardState.RETURNED, "Look at criterion 2.")
    again = organizer.post(url, data={"reason": "Once more."})
    assert again.status_code == 409
    assert "Once more." in again.text or "not submitted" in again.text


def test_returning_by_anybody_else_finds_nothing(
    client: FlaskClient, judging: Judging, session: Session, card: int
) -> None:
    sign_in(client, judging.judges[1].account_id)
    assert client.post(f"/scorecards/{card}/return", data={"reason": "x"}).status_code == 404
    other = make_judging(session, slug="another")
    sign_in(client, other.organizer.id)
    assert client.get(f"/scorecards/{card}").status_code == 404
    assert client.post(f"/scorecards/{card}/return", data={"reason": "x"}).status_code == 404


def test_judging_organizer_reads_others_scores_only_after_their_own(
    organizer: FlaskClient, judging: Judging, session: Session, card: int
) -> None:
    own: Judge = make_judge(session, judging.competition, account=judging.organizer)
    mine = assign(session, judging.entries[0], own)
    answer = organizer.get(f"/scorecards/{card}")
    assert answer.status_code == 409
    assert "Submit your own scorecard first" in answer.text
    assert "84.00" not in organizer.get(SCORING).text
    assert "Judge 1" not in organizer.get(f"{SCORING}/ratings.csv").text
    fill_scorecard(session, mine, judging.rubric, (5, 5))
    assert organizer.get(f"/scorecards/{card}").status_code == 200
    assert "84.00" in organizer.get(SCORING).text


def test_export_as_csv_holds_every_submitted_rating_and_no_formula(
    organizer: FlaskClient,
) -> None:
    answer = organizer.get(f"{SCORING}/ratings.csv")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows == [
        ["judge", "entry", "criterion", "score", "comment"],
        ["Judge 1", "E-001", "Criterion 1", "8", "Clear need."],
        ["Judge 1", "E-001", "Criterion 2", "9", ""],
    ]
    assert 'filename="aiac-2026-1-ratings.csv"' in answer.headers["Content-Disposition"]


def test_export_as_workbook_has_a_sheet_per_track_a_matrix_and_the_texts(
    organizer: FlaskClient,
) -> None:
    answer = organizer.get(f"{SCORING}/ratings.xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    assert book.sheet_names == ["Learning", "Judges x entries", "Comments"]
    assert len(book.get_sheet_by_name("Learning").to_python()) == 3
    matrix = book.get_sheet_by_name("Judges x entries").to_python()
    assert matrix[0] == ["No.", "Judge", "E-001", "E-002"]
    assert matrix[1] == ["01", "Judge 1", 84.0, ""]
    assert book.get_sheet_by_name("Comments").to_python()[1][2] == "'=1+1"


def test_the_matrix_marks_every_scorecard_with_its_state(
    organizer: FlaskClient, session: Session, judging: Judging
) -> None:
    shown = page(organizer.get(SCORING))
    rows = {
        " ".join(row.itertext()).split()[0]: [cell.get("class") for cell in row.iter("td")][:-1]
        for row in shown.find("table.matrix tbody tr")
    }
    assert rows == {"01": ["a", "o"], "02": ["h", "o"]}
    assert [text.split()[-1] for text in shown.texts("ul.key li")[-5:]] == [
        "●submitted",
        "◐draft",
        "↺returned",
        "started",
        "×recused",
    ]


def test_a_further_judge_wanted_is_a_place_without_judge(
    organizer: FlaskClient, session: Session, judging: Judging
) -> None:
    wish = {"per_single": {str(judging.entries[0].id): 3}}
    session.add(PanelSetup(round_id=judging.round.id, wish=wish))
    assert "one place without judge" in organizer.get(SCORING).text
