"""The public ranking as files."""

from __future__ import annotations

import json

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.adapters.spreadsheets import read_table
from competition.models import Entry
from competition.policies import SYSTEM
from competition.queries.results import board_of_run
from competition.services.results import compute, publish
from competition.web.results.files import export_results
from tests.support.builders import NOW
from tests.support.judged import make_judged_round

FILE = "/c/aiac-2026/results/1/results."


def make_public(session: Session) -> None:
    made = make_judged_round(session, entries=4)
    entry = session.scalars(select(Entry).where(Entry.number == "E-002")).one()
    entry.team.name = "=1+1"
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    publish(session, actor=SYSTEM, run=run, instead_of=None, now=NOW)


def test_downloading_csv_gives_all_tracks_with_a_mark_for_spreadsheets(
    client: FlaskClient, session: Session
) -> None:
    make_public(session)
    response = client.get(f"{FILE}csv")
    assert response.headers["Content-Disposition"] == (
        'attachment; filename="aiac-2026-1-results.csv"'
    )
    assert response.data.startswith(b"\xef\xbb\xbfTrack,Rank,")
    assert b"'=1+1" in response.data
    table = read_table(response.data, "results.csv")
    assert len(table.rows) == 8
    assert table.rows[0].cells[:2] == ("Learning", "1")


def test_downloading_xlsx_gives_one_sheet_a_track(client: FlaskClient, session: Session) -> None:
    make_public(session)
    data = client.get(f"{FILE}xlsx", headers={"Accept-Encoding": "br"})
    assert "Content-Encoding" not in data.headers
    for sheet in ("Learning", "Health"):
        table = read_table(data.data, "results.xlsx", sheet=sheet)
        assert [row.cells[1] for row in table.rows] == ["1", "2", "3", "4"]


def test_downloading_json_gives_what_the_page_shows_at_full_precision(
    client: FlaskClient, session: Session
) -> None:
    make_public(session)
    document = json.loads(client.get(f"{FILE}json").data)
    assert list(document) == ["about", "rules", "figures", "warnings", "tracks"]
    assert document["about"]["method"] == "additive"
    assert len(document["about"]["inputs_sha256"]) == 64
    assert document["figures"] == {
        "entries_scored": 8,
        "judges": 5,
        "judges_per_entry": [3, 3],
        "scorecards": 24,
        "scorecards_missing": 0,
    }
    first = document["tracks"][0]["entries"][0]
    assert (first["rank"], first["group"]) == (1, None)
    assert first["low"] < first["adjusted"] < first["high"]
    assert set(document["about"]["fields"]) < set(first)


def test_downloading_in_chinese_translates_the_headers(
    client: FlaskClient, session: Session
) -> None:
    make_public(session)
    text = client.get(f"{FILE}csv", headers={"Accept-Language": "zh"}).data.decode("utf-8-sig")
    assert text.startswith("赛道,名次,")


def test_downloading_another_kind_answers_404(client: FlaskClient, session: Session) -> None:
    make_public(session)
    assert client.get(f"{FILE}pdf").status_code == 404


def test_exporting_at_the_command_line_gives_the_bytes_of_the_download(
    app: Flask, client: FlaskClient, session: Session
) -> None:
    made = make_judged_round(session, entries=4)
    run = compute(session, actor=SYSTEM, of=made.round, now=NOW)
    publish(session, actor=SYSTEM, run=run, instead_of=None, now=NOW)
    for kind in ("csv", "json"):
        exported = export_results(session, competition=made.competition, of=made.round, kind=kind)
        assert exported == client.get(f"{FILE}{kind}").data
    assert board_of_run(session, run).scored == 8
