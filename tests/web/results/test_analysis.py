"""The organizer's analysis of the scores: findings, figures, certainty."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from competition.queries.results.analysing import Analysis, analyse
from competition.vocabulary import Role, RoundState
from competition.web.results import analysis as pages
from tests.support.builders import (
    grant,
    make_account,
    make_competition,
    make_organizer,
    make_round,
    make_rubric,
    sign_in,
)
from tests.support.client import settle
from tests.support.judged import Judged, make_judged_round
from tests.support.pages import Page
from tests.support.races import WAIT_SECONDS

ANALYSIS = "/c/aiac-2026/rounds/1/results/analysis"


@pytest.fixture
def made(session: Session) -> Judged:
    return make_judged_round(session, entries=6, judges=6)


@pytest.fixture
def organizer(client: FlaskClient, session: Session, made: Judged) -> FlaskClient:
    sign_in(client, make_organizer(session, made.competition).id)
    return client


def page(client: FlaskClient, address: str = ANALYSIS, language: str = "en", **query: str) -> Page:
    answer = client.get(address, query_string=query, headers={"Accept-Language": language})
    assert answer.status_code == 200
    return Page(answer)


def test_reading_the_analysis_shows_findings_judges_ranks_and_agreement(
    organizer: FlaskClient,
) -> None:
    found = page(organizer)
    assert found.heading == "Scoring analysis"
    assert found.texts("h2") == [
        "In plain words",
        "How strict each judge is",
        "What the correction changes",
        "How sure the ranks are",
        "Agreement",
        "How many judges",
        "Own organization",
    ]
    assert any("entries can be compared" in text for text in found.texts(".findings p"))
    assert len(found.find(".forest tbody tr")) == 6


def test_reading_the_analysis_in_chinese_leaves_no_english_heading(
    organizer: FlaskClient,
) -> None:
    found = page(organizer, language="zh-CN")
    assert found.heading == "评分分析"
    assert found.texts("h2")[:4] == ["要点", "评委宽严", "校正的影响", "名次有多确定"]


def test_hiding_names_leaves_no_name_of_a_judge_and_no_title_on_the_page(
    organizer: FlaskClient,
) -> None:
    hidden = organizer.get(ANALYSIS).text
    assert "Secretname" not in hidden and "Team 0" not in hidden
    shown = organizer.get(ANALYSIS, query_string={"names": "shown"}).text
    assert "Judge Secretname 1" in shown


def test_asking_for_another_line_moves_it_and_keeps_the_number_in_the_field(
    organizer: FlaskClient,
) -> None:
    found = page(organizer, track="2", line="4")
    assert found.fields["line"] == "4"
    assert "Dashed: the line after rank 4." in " ".join(found.texts(".sec-head .note"))


@pytest.mark.parametrize("line", ["0", "-3", "many", "99999999999999999999", "7.5", ""])
def test_asking_for_a_line_that_is_no_rank_shows_the_usual_one(
    organizer: FlaskClient, line: str
) -> None:
    assert page(organizer, track="1", line=line).fields["line"] == "1"


def test_asking_for_a_line_below_everybody_takes_the_last_rank(organizer: FlaskClient) -> None:
    assert page(organizer, track="1", line="500").fields["line"] == "6"


def test_asking_for_a_track_that_is_not_there_answers_404(organizer: FlaskClient) -> None:
    assert organizer.get(ANALYSIS, query_string={"track": "9"}).status_code == 404


def test_asking_for_the_best_estimate_says_whether_the_simulation_settled(
    organizer: FlaskClient,
) -> None:
    found = page(organizer, estimate="best")
    assert any("simulation has" in text for text in found.texts(".findings p"))


def test_reading_the_analysis_again_gives_the_same_page(organizer: FlaskClient) -> None:
    first, second = (organizer.get(ANALYSIS).text.split("</header>")[1] for _ in range(2))
    token = re.compile(r'(name="csrf_token"[^>]*value=)"[^"]*"')  # holds the second it was made in
    assert token.search(first)
    assert token.sub(r"\1", first) == token.sub(r"\1", second)


def test_downloading_the_analysis_gives_a_workbook(organizer: FlaskClient) -> None:
    answer = organizer.get(f"{ANALYSIS}.xlsx")
    assert answer.status_code == 200
    assert answer.data.startswith(b"PK")
    assert "aiac-2026-1-analysis.xlsx" in answer.headers["Content-Disposition"]


def test_reading_the_analysis_before_the_first_scorecard_says_what_comes(
    client: FlaskClient, session: Session
) -> None:
    competition = make_competition(session)
    of = make_round(session, competition, state=RoundState.JUDGING)
    make_rubric(session, of)
    sign_in(client, make_organizer(session, competition).id)
    found = page(client, f"/c/{competition.slug}/rounds/{of.position}/results/analysis")
    assert found.texts("main h2") == ["Nothing to analyse yet"]
    assert (
        client.get(f"/c/{competition.slug}/rounds/{of.position}/results/analysis.xlsx").status_code
        == 404
    )


@pytest.mark.parametrize("role", [Role.JUDGE, Role.TEAM, Role.OBSERVER])
def test_reading_the_analysis_is_refused_to_judges_teams_and_observers(
    client: FlaskClient, session: Session, made: Judged, role: Role
) -> None:
    account = make_account(session, "somebody@school.example")
    grant(session, account, made.competition, role)
    sign_in(client, account.id)
    assert client.get(ANALYSIS).status_code in {403, 404}
    assert client.get(f"{ANALYSIS}.xlsx").status_code in {403, 404}


def test_reading_the_analysis_is_granted_to_the_committee(
    client: FlaskClient, session: Session, made: Judged
) -> None:
    account = make_account(session, "member@school.example")
    grant(session, account, made.competition, Role.COMMITTEE)
    sign_in(client, account.id)
    assert page(client).heading == "Scoring analysis"


class Queue:
    """A lock at which the test can see how many have come."""

    def __init__(self, expected: int) -> None:
        self.lock = threading.Lock()
        self.arrived = threading.Semaphore(0)
        self.expected = expected

    def __enter__(self) -> None:
        self.arrived.release()
        self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()

    def wait_for_all(self) -> bool:
        return all(self.arrived.acquire(timeout=WAIT_SECONDS) for _ in range(self.expected))


def test_asking_several_times_at_once_calculates_once(
    app: Flask, session: Session, made: Judged, monkeypatch: pytest.MonkeyPatch
) -> None:
    clients = [app.test_client() for _ in range(3)]
    account = make_organizer(session, made.competition).id
    for client in clients:
        sign_in(client, account)
    queue, calculated = Queue(len(clients)), []

    def slow(*inputs: Any, **options: Any) -> Analysis:
        calculated.append(queue.wait_for_all())
        return analyse(*inputs, **options)

    monkeypatch.setattr(pages, "analyse", slow)
    monkeypatch.setattr(pages, "_analysing", queue)
    monkeypatch.setattr(pages, "_kept", OrderedDict())
    settle(app)
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = [*pool.map(lambda client: Page(client.get(ANALYSIS)), clients)]
    assert len({tuple(answer.texts("td")) for answer in answers}) == 1
    assert calculated == [True]


def test_reading_where_differences_come_from_adds_up(organizer: FlaskClient) -> None:
    shown = page(organizer)
    title = "Where differences between single judges’ totals come from"
    (table,) = [item for item in shown.find("table") if title in "".join(item.itertext())]
    rows = [["".join(cell.itertext()).strip() for cell in row] for row in table.iter("tr")][1:]
    shares = [row[-1] for row in rows]
    assert len(shares) == 6  # several criteria
    assert abs(sum(int(share.rstrip("\u00a0%")) for share in shares) - 100) <= 3
