"""The files of an entry: examined, added, replaced, removed and put back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from competition.adapters.archives import UnsafeArchive
from competition.adapters.file_types import UnsuitableFile, clean_name, media_type_of
from competition.errors import Conflict, Invalid, NotFound, Problem
from competition.models import Entry, EntryFile
from competition.policies import Actor, Permission, authorize
from competition.services.record import audit
from competition.services.submissions.locking import hold_open
from competition.services.submissions.versions import live_files

FILES_MAX = 20
"""Files of one entry."""


@dataclass(frozen=True)
class ArrivedFile:
    """A file that was examined and is in the storage, but belongs to no entry yet."""

    name: str
    media_type: str
    size: int
    sha256: str


class Outcome(StrEnum):
    """What became of a file that was sent."""

    ADDED = "added"
    REPLACED = "replaced"
    ALREADY_THERE = "already_there"


def examine(path: Path, *, name: str, is_too_large: bool, limit: int) -> str:
    """The media type of an incoming file; Invalid (field `files`) says what is wrong with it.

    Reads the file, so call it outside of a transaction.
    """
    name = clean_name(name)
    if not name:
        raise Invalid.one("file_without_name", field="files")
    if is_too_large:
        raise Invalid.one("file_too_large", field="files", name=name, limit=f"{limit / 1e6:.1f}")
    try:
        return media_type_of(path, name)
    except (UnsuitableFile, UnsafeArchive) as error:
        raise Invalid.one(error.code, field="files", name=name, **error.facts) from None


def check_before_upload(session: Session, *, actor: Actor, entry: Entry, now: datetime) -> None:
    """Refuse what `add_files` would refuse in any case, before files are looked at."""
    authorize(actor, Permission.EDIT_ENTRY, entry)
    hold_open(session, entry, arrived=now)


def add_files(
    session: Session,
    *,
    actor: Actor,
    entry: Entry,
    files: Sequence[ArrivedFile],
    replaces: int | None = None,
    quota: int,
    now: datetime,
) -> list[tuple[ArrivedFile, Outcome]]:
    """Add files to the draft; one of the same name, or number `replaces`, makes room for it.

    The same content twice is not added again. All or nothing: Invalid (field `files`) when there
    would be too many, or more bytes than `quota`.
    """
    authorize(actor, Permission.EDIT_ENTRY, entry)
    hold_open(session, entry, arrived=now)
    before = _named(entry)
    outcomes = []
    for file in files:
        outcomes.append((file, _place(session, actor, entry, file, replaces, now)))
        replaces = None
    _within_limits(entry, quota)
    if any(outcome is not Outcome.ALREADY_THERE for _file, outcome in outcomes):
        flag_modified(entry, "title")  # files are part of the draft: other forms are out of date
        _audit(session, actor, "add_files", entry, before, now)
    return outcomes


def _place(
    session: Session,
    actor: Actor,
    entry: Entry,
    file: ArrivedFile,
    replaces: int | None,
    now: datetime,
) -> Outcome:
    live = live_files(entry)
    if any(item.sha256 == file.sha256 for item in live):
        return Outcome.ALREADY_THERE
    former = [
        item for item in live if item.id == replaces or item.name.casefold() == file.name.casefold()
    ]
    for item in former:
        item.removed_at = now
    entry.files.append(
        EntryFile(
            name=file.name,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            uploaded_by=actor.account_id,
            uploaded_at=now,
        )
    )
    session.flush()
    return Outcome.REPLACED if former else Outcome.ADDED


def remove_file(
    session: Session, *, actor: Actor, entry: Entry, file_id: int, now: datetime
) -> EntryFile:
    """Take a file out of the draft; versions that held it keep it, and it can be put back."""
    file = _file_of(session, actor, entry, file_id, now)
    if file.removed_at is None:
        before = _named(entry)
        file.removed_at = now
        flag_modified(entry, "title")
        _audit(session, actor, "remove_file", entry, before, now)
    return file


def put_file_back(
    session: Session, *, actor: Actor, entry: Entry, file_id: int, quota: int, now: datetime
) -> EntryFile:
    """Undo a removal; Conflict when a file of that name or content took its place."""
    file = _file_of(session, actor, entry, file_id, now)
    if file.removed_at is not None:
        for other in live_files(entry):
            if other.sha256 == file.sha256 or other.name.casefold() == file.name.casefold():
                raise Conflict("file_has_successor", name=file.name)
        before = _named(entry)
        file.removed_at = None
        _within_limits(entry, quota)
        flag_modified(entry, "title")
        _audit(session, actor, "put_file_back", entry, before, now)
    return file


def _file_of(
    session: Session, actor: Actor, entry: Entry, file_id: int, now: datetime
) -> EntryFile:
    authorize(actor, Permission.EDIT_ENTRY, entry)
    hold_open(session, entry, arrived=now)
    for item in entry.files:
        if item.id == file_id:
            return item
    raise NotFound


def _within_limits(entry: Entry, quota: int) -> None:
    live = live_files(entry)
    problems = []
    if len(live) > FILES_MAX:
        problems.append(Problem.of("files_too_many", field="files", limit=FILES_MAX))
    total = sum(item.size for item in live)
    if total > quota:
        problems.append(
            Problem.of(
                "files_over_quota",
                field="files",
                limit=f"{quota / 1e6:.1f}",
                total=f"{total / 1e6:.1f}",
            )
        )
    if problems:
        raise Invalid(problems)


def _named(entry: Entry) -> dict[str, object]:
    return {"files": [[item.name, item.size, item.sha256] for item in live_files(entry)]}


def _audit(
    session: Session,
    actor: Actor,
    action: str,
    entry: Entry,
    before: dict[str, object],
    now: datetime,
) -> None:
    audit(
        session,
        actor=actor,
        action=action,
        now=now,
        thing=entry,
        name=entry.number,
        competition_id=entry.round.competition_id,
        before=before,
        after=_named(entry),
    )
