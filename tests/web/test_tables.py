"""The import pages: template, upload, dry run, one click; nobody sees another's upload."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from competition.adapters.imports import ImportStore
from competition.adapters.spreadsheets import read_table
from competition.models import AuditEntry, Competition, Judge
from competition.services.tables import FORMATS, IGNORED, TableKind
from competition.settings import Settings
from competition.web.tables.words import COLUMNS, KINDS
from tests.support.builders import (
    make_account,
    make_competition,
    make_judge,
    make_organizer,
    make_round,
    seat,
    sign_in,
)
from tests.support.pages import page

AT = "/c/aiac-2026/manage/import"
GOOD = "name,email,kind\nChen,chen@x.example,school\n"


@pytest.fixture
def competition(client: FlaskClient, session: Session) -> Competition:
    made = make_competition(session)
    make_round(session, made)
    sign_in(client, make_organizer(session, made).id)
    return made


def upload(
    client: FlaskClient, text: str | bytes, kind: str = "judges", name: str = "list.csv"
) -> TestResponse:
    """Send a file as a browser does; the body is made here, so that it needs no temporary file."""
    data = text if isinstance(text, bytes) else text.encode()
    head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    return client.post(
        f"{AT}/{kind}",
        data=head.encode() + data + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )


def plan_in(page: str) -> str:
    """The digest of the plan that the page shows."""
    return page.split('name="plan" value="')[1].split('"')[0]


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_every_kind_has_a_page_and_templates_that_it_recognises(
    client: FlaskClient, competition: Competition, lang: str
) -> None:
    assert client.get(f"{AT}?lang={lang}").status_code == 200
    for kind in TableKind:
        page = client.get(f"{AT}/{kind}?lang={lang}")
        assert page.status_code == 200
        assert 'type="file"' in page.text
        for ending in ("csv", "xlsx"):
            template = client.get(f"{AT}/{kind}/template.{ending}?lang={lang}")
            table = read_table(template.data, f"a.{ending}")
            shown = [c for c in FORMATS[kind] if c.name not in IGNORED.get(kind, ())]
            assert table.headers == tuple(column.header(lang) for column in shown)
            assert table.rows == ()


def test_every_kind_and_column_has_words() -> None:
    assert set(KINDS) == set(COLUMNS) == set(TableKind)
    for kind, columns in FORMATS.items():
        assert set(COLUMNS[kind]) == {c.name for c in columns} - IGNORED.get(kind, frozenset())


def test_uploading_then_confirming_brings_in_exactly_what_was_shown(
    client: FlaskClient, session: Session, competition: Competition, settings: Settings
) -> None:
    sent = upload(client, GOOD)
    assert sent.status_code == 303
    address = sent.headers["Location"]
    page = client.get(address).text
    assert ("Bring all of it in" in page, "Chen" in page) == (True, True)
    assert session.scalars(select(Judge)).all() == []
    done = client.post(address, data={"plan": plan_in(page)}, follow_redirects=True)
    assert "list.csv is in: 1 new, 0 changed, 0 unchanged." in done.text
    assert session.scalars(select(Judge)).one().account.email == "chen@x.example"
    log = session.scalars(select(AuditEntry.action)).all()
    assert log[-1] == "import_judges_file"
    assert "Nothing to do" in client.get(address).text


def test_confirming_after_something_changed_shows_the_new_check(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    address = upload(client, GOOD).headers["Location"]
    plan = plan_in(client.get(address).text)
    make_judge(session, competition, account=make_account(session, "Chen", email="chen@x.example"))
    answer = client.post(address, data={"plan": plan})
    assert answer.status_code == 409
    assert "Something changed since this was checked." in answer.text
    assert client.post(address, data={}).status_code == 409
    assert len(session.scalars(select(Judge)).all()) == 1


@pytest.mark.parametrize("lang", ["en", "zh_Hans"])
def test_a_wrong_file_lists_row_and_column_and_offers_no_button(
    client: FlaskClient, session: Session, competition: Competition, lang: str
) -> None:
    address = upload(client, f"{GOOD}Wang,nobody,school\n").headers["Location"]
    page = client.get(f"{address}?lang={lang}").text
    assert ("nobody" in page, 'name="plan"' in page) == (True, False)
    assert ("Row 3" in page) is (lang == "en")
    answer = client.post(f"{address}?lang={lang}", data={"plan": "x"})
    assert answer.status_code == 422
    assert session.scalars(select(Judge)).all() == []


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.csv", "The file is empty."),
        (b"PK\x03\x04 no workbook", "a.xlsx", "The .xlsx file is damaged"),
        (b"name,email\n" + b"x" * 10_000_000, "a.csv", "A cell has more than 100000 characters."),
        (b"\x89PNG\r\n\x1a\n\0", "a.csv", "This is no table."),
    ],
)
def test_what_is_no_table_is_refused_beside_the_field(
    client: FlaskClient, competition: Competition, data: bytes, name: str, words: str
) -> None:
    answer = upload(client, data, name=name)
    assert answer.status_code == 422
    assert words in answer.text


def test_uploading_nothing_or_without_a_round_says_what_is_missing(
    client: FlaskClient, competition: Competition
) -> None:
    empty = client.post(f"{AT}/judges", data={}, content_type="multipart/form-data")
    assert (empty.status_code, "Choose a file." in empty.text) == (422, True)
    answer = upload(client, "team,title\nA,B\n", "entries")
    assert (answer.status_code, "Choose the round." in answer.text) == (422, True)


def test_another_organizers_upload_answers_404(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    address = upload(client, GOOD).headers["Location"]
    sign_in(client, make_organizer(session, competition).id)
    assert client.get(address).status_code == 404
    assert client.post(address, data={"plan": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", AT),
        ("get", f"{AT}/judges"),
        ("post", f"{AT}/judges"),
        ("get", f"{AT}/judges/template.csv"),
        ("get", "/c/aiac-2026/manage/export/judges.csv"),
    ],
)
def test_people_of_other_competitions_find_nothing(
    client: FlaskClient, session: Session, competition: Competition, method: str, path: str
) -> None:
    sign_in(client, make_organizer(session, make_competition(session, "other")).id)
    assert getattr(client, method)(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    [f"{AT}/songs", f"{AT}/judges/template.pdf", f"{AT}/judges/{'0' * 64}", f"{AT}/judges/x"],
)
def test_what_there_is_not_answers_404(
    client: FlaskClient, competition: Competition, path: str
) -> None:
    assert client.get(path).status_code == 404


def test_exporting_gives_what_importing_takes(
    client: FlaskClient, session: Session, competition: Competition
) -> None:
    judge = make_judge(session, competition, "=Chen")
    seat(session, competition.rounds[0], judge)
    for ending in ("csv", "xlsx"):
        answer = client.get(f"/c/aiac-2026/manage/export/judges.{ending}?lang=zh_Hans")
        sent = upload(client, answer.data, name=f"a.{ending}")
        assert "Nothing to do" in client.get(f"{sent.headers['Location']}?lang=en").text
    assert client.get("/c/aiac-2026/manage/export/ratings.csv").status_code == 400


def test_export_of_ratings_is_the_file_that_leaves_out_what_the_reader_has_to_score(
    client: FlaskClient, competition: Competition
) -> None:
    for ending in ("csv", "xlsx"):
        answer = client.get(f"/c/aiac-2026/manage/export/ratings.{ending}?round=1")
        assert answer.location == f"/c/aiac-2026/rounds/1/scoring/ratings.{ending}"
        assert client.get(answer.location).status_code == 200


def test_index_offers_every_kind_to_bring_in_and_to_take_out(
    client: FlaskClient, competition: Competition
) -> None:
    found = page(client.get(AT))
    assert found.heading == "Import and export"
    assert [link for kind in TableKind for link in found.links(f"Import {kind.value}")] == [
        f"{AT}/{kind.value}" for kind in TableKind
    ]
    taken_out = [item.get("href", "") for item in found.find("main .summary a")]
    assert len(taken_out) == 2 * len(TableKind)
    for address in taken_out:
        assert client.get(address, follow_redirects=True).status_code == 200


def test_a_stored_upload_that_was_tampered_with_counts_as_none(tmp_path: Path) -> None:
    store = ImportStore(tmp_path)
    digest = store.put(7, "列表.csv", b"a,b\n")
    assert store.get(7, digest) == ("列表.csv", b"a,b\n")
    assert store.get(8, digest) is None
    assert store.get(7, "../../etc/passwd") is None
    (tmp_path / "7" / digest).write_bytes(b"a,c\n")
    assert store.get(7, digest) is None


def test_an_upload_is_forgotten_after_a_day(tmp_path: Path) -> None:
    import os

    store = ImportStore(tmp_path)
    digest = store.put(7, "a.csv", b"old")
    for path in (tmp_path / "7").iterdir():
        os.utime(path, (0, 0))
    store.put(7, "b.csv", b"new")
    assert store.get(7, digest) is None
    assert len(list((tmp_path / "7").iterdir())) == 2
