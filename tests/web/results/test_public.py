"""What everybody reads of results."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.extensions import db
from competition.models import Account, Entry, Publication, Scorecard, Team, TeamMember
from competition.policies import SYSTEM
from competition.services.results import compute, publish, withdraw
from competition.vocabulary import CompetitionState, MemberKind, Method
from competition.web.labels import METHODS
from tests.support.builders import NOW, make_account, make_competition, make_round, sign_in
from tests.support.judged import Judged, make_judged_round
from tests.support.statements import counted

BOARD = "/c/aiac-2026/results/1"


def make_public(session: Session, **fields: Any) -> Judged:
    made = make_judged_round(session, **fields)
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    publish(session, actor=SYSTEM, run=run, instead_of=None, now=NOW)
    session.commit()
    return made


def test_opening_the_board_shows_the_track_with_ranks_names_and_scores(
    client: FlaskClient, session: Session
) -> None:
    make_public(session)
    page = client.get(BOARD).get_data(as_text=True)
    assert "Results: Preliminary round" in page
    assert re.findall(r'<td role="cell" class="place">(\d)', page) == list("123456")
    assert "Team 01" in page
    assert "Team 07" not in page
    assert "Team 07" in client.get(f"{BOARD}?track=2").get_data(as_text=True)


def test_opening_the_board_in_chinese_speaks_chinese(client: FlaskClient, session: Session) -> None:
    make_public(session)
    page = client.get(BOARD, headers={"Accept-Language": "zh-CN"}).get_data(as_text=True)
    assert '<html lang="zh-Hans"' in page
    assert "初赛" in page
    assert "校准分" in page


@pytest.mark.parametrize("method", Method)
def test_publishing_under_any_method_names_it_on_board_and_entry_in_both_languages(
    app: Flask, client: FlaskClient, session: Session, method: Method
) -> None:
    made = make_judged_round(session)
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW, method=method)
    publish(session, actor=SYSTEM, run=run, instead_of=None, now=NOW)
    session.commit()
    for language, locale in (("en", "en"), ("zh-CN", "zh_Hans")):
        asked = {"Accept-Language": language}
        with app.test_request_context(), force_locale(locale):
            name = escape(str(METHODS[method]))
        for address in (BOARD, f"{BOARD}/entries/E-001"):
            page = client.get(address, headers=asked).get_data(as_text=True)
            assert name in page
            assert "%(" not in page


def test_searching_finds_a_team_in_any_track(client: FlaskClient, session: Session) -> None:
    make_public(session)
    page = client.get(BOARD, query_string={"q": "team 08"}).get_data(as_text=True)
    assert page.count('<td role="cell" class="what">') == 1
    assert "Team 08" in page
    assert 'value="team 08"' in page
    assert "Health" in page


def test_searching_for_markup_shows_it_as_text(client: FlaskClient, session: Session) -> None:
    make_public(session)
    page = client.get(BOARD, query_string={"q": "<b>x"}).get_data(as_text=True)
    assert "<b>x" not in page
    assert "&lt;b&gt;x" in page


def test_paging_shows_a_hundred_rows_a_page(client: FlaskClient, session: Session) -> None:
    make_public(session, entries=101, tracks=("All",), judges=7)
    first = client.get(BOARD).get_data(as_text=True)
    second = client.get(f"{BOARD}?page=2").get_data(as_text=True)
    assert first.count('<td role="cell" class="place">') == 100
    assert second.count('<td role="cell" class="place">') == 1


@pytest.mark.parametrize(
    "query", ["track=9", "track=x", "page=0", "page=2", "page=-1", "track=1e3", "page=99999999"]
)
def test_asking_for_a_page_that_is_not_there_answers_404(
    client: FlaskClient, session: Session, query: str
) -> None:
    make_public(session)
    assert client.get(f"{BOARD}?{query}").status_code == 404


def test_opening_unpublished_results_answers_404(client: FlaskClient, session: Session) -> None:
    made = make_judged_round(session, entries=2)
    compute(session, actor=SYSTEM, of=made.round, now=NOW)
    for address in (BOARD, "/c/aiac-2026/results/2", f"{BOARD}/entries/E-001"):
        assert client.get(address).status_code == 404
    assert client.get(f"{BOARD}/results.csv").status_code == 404
    page = client.get("/c/aiac-2026/results").get_data(as_text=True)
    assert "No results are public yet" in page


def test_opening_withdrawn_results_says_that_they_were_withdrawn_not_why(
    client: FlaskClient, session: Session
) -> None:
    made = make_public(session)
    publication = session.scalars(select(Publication)).one()
    withdraw(session, actor=SYSTEM, publication=publication, reason="Lin miscounted", now=NOW)
    response = client.get(BOARD)
    page = response.get_data(as_text=True)
    assert response.status_code == 404
    assert "were withdrawn" in page
    assert "Lin miscounted" not in page
    assert made.competition.slug in page


def test_opening_results_of_a_draft_competition_answers_404(
    client: FlaskClient, session: Session
) -> None:
    made = make_public(session)
    made.competition.state = CompetitionState.DRAFT
    assert client.get(BOARD).status_code == 404
    assert client.get(f"{BOARD}/results.json").status_code == 404


def test_opening_the_list_leads_to_the_only_round_or_names_all(
    client: FlaskClient, session: Session
) -> None:
    made = make_public(session)
    only = client.get("/c/aiac-2026/results")
    assert (only.status_code, only.location) == (302, BOARD)
    final = make_round(session, made.competition)
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW, method=Method.MEAN)
    session.add(Publication(round_id=final.id, run_id=run.id, published_at=NOW))
    page = client.get("/c/aiac-2026/results").get_data(as_text=True)
    assert "/c/aiac-2026/results/1" in page
    assert "/c/aiac-2026/results/2" in page


def test_opening_any_public_page_never_names_a_judge(client: FlaskClient, session: Session) -> None:
    make_public(session)
    for address in (BOARD, f"{BOARD}/entries/E-001", f"{BOARD}/results.json",
                    f"{BOARD}/results.csv", f"{BOARD}/results.xlsx"):  # fmt: skip
        response = client.get(address)
        assert response.status_code == 200
        assert b"Secretname" not in response.data
        assert b"Said to entry" not in response.data


def test_opening_an_entry_shows_how_its_score_came_about(
    client: FlaskClient, session: Session
) -> None:
    make_public(session)
    page = client.get(f"{BOARD}/entries/E-001").get_data(as_text=True)
    for words in ("Judge A", "Judge B", "Judge C", "Severity", "Criterion 1", "Weighted total"):
        assert words in page
    assert "Judge D" not in page


@pytest.mark.parametrize(
    ("scoring", "words"),
    [
        ({"method": "mean", "round": {"total": 2}}, "Mean"),
        ({"method": "zscore", "round": {"total": 2}}, "Standardized"),
        ({"method": "trimmed", "drop_minimum": 3, "round": {"total": 2}}, "dropped"),
        (
            {"method": "trimmed", "drop_minimum": 3, "unit": "criterion",
             "round": {"criterion": 2, "weighted": 2, "total": 2}},
            "Panel",
        ),
        ({"method": "additive", "unit": "criterion"}, "Points"),
    ],
)  # fmt: skip
def test_opening_pages_under_any_method_explains_that_method(
    client: FlaskClient, session: Session, scoring: dict[str, Any], words: str
) -> None:
    make_public(session, scoring=scoring, judges=5, per_entry=4)
    for address in (BOARD, f"{BOARD}/entries/E-002"):
        response = client.get(address)
        assert response.status_code == 200
        assert words in response.get_data(as_text=True)


def test_reading_comments_is_for_members_of_the_team_only(
    client: FlaskClient, session: Session
) -> None:
    made = make_public(session)
    entry = session.get_one(Entry, made.entry_ids[0])
    account = make_account(session, "Captain Ma")
    add_captain(session, entry.team, account)
    sign_in(client, account.id)
    own = client.get(f"{BOARD}/entries/E-001")
    assert own.get_data(as_text=True).count("Said to entry 1.") == 3
    assert own.headers["Cache-Control"] == "no-store"
    assert "Secretname" not in own.get_data(as_text=True)
    other = client.get(f"{BOARD}/entries/E-002").get_data(as_text=True)
    assert "Said to entry" not in other


def add_captain(session: Session, team: Team, account: Account) -> None:
    session.add(
        TeamMember(
            team_id=team.id, competition_id=team.competition_id, kind=MemberKind.CAPTAIN,
            name=account.name, email=account.email, account_id=account.id,
        )
    )  # fmt: skip
    session.flush()


def test_opening_an_unscored_entry_says_so(client: FlaskClient, session: Session) -> None:
    made = make_judged_round(session, entries=3, tracks=("All",))
    for card in session.scalars(
        select(Scorecard)
        .join(Scorecard.assignment)
        .where(Scorecard.assignment.property.mapper.class_.entry_id == made.entry_ids[0])
    ):
        session.delete(card)
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    publish(session, actor=SYSTEM, run=run, instead_of=None, now=NOW)
    page = client.get(f"{BOARD}/entries/E-001").get_data(as_text=True)
    assert "No score" in page
    assert client.get(BOARD).status_code == 200


def test_opening_the_board_sends_as_many_statements_for_30_entries_as_for_one(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    counts = []
    for place, entries in enumerate((1, 30)):
        make_public(session, entries=entries, tracks=("All",), slug=f"c-{place}")
        with counted(db.engine) as sent:
            assert client.get(f"/c/c-{place}/results/1").status_code == 200
        board = len(sent)
        with counted(db.engine) as sent:
            assert client.get(f"/c/c-{place}/results/1/entries/E-001").status_code == 200
        counts.append((board, len(sent)))
    assert counts[0] == counts[1]


def test_opening_results_of_a_competition_without_rounds_says_what_will_come(
    client: FlaskClient, session: Session
) -> None:
    make_competition(session)
    response = client.get("/c/aiac-2026/results")
    assert response.status_code == 200
    assert "No results are public yet" in response.get_data(as_text=True)
