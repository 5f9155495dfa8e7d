"""Files of an entry: added, replaced, removed, put back, within limits."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from competition.errors import Conflict, Forbidden, Invalid, NotFound, WrongState
from competition.models import AuditEntry, Entry, EntryFile
from competition.policies import Actor
from competition.services.submissions.files import (
    FILES_MAX,
    ArrivedFile,
    Outcome,
    add_files,
    examine,
    put_file_back,
    remove_file,
)
from competition.services.submissions.versions import live_files
from competition.vocabulary import EntryState
from tests.support import files
from tests.support.builders import (
    NOW,
    actor_for,
    make_account,
    make_competition,
    make_entry,
    make_organizer,
    make_round,
    make_team,
)

QUOTA = 1000


@pytest.fixture
def entry(session: Session) -> Entry:
    of = make_round(session, make_competition(session))
    return make_entry(session, of, make_team(session, of.competition), state=EntryState.DRAFT)


def captain(session: Session, entry: Entry) -> Actor:
    account = entry.team.members[0].account
    assert account is not None
    return actor_for(session, account)


def arrived(name: str, size: int = 100, content: int | None = None) -> ArrivedFile:
    text = name if content is None else str(content)
    return ArrivedFile(name, "application/pdf", size, hashlib.sha256(text.encode()).hexdigest())


def add(session: Session, entry: Entry, *given: ArrivedFile, **more: object) -> list[Outcome]:
    values = {"actor": captain(session, entry), "quota": QUOTA, "now": NOW, **more}
    outcomes = add_files(session, entry=entry, files=given, **values)  # type: ignore[arg-type]
    return [outcome for _file, outcome in outcomes]


def names(entry: Entry) -> list[str]:
    return [item.name for item in live_files(entry)]


def file_named(entry: Entry, name: str) -> EntryFile:
    return next(item for item in entry.files if item.name == name)


def test_adding_files_keeps_them_in_the_draft_and_audits_them(
    session: Session, entry: Entry
) -> None:
    before = entry.revision
    assert add(session, entry, arrived("a.pdf"), arrived("b.pdf")) == [Outcome.ADDED] * 2
    assert names(entry) == ["a.pdf", "b.pdf"]
    assert entry.revision > before
    audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "add_files")).one()
    assert audited.after is not None
    assert [item[0] for item in audited.after["files"]] == ["a.pdf", "b.pdf"]


def test_adding_the_same_content_twice_says_so_and_keeps_one(
    session: Session, entry: Entry
) -> None:
    add(session, entry, arrived("a.pdf", content=1))
    assert add(session, entry, arrived("copy.pdf", content=1)) == [Outcome.ALREADY_THERE]
    assert names(entry) == ["a.pdf"]


def test_adding_a_file_of_the_same_name_replaces_the_former(session: Session, entry: Entry) -> None:
    add(session, entry, arrived("Report.pdf", content=1))
    assert add(session, entry, arrived("report.PDF", content=2)) == [Outcome.REPLACED]
    assert names(entry) == ["report.PDF"]
    assert file_named(entry, "Report.pdf").removed_at == NOW


def test_adding_a_file_in_place_of_another_replaces_that_one(
    session: Session, entry: Entry
) -> None:
    add(session, entry, arrived("a.pdf"), arrived("b.pdf"))
    old = file_named(entry, "a.pdf").id
    assert add(session, entry, arrived("c.pdf"), replaces=old) == [Outcome.REPLACED]
    assert names(entry) == ["b.pdf", "c.pdf"]


def test_adding_beyond_the_quota_or_the_count_is_refused(session: Session, entry: Entry) -> None:
    add(session, entry, arrived("a.pdf", QUOTA))
    assert add(session, entry, arrived("A.pdf", QUOTA, 5)) == [Outcome.REPLACED]
    many = [arrived(f"{n}.pdf", 1) for n in range(FILES_MAX)]
    with pytest.raises(Invalid) as caught:
        add(session, entry, *many)
    assert [(item.code, item.field) for item in caught.value.problems] == [
        ("files_too_many", "files"),
        ("files_over_quota", "files"),
    ]


def test_removing_a_file_keeps_it_to_be_put_back(session: Session, entry: Entry) -> None:
    add(session, entry, arrived("a.pdf"))
    file, who = file_named(entry, "a.pdf"), captain(session, entry)
    remove_file(session, actor=who, entry=entry, file_id=file.id, now=NOW)
    assert names(entry) == []
    remove_file(session, actor=who, entry=entry, file_id=file.id, now=NOW + timedelta(hours=1))
    assert file.removed_at == NOW
    put_file_back(session, actor=who, entry=entry, file_id=file.id, quota=QUOTA, now=NOW)
    assert names(entry) == ["a.pdf"]
    actions = session.scalars(select(AuditEntry.action)).all()
    assert (actions.count("remove_file"), actions.count("put_file_back")) == (1, 1)


def test_putting_a_file_back_over_its_successor_is_refused(session: Session, entry: Entry) -> None:
    add(session, entry, arrived("a.pdf", content=1))
    old = file_named(entry, "a.pdf")
    add(session, entry, arrived("a.pdf", content=2))
    with pytest.raises(Conflict):
        put_file_back(
            session,
            actor=captain(session, entry),
            entry=entry,
            file_id=old.id,
            quota=QUOTA,
            now=NOW,
        )


def test_touching_files_of_another_entry_finds_nothing(session: Session, entry: Entry) -> None:
    team = make_team(session, entry.round.competition, "Team 02")
    other = make_entry(session, entry.round, team, state=EntryState.DRAFT)
    add(session, other, arrived("a.pdf"))
    with pytest.raises(NotFound):
        remove_file(
            session,
            actor=captain(session, entry),
            entry=entry,
            file_id=other.files[0].id,
            now=NOW,
        )
    with pytest.raises(NotFound):
        add(session, entry, arrived("b.pdf"), actor=captain(session, other))


def test_adding_files_late_or_as_somebody_else_is_refused(session: Session, entry: Entry) -> None:
    with pytest.raises(WrongState):
        add(session, entry, arrived("a.pdf"), now=NOW + timedelta(days=9))
    organizer = actor_for(session, make_organizer(session, entry.round.competition))
    with pytest.raises(Forbidden):
        add(session, entry, arrived("a.pdf"), actor=organizer)
    with pytest.raises(NotFound):
        add(session, entry, arrived("a.pdf"), actor=actor_for(session, make_account(session)))


@pytest.mark.parametrize(
    ("name", "content", "is_too_large", "code"),
    [
        ("a.pdf", files.PDF, True, "file_too_large"),
        ("a.pdf", b"", False, "file_empty"),
        ("a.pdf", files.EXE, False, "file_content"),
        ("a.html", files.HTML, False, "file_type"),
        ("a.zip", files.zip_with_link(), False, "zip_link"),
        ("\u202e", files.PDF, False, "file_without_name"),
    ],
)
def test_examining_an_unsuitable_file_names_it_beside_the_field(
    tmp_path: Path, name: str, content: bytes, is_too_large: bool, code: str
) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(Invalid) as caught:
        examine(path, name=name, is_too_large=is_too_large, limit=10**6)
    assert [(item.code, item.field) for item in caught.value.problems] == [(code, "files")]
