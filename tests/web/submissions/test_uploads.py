"""Sending files and reading them: limits, leftovers, time of arrival, who may read."""

from __future__ import annotations

import io
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, encode_multipart

from competition.models import Entry, EntryFile
from competition.settings import Settings
from competition.vocabulary import EntryState
from tests.support import files
from tests.support.builders import (
    assign,
    make_account,
    make_competition,
    make_entry,
    make_judge,
    make_organizer,
    make_round,
    make_team,
    sign_in,
)
from tests.support.settings import settings_for

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MEBIBYTE = 1024 * 1024


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Small limits, so that tests send small files."""
    return replace(
        settings_for(database_url, tmp_path / "data"),
        upload_limit=2 * MEBIBYTE,
        team_quota=4 * MEBIBYTE,
        disk_reserve=0,
    )


@pytest.fixture
def entry(session: Session) -> Entry:
    of = make_round(session, make_competition(session))
    return make_entry(session, of, make_team(session, of.competition), state=EntryState.DRAFT)


def as_captain(client: FlaskClient, entry: Entry) -> None:
    account = entry.team.members[0].account
    assert account is not None
    sign_in(client, account.id)


def page(entry: Entry) -> str:
    return f"/c/aiac-2026/entries/{entry.id}/files"


def encoded(*given: tuple[str, bytes]) -> tuple[bytes, str]:
    """A form with files, and its content type, as a browser writes them."""
    values = {"files": [FileStorage(io.BytesIO(content), name) for name, content in given]}
    boundary, body = encode_multipart(MultiDict(values))
    return body, f"multipart/form-data; boundary={boundary}"


def send(
    client: FlaskClient, entry: Entry, *given: tuple[str, bytes], to: str = "files"
) -> TestResponse:
    body, content_type = encoded(*given)
    address = page(entry).replace("/files", f"/{to}")
    return client.post(address, input_stream=io.BytesIO(body), content_type=content_type)


def pdf(size: int) -> bytes:
    return files.PDF + b"x" * (size - len(files.PDF))


def kept(session: Session) -> list[str]:
    return list(session.scalars(select(EntryFile.name).order_by(EntryFile.id)))


def on_disk(settings: Settings, folder: str) -> int:
    return sum(item.is_file() for item in (settings.data_path / folder).rglob("*"))


def test_sending_more_than_a_request_may_hold_works_for_the_team(
    client: FlaskClient, session: Session, settings: Settings, entry: Entry
) -> None:
    as_captain(client, entry)
    answer = send(client, entry, ("a.pdf", pdf(2 * MEBIBYTE)), ("b.pdf", pdf(MEBIBYTE)))
    assert answer.status_code == 303, answer.text
    assert kept(session) == ["a.pdf", "b.pdf"]
    assert on_disk(settings, "incoming") == 0
    assert on_disk(settings, "sha256") == 2


def test_sending_a_file_above_the_limit_names_it_and_keeps_nothing(
    client: FlaskClient, session: Session, settings: Settings, entry: Entry
) -> None:
    as_captain(client, entry)
    answer = send(client, entry, ("fine.pdf", files.PDF), ("big.pdf", pdf(2 * MEBIBYTE + 1)))
    assert answer.status_code == 422
    assert "big.pdf is too large. A file has at most 2.1 MB." in answer.text
    assert kept(session) == []
    assert on_disk(settings, "incoming") == on_disk(settings, "sha256") == 0


def test_sending_more_than_the_quota_in_one_request_gets_a_page_in_words(
    client: FlaskClient, session: Session, settings: Settings, entry: Entry
) -> None:
    as_captain(client, entry)
    answer = send(client, entry, *((f"{n}.pdf", pdf(2 * MEBIBYTE)) for n in range(3)))
    assert answer.status_code == 413
    assert "This is too large" in answer.text
    assert kept(session) == []
    assert on_disk(settings, "incoming") == 0


def test_sending_a_file_without_being_signed_in_stops_at_the_general_limit(
    client: FlaskClient, settings: Settings, entry: Entry
) -> None:
    assert send(client, entry, ("a.pdf", pdf(2 * MEBIBYTE))).status_code == 413
    answer = send(client, entry, ("a.pdf", files.PDF))
    assert answer.status_code == 302
    assert "/sign-in" in answer.location
    assert on_disk(settings, "incoming") == 0


def test_sending_a_large_request_to_any_other_page_is_refused(
    client: FlaskClient, entry: Entry
) -> None:
    as_captain(client, entry)
    assert send(client, entry, ("a.pdf", pdf(2 * MEBIBYTE)), to="text").status_code == 413


def test_sending_files_to_a_foreign_entry_finds_nothing(
    client: FlaskClient, session: Session, settings: Settings, entry: Entry
) -> None:
    sign_in(client, make_account(session).id)
    assert send(client, entry, ("a.pdf", files.PDF)).status_code == 404
    assert on_disk(settings, "incoming") == on_disk(settings, "sha256") == 0


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.pdf", b"", "a.pdf is empty."),
        ("a.pdf", files.EXE, "a.pdf is not what its name says"),
        ("page.html", files.HTML, "page.html cannot be taken. Allowed are: pdf, docx"),
        ("a.zip", files.zip_of({"../x": b"a"}), "a name that leads out of its folder"),
    ],
)
def test_sending_an_unsuitable_file_says_why_beside_the_field(
    client: FlaskClient, session: Session, entry: Entry, name: str, content: bytes, words: str
) -> None:
    as_captain(client, entry)
    answer = send(client, entry, (name, content), ("good.pdf", files.PDF))
    assert answer.status_code == 422
    assert words in answer.text
    assert kept(session) == []


def test_sending_no_file_says_so(client: FlaskClient, entry: Entry) -> None:
    as_captain(client, entry)
    answer = client.post(page(entry), data={})
    assert answer.status_code == 422
    assert "Choose a file." in answer.text


def test_sending_when_the_disk_is_short_is_refused_before_it_is_kept(
    client: FlaskClient, settings: Settings, app: Flask, entry: Entry
) -> None:
    as_captain(client, entry)
    object.__setattr__(app.config["SETTINGS"], "disk_reserve", 10**18)
    answer = send(client, entry, ("a.pdf", files.PDF))
    assert answer.status_code == 422
    assert "too little room on the server" in answer.text
    assert on_disk(settings, "incoming") == 0


class Slow(io.BytesIO):
    """A body whose last bytes take their time."""

    arrived: datetime | None = None

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        got = super().readinto(buffer)
        if self.tell() == len(self.getvalue()) and self.arrived is None:
            time.sleep(0.3)
            self.arrived = datetime.now(UTC)
        return got

    def read(self, size: int | None = -1, /) -> bytes:
        rest = len(self.getvalue()) - self.tell()
        buffer = bytearray(rest if size is None or size < 0 else min(size, rest))
        self.readinto(buffer)
        return bytes(buffer)


def test_sending_slowly_counts_from_when_everything_had_arrived(
    client: FlaskClient, session: Session, entry: Entry
) -> None:
    as_captain(client, entry)
    body, content_type = encoded(("a.pdf", pdf(MEBIBYTE)))
    slow = Slow(body)
    answer = client.post(page(entry), input_stream=slow, content_type=content_type)
    assert answer.status_code == 303, answer.text
    uploaded_at = session.scalars(select(EntryFile.uploaded_at)).one()
    assert slow.arrived is not None
    assert uploaded_at >= slow.arrived


@pytest.mark.parametrize("announced", ["whole", "half"])
def test_breaking_off_half_way_leaves_nothing(
    client: FlaskClient, session: Session, settings: Settings, entry: Entry, announced: str
) -> None:
    as_captain(client, entry)
    body, content_type = encoded(("a.pdf", pdf(MEBIBYTE)))
    half = body[: len(body) // 2]
    length = len(body) if announced == "whole" else len(half)
    answer = client.post(
        page(entry),
        input_stream=io.BytesIO(half),
        content_type=content_type,
        environ_overrides={"CONTENT_LENGTH": str(length)},
    )
    assert answer.status_code == (400 if announced == "whole" else 422)
    assert kept(session) == []
    assert on_disk(settings, "incoming") == on_disk(settings, "sha256") == 0


def test_removing_replacing_and_putting_back_through_the_pages(
    client: FlaskClient, session: Session, entry: Entry
) -> None:
    as_captain(client, entry)
    send(client, entry, ("a.pdf", files.PDF))
    [first] = session.scalars(select(EntryFile.id))
    again = client.post(
        page(entry), data={"files": (io.BytesIO(files.PDF), "b.pdf")}, follow_redirects=True
    )
    assert "b.pdf is here already, with exactly this content." in again.text
    removed = client.post(f"{page(entry)}/{first}/remove", follow_redirects=True)
    assert "Put back" in removed.text
    back = client.post(f"{page(entry)}/{first}/put-back", follow_redirects=True)
    assert "a.pdf is back." in back.text
    shown = client.get(f"{page(entry)}?replaces={first}").text
    assert "In place of a.pdf" in shown
    client.post(
        page(entry), data={"files": (io.BytesIO(pdf(500)), "new.pdf"), "replaces": str(first)}
    )
    live = select(EntryFile.name).where(EntryFile.removed_at.is_(None))
    assert session.scalars(live).all() == ["new.pdf"]


# reading


def read(client: FlaskClient, address: str, wanted: str = "") -> TestResponse:
    """The answer, read to its end and closed, as a server does."""
    headers = {"Range": wanted} if wanted else {}
    return client.get(address, headers=headers, buffered=True)


def sent(client: FlaskClient, session: Session, entry: Entry, name: str, content: bytes) -> str:
    as_captain(client, entry)
    assert send(client, entry, (name, content)).status_code == 303
    [file_id] = session.scalars(select(EntryFile.id))
    return f"/entries/{entry.id}/files/{file_id}"


def test_downloading_gives_a_sealed_attachment(
    client: FlaskClient, session: Session, entry: Entry
) -> None:
    address = sent(client, session, entry, "报告.pdf", files.PDF)
    answer = read(client, address)
    assert answer.data == files.PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "%E6%8A%A5%E5%91%8A.pdf" in answer.headers["Content-Disposition"]
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.mimetype == "application/octet-stream"
    assert answer.content_length == len(files.PDF)


def test_looking_at_a_pdf_shows_it_with_its_type_and_in_ranges(
    client: FlaskClient, session: Session, entry: Entry
) -> None:
    address = sent(client, session, entry, "a.pdf", files.PDF)
    answer = read(client, f"{address}?show=1")
    assert (answer.mimetype, answer.data) == ("application/pdf", files.PDF)
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    part = read(client, f"{address}?show=1", "bytes=5-8")
    assert (part.status_code, part.data) == (206, files.PDF[5:9])
    assert part.headers["Content-Range"] == f"bytes 5-8/{len(files.PDF)}"
    beyond = read(client, f"{address}?show=1", "bytes=99999-")
    assert beyond.status_code == 416


def test_looking_at_anything_else_downloads_it(
    client: FlaskClient, session: Session, entry: Entry
) -> None:
    address = sent(client, session, entry, "a.txt", b"<b>plain</b>")
    answer = read(client, f"{address}?show=1")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert (answer.mimetype, answer.data) == ("application/octet-stream", b"<b>plain</b>")


def test_downloading_is_for_team_organizers_and_the_entrys_judges(
    client: FlaskClient, session: Session, entry: Entry
) -> None:
    address = sent(client, session, entry, "a.pdf", files.PDF)
    competition = entry.round.competition
    judge = make_judge(session, competition)
    assign(session, entry, judge)
    readers = {
        "organizer": make_organizer(session, competition),
        "judge": judge.account,
        "stranger": make_account(session),
        "other team": make_team(session, competition, "Team 02").members[0].account,
    }
    before = {}
    for name, account in readers.items():
        assert account is not None
        sign_in(client, account.id)
        before[name] = read(client, address).status_code
    assert before == {"organizer": 200, "judge": 404, "stranger": 404, "other team": 404}

    as_captain(client, entry)
    text = {"title_en": "T", "summary_en": "S"}
    client.post(f"/c/aiac-2026/entries/{entry.id}/text", data=text)
    assert client.post(f"/c/aiac-2026/entries/{entry.id}/submit").status_code == 303
    sign_in(client, judge.account.id)
    assert read(client, address).status_code == 200
    client.post("/sign-out")
    assert read(client, address).status_code == 302
