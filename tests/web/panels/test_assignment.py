"""The assignment page: propose, look, change by hand, confirm."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.models import Assignment, Competition, Entry, Judge, Round
from competition.vocabulary import AssignmentState, RoundState
from tests.support.builders import (
    assign,
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_team,
    seat,
    sign_in,
)

PAGE = "/c/aiac-2026/rounds/1/assignment"


@pytest.fixture
def of(client: FlaskClient, session: Session) -> Round:
    """A round in assigning with 4 entries and 3 seated judges; its organizer is signed in."""
    competition = make_competition(session)
    made = make_round(session, competition, state=RoundState.ASSIGNING, judges_per_entry=2)
    for n in range(4):
        make_entry(session, made, make_team(session, competition, f"Team {n}", f"School {n}"))
    for name in "ABC":
        seat(session, made, make_judge(session, competition, f"Judge {name}"))
    sign_in(client, make_organizer(session, competition).id)
    return made


def test_before_a_proposal_the_page_says_what_it_will_do(client: FlaskClient, of: Round) -> None:
    page = client.get(PAGE).text
    assert "4 entries, 2 judges each, 3 judges on the panel." in page
    assert ("Propose an assignment" in page, "matrix" in page) == (True, False)


def test_proposing_then_confirming_tells_the_judges(
    client: FlaskClient, session: Session, of: Round
) -> None:
    answer = client.post(f"{PAGE}/propose", follow_redirects=True)
    assert "8 places filled anew" in answer.text
    assert "8 of 8" in answer.text
    assert answer.text.count("●") == 8 + 1  # and the key
    assert "Confirm 8 assignments" in answer.text
    assert (
        "8 assignments are confirmed" in client.post(f"{PAGE}/confirm", follow_redirects=True).text
    )
    assert set(session.scalars(select(Assignment.state))) == {AssignmentState.CONFIRMED}
    for view in ("entries", "judges"):
        assert "Judge B" in client.get(f"{PAGE}?view={view}").text
    chinese = client.get(f"{PAGE}?lang=zh_Hans").text
    assert "评委" in chinese


def test_a_proposal_that_cannot_be_whole_is_explained_in_both_languages(
    client: FlaskClient, session: Session, of: Round
) -> None:
    of.judges_per_entry = 3
    seat(session, of, make_judge(session, of.competition, "Judge D"))
    first = session.scalars(select(Entry).where(Entry.number == "E-001")).one()
    for colleague in session.scalars(select(Judge).where(Judge.number < 3)):
        colleague.organization = first.team.organization
    page = client.post(f"{PAGE}/propose", follow_redirects=True).text
    assert "1 place cannot be filled" in page
    assert "E-001 lacks 1 judge: only 2 of the panel may take it (2 × same organization)." in page
    assert "11 of 12" in page
    assert "E-001" in client.get(f"{PAGE}?lang=zh_Hans").text


def test_changing_by_hand_locks_refuses_and_removes(
    client: FlaskClient, session: Session, of: Round
) -> None:
    own = f"{PAGE}/entries/E-001"
    assert client.post(f"{own}/assign", data={"judge": "1"}).status_code == 303
    page = client.get(own).text
    assert "kept by hand" in page
    again = client.post(f"{own}/assign", data={"judge": "1"})
    assert (again.status_code, "Judge A has E-001 already." in again.text) == (422, True)
    made = session.scalars(select(Assignment)).one()
    for do, locked in (("unlock", False), ("lock", True)):
        assert client.post(f"{PAGE}/{made.id}", data={"do": do}).status_code == 303
        session.expire_all()
        assert made.is_locked is locked
    address = f"{PAGE}/{made.id}"
    assert client.post(address, data={"do": "remove"}).status_code == 303
    assert session.scalar(select(func.count(Assignment.id))) == 0
    assert client.post(address, data={"do": "remove"}).status_code == 404
    assert client.post(f"{own}/assign", data={"judge": "77"}).status_code == 404
    assert client.get(f"{PAGE}/entries/E-999").status_code == 404


def test_a_conflict_shows_beside_the_judge_and_is_refused(
    client: FlaskClient, session: Session, of: Round
) -> None:
    team = make_team(session, of.competition, "Ours", "School Z")
    make_entry(session, of, team)
    judge = make_judge(session, of.competition, "Judge Z", organization=team.organization)
    seat(session, of, judge)
    own = f"{PAGE}/entries/E-005"
    assert "same organization" in client.get(own).text
    answer = client.post(f"{own}/assign", data={"judge": str(judge.number)})
    assert answer.status_code == 422
    assert "Judge Z belongs to the same organization as the team of E-005." in answer.text


def test_the_list_can_be_downloaded_and_imported_again(
    client: FlaskClient, session: Session, of: Round
) -> None:
    client.post(f"{PAGE}/propose")
    for lang in ("en", "zh_Hans"):
        answer = client.get(f"{PAGE}.csv?lang={lang}")
        assert answer.status_code == 200
        sent = client.post(
            "/c/aiac-2026/manage/import/assignments",
            data={"round": "1", "file": (io.BytesIO(answer.data), "a.csv")},
            content_type="multipart/form-data",
        )
        assert sent.status_code == 303
        assert "Nothing to do" in client.get(f"{sent.headers['Location']}&lang=en").text
    assert client.get(f"{PAGE}.xlsx").data[:2] == b"PK"
    assert client.get(f"{PAGE}.pdf").status_code == 404


def test_a_round_past_judging_shows_but_does_not_change(
    client: FlaskClient, session: Session, of: Round
) -> None:
    client.post(f"{PAGE}/propose")
    of.state = RoundState.LOCKED
    page = client.get(PAGE).text
    assert ("Assignments are closed" in page, "Propose again" in page) == (True, False)
    assert client.post(f"{PAGE}/propose").status_code == 409
    assert client.post(f"{PAGE}/confirm").status_code == 409


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", PAGE),
        ("post", f"{PAGE}/propose"),
        ("post", f"{PAGE}/confirm"),
        ("get", f"{PAGE}/entries/E-001"),
        ("post", f"{PAGE}/entries/E-001/assign"),
        ("get", f"{PAGE}.csv"),
    ],
)
def test_judges_and_other_organizers_are_kept_out(
    client: FlaskClient, session: Session, of: Round, method: str, path: str
) -> None:
    judge = session.scalars(select(Judge).where(Judge.number == 1)).one()
    other: Competition = make_competition(session, "other")
    for account_id, allowed in (
        (judge.account_id, {403, 404}),
        (make_organizer(session, other).id, {404}),
    ):
        sign_in(client, account_id)
        assert getattr(client, method)(path).status_code in allowed


def test_an_assignment_of_another_round_answers_404(
    client: FlaskClient, session: Session, of: Round
) -> None:
    later = make_round(session, of.competition, state=RoundState.ASSIGNING)
    team = make_team(session, of.competition, "Later")
    judge = make_judge(session, of.competition)
    made = assign(session, make_entry(session, later, team), judge)
    assert client.post(f"{PAGE}/{made.id}", data={"do": "remove"}).status_code == 404
