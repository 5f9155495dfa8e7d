"""Pages of judges, links and conflicts."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from competition.models import (
    Account,
    Competition,
    Judge,
    OrganizationAlias,
    PanelMember,
    SignInLink,
)
from competition.models import Conflict as ConflictRow
from competition.vocabulary import ConflictSource, ConflictStatus, Role, RoundState
from tests.support.builders import (
    grant,
    make_account,
    make_competition,
    make_judge,
    make_organization,
    make_organizer,
    make_round,
    make_team,
    sign_in,
)

LIST = "/c/aiac-2026/manage/judges"
CONFLICTS = "/c/aiac-2026/manage/conflicts"


@pytest.fixture
def competition(client: FlaskClient, session: Session) -> Competition:
    """A competition whose organizer is signed in."""
    made = make_competition(session)
    sign_in(client, make_organizer(session, made).id)
    return made


def test_the_list_names_judges_and_finds_them(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    assert "No judge yet" in client.get(LIST).text
    make_judge(session, competition, "Chen Li")
    make_judge(session, competition, "Wang Fang")
    page = client.get(LIST).text
    assert ("Chen Li" in page, "Wang Fang" in page, "2 judges" in page) == (True, True, True)
    found = client.get(f"{LIST}?q=chen&kind=industry").text
    assert ("Chen Li" in found, "Wang Fang" in found) == (True, False)
    assert "No judge fits." in client.get(f"{LIST}?kind=school").text


def test_every_page_speaks_chinese(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    make_round(session, competition)
    judge = make_judge(session, competition)
    for address in (LIST, f"{LIST}/new", f"{LIST}/{judge.number}", CONFLICTS):
        page = client.get(f"{address}?lang=zh_Hans")
        assert page.status_code == 200
        assert 'lang="zh-Hans"' in page.text
        assert "评委" in page.text


def test_adding_a_judge_seats_and_shows_them(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    of = make_round(session, competition)
    answer = client.post(
        f"{LIST}/new",
        data={"name": "Lin", "email": "lin@x.example", "kind": "school", "rounds": str(of.id)},
    )
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{LIST}/1")
    assert session.scalars(select(PanelMember.round_id)).all() == [of.id]
    assert "Lin" in client.get(f"{LIST}/1").text


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("email", "nobody", "Enter an e-mail address"),
        ("max_entries", "0", "Enter a whole number of 1 or more"),
        ("max_entries", "many", "Enter a whole number."),
        ("name", "", "Fill this in."),
        ("email", "known@x.example", "known@x.example is a judge here already."),
    ],
)
def test_adding_a_judge_with_a_wrong_field_keeps_what_was_typed(
    client: FlaskClient,
    session: Session,
    competition: Competition,
    field: str,
    value: str,
    words: str,
) -> None:
    known = make_account(session, email="known@x.example")
    make_judge(session, competition, account=known)
    data = {"name": "Lin", "email": "lin@x.example", "kind": "industry", "expertise": "NLP &c."}
    answer = client.post(f"{LIST}/new", data={**data, field: value})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="NLP &amp;c."' in answer.text
    assert session.scalar(select(func.count(Judge.id))) == 1


def test_editing_and_removing_a_judge(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    judge = make_judge(session, competition, "Lin")
    own = f"{LIST}/{judge.number}"
    assert 'value="Lin"' in client.get(f"{own}/edit").text
    data = {"name": "Lin Yue", "email": judge.account.email, "kind": "school", "phone": "1"}
    assert client.post(f"{own}/edit", data=data).status_code == 303
    session.expire_all()
    assert (judge.account.name, judge.phone) == ("Lin Yue", "1")
    assert client.post(f"{own}/remove", data={}).status_code == 422
    assert client.post(f"{own}/remove", data={"sure": "y"}).status_code == 303
    assert client.get(own).status_code == 404


def test_seats_change_on_the_judges_page(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    make_round(session, competition, state=RoundState.ASSIGNING)
    make_judge(session, competition)
    for do, count in (("seat", 1), ("unseat", 0)):
        assert client.post(f"{LIST}/1/seats/1", data={"do": do}).status_code == 303
        assert session.scalar(select(func.count(PanelMember.id))) == count
    assert client.post(f"{LIST}/1/seats/1", data={"do": "dance"}).status_code == 400
    assert client.post(f"{LIST}/1/seats/9", data={"do": "seat"}).status_code == 404


def test_a_personal_link_is_shown_once_and_works(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    judge = make_judge(session, competition)
    page = client.post(f"{LIST}/1/link").text
    token = page.split("/link/")[1].split('"')[0]
    assert f"http://localhost/link/{token}" in page
    assert token not in client.get(f"{LIST}/1").text
    other = client.application.test_client()
    assert judge.account.name in other.get(f"/link/{token}").text


def test_a_link_that_reaches_further_is_not_made(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    judge = make_judge(session, competition)
    judge.account.is_operator = True
    answer = client.post(f"{LIST}/1/link", follow_redirects=True)
    assert "only the operator can make it" in answer.text
    assert session.scalars(select(SignInLink)).all() == []


def test_links_for_all_come_as_a_file(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    make_judge(session, competition, "=Chen")
    answer = client.post(f"{LIST}/links", data={"ending": "csv"})
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"))))
    assert rows[0] == ["No.", "Name", "E-mail address", "Phone", "Sign-in link"]
    assert (rows[1][0], rows[1][1]) == ("01", "'=Chen")
    assert rows[1][4].startswith("http://localhost/link/")
    assert answer.headers["Cache-Control"] == "no-store"
    book = client.post(f"{LIST}/links", data={"ending": "xlsx"})
    assert book.data[:2] == b"PK"
    assert client.post(f"{LIST}/links", data={"ending": "pdf"}).status_code == 400


def test_conflicts_are_added_shown_and_dismissed_with_a_reason(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    judge, team = make_judge(session, competition), make_team(session, competition, "Spark")
    data = {"judge": str(judge.id), "team": str(team.id), "source": "relation", "reason": ""}
    answer = client.post(CONFLICTS, data=data)
    assert (answer.status_code, "Fill this in." in answer.text) == (422, True)
    assert client.post(CONFLICTS, data={**data, "reason": "adviser"}).status_code == 303
    again = client.post(CONFLICTS, data={**data, "reason": "once more"})
    assert (again.status_code, "once more" in again.text) == (422, True)
    made = session.scalars(select(ConflictRow)).one()
    assert "adviser" in client.get(f"{CONFLICTS}?q=spark").text
    dismiss = f"{CONFLICTS}/{made.id}/dismiss"
    assert "adviser" in client.get(dismiss).text
    assert client.post(dismiss, data={"reason": " "}).status_code == 422
    assert client.post(dismiss, data={"reason": "somebody else"}).status_code == 303
    session.expire_all()
    assert (made.status, made.decision_reason) == (ConflictStatus.DISMISSED, "somebody else")
    assert "somebody else" in client.get(CONFLICTS).text
    assert client.post(f"{CONFLICTS}/{made.id}/confirm").status_code == 303
    session.expire_all()
    assert made.status is ConflictStatus.CONFIRMED


def test_conflicts_are_looked_for_and_wait_for_a_decision(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    team = make_team(session, competition, "Spark")
    make_judge(session, competition, "Chen", organization=team.organization)
    answer = client.post(f"{CONFLICTS}/search", follow_redirects=True)
    assert "1 conflict was found." in answer.text
    assert ("Spark" in answer.text, "Same school" in answer.text) == (True, True)
    again = client.post(f"{CONFLICTS}/search", follow_redirects=True)
    assert "No further conflict was found." in again.text


def test_without_judges_or_teams_nobody_is_asked_to_add_a_conflict(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    assert "There is no judge yet." in client.get(CONFLICTS).text
    make_judge(session, competition)
    shown = client.get(CONFLICTS).text
    assert ("No team is registered yet." in shown, "<select" in shown) == (True, False)
    make_team(session, competition, "Spark")
    shown = client.get(CONFLICTS).text
    assert ("No team is registered yet." in shown, "<select" in shown) == (False, True)


def test_a_search_of_conflicts_leads_back_to_all(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    assert "Show all" not in client.get(CONFLICTS).text
    assert f'<a href="{CONFLICTS}">Show all</a>' in client.get(f"{CONFLICTS}?q=nobody").text


def test_a_further_name_of_a_school_shows_conflicts(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    team = make_team(session, competition, "Spark", "Lake College")
    other = make_organization(session, competition, "LC")
    make_judge(session, competition, "Chen", organization=other)
    names = "/c/aiac-2026/manage/organizations"
    assert "Lake College" in client.get(names).text
    data = {"organization": str(team.organization_id), "name": ""}
    assert client.post(names, data=data).status_code == 422
    added = client.post(names, data={**data, "name": "L.C."}, follow_redirects=True)
    assert "it shows 1 conflict." in added.text
    again = client.post(names, data={**data, "name": "l.c."})
    assert (again.status_code, "a school or company already" in again.text) == (422, True)
    alias = session.scalars(select(OrganizationAlias)).one()
    assert client.post(f"{names}/aliases/{alias.id}/remove").status_code == 303
    assert session.scalars(select(ConflictRow)).all() == []


def test_a_team_says_who_must_not_judge_it_and_learns_nothing(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    team = make_team(session, competition, "Spark")
    make_judge(session, competition, "Chen Wei")
    captain = team.members[0].account_id
    assert captain is not None
    sign_in(client, captain)
    own = f"/c/aiac-2026/teams/{team.id}/conflicts"
    assert client.post(own, data={"name": "Chen Wei", "reason": " "}).status_code == 422
    for name in ("Chen Wei", "Nobody"):
        answer = client.post(own, data={"name": name, "reason": "kin"}, follow_redirects=True)
        assert "Noted. The organizers see the name and your reason." in answer.text
    assert len(session.scalars(select(ConflictRow)).all()) == 1


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", LIST),
        ("get", f"{LIST}/1"),
        ("get", f"{LIST}/new"),
        ("post", f"{LIST}/new"),
        ("post", f"{LIST}/1/edit"),
        ("post", f"{LIST}/1/remove"),
        ("post", f"{LIST}/1/link"),
        ("post", f"{LIST}/links"),
        ("post", f"{LIST}/1/seats/1"),
        ("get", CONFLICTS),
        ("post", CONFLICTS),
        ("post", f"{CONFLICTS}/1/dismiss"),
        ("post", f"{CONFLICTS}/search"),
    ],
)
def test_judges_and_strangers_find_nothing(
    client: FlaskClient, session: Session, method: str, path: str
) -> None:
    competition = make_competition(session)
    make_round(session, competition)
    judge = make_judge(session, competition)
    foreign = make_competition(session, "other")
    organizer_elsewhere = make_organizer(session, foreign)
    for account in (judge.account, organizer_elsewhere):
        sign_in(client, account.id)
        status = getattr(client, method)(path).status_code
        assert status in ({403, 404} if account is judge.account else {404})


def test_an_observer_looks_but_changes_nothing(client: FlaskClient, session: Session) -> None:
    competition = make_competition(session)
    make_judge(session, competition)
    observer: Account = make_account(session)
    grant(session, observer, competition, Role.OBSERVER)
    sign_in(client, observer.id)
    judge = session.scalars(select(Judge)).one()
    known = ConflictRow(
        judge=judge,
        team=make_team(session, competition),
        source=ConflictSource.RELATION,
        reason="The captain is a niece",
        created_at=datetime.now(UTC),
    )
    session.add(known)
    session.flush()
    for address in (CONFLICTS, f"{LIST}/1"):
        shown = client.get(address)  # the form says: only organizers read it
        assert (shown.status_code, "niece" in shown.text) == (200, False)
    page = client.get(f"{LIST}/1")
    assert (page.status_code, "Make a personal link" in page.text) == (200, False)
    assert client.post(f"{LIST}/1/link").status_code == 403
