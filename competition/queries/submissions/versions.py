"""What was submitted last, as judges may see it, and who may read its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from competition.models import Assignment, Conflict, Entry, EntryFile, EntryVersion, LocalText
from competition.policies.subjects import Subject, subject_of
from competition.vocabulary import AssignmentState, ConflictStatus

READING_STATES = (AssignmentState.CONFIRMED, AssignmentState.DONE)
"""Assignments in which a judge reads the entry."""


@dataclass(frozen=True)
class VersionFile:
    """A file as a submitted version names it."""

    id: int
    name: str
    size: int
    media_type: str
    sha256: str


@dataclass(frozen=True)
class JudgedEntry:
    """What judges see of an entry: its last submitted version, without team, school or people."""

    entry_id: int
    number: str
    version: int
    digest: str
    title: LocalText
    summary: LocalText
    track: LocalText
    repository_url: str
    demo_url: str
    files: tuple[VersionFile, ...]


def local_of(value: Any) -> LocalText:
    """A text of a version's content."""
    return LocalText(en=value.get("en", ""), zh=value.get("zh", "")) if value else LocalText()


def files_of(content: Mapping[str, Any]) -> tuple[VersionFile, ...]:
    """The files that a version's content names."""
    return tuple(
        VersionFile(
            id=item["id"],
            name=item["name"],
            size=item["size"],
            media_type=item["media_type"],
            sha256=item["sha256"],
        )
        for item in content.get("files", ())
    )


def entry_for_judges(session: Session, entry_id: int) -> JudgedEntry | None:
    """The last submitted version of an entry as judges may see it; None when there is none.

    Asks no permission: the caller has authorized JUDGE_ENTRY on the assignment.
    """
    row = session.execute(
        select(Entry.number, EntryVersion)
        .join(EntryVersion, EntryVersion.entry_id == Entry.id)
        .where(Entry.id == entry_id)
        .order_by(EntryVersion.version.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    number, version = row
    content = version.content
    return JudgedEntry(
        entry_id=entry_id,
        number=number,
        version=version.version,
        digest=version.digest,
        title=local_of(content.get("title")),
        summary=local_of(content.get("summary")),
        track=local_of(content.get("track")),
        repository_url=content.get("repository_url", ""),
        demo_url=content.get("demo_url", ""),
        files=files_of(content),
    )


def file_to_read(
    session: Session, *, entry_id: int, file_id: int
) -> tuple[EntryFile, Subject] | None:
    """A file of an entry and what the permission table asks about it.

    Judges come in with a confirmed assignment and no conflict, only to what the last version holds.
    """
    file = session.scalar(
        select(EntryFile)
        .where(EntryFile.id == file_id, EntryFile.entry_id == entry_id)
        .options(joinedload(EntryFile.entry).joinedload(Entry.round))
    )
    if file is None:
        return None
    last = session.scalar(
        select(EntryVersion)
        .where(EntryVersion.entry_id == entry_id)
        .order_by(EntryVersion.version.desc())
        .limit(1)
    )
    judges: frozenset[int] = frozenset()
    if last is not None and file.id in {item.id for item in files_of(last.content)}:
        judges = frozenset(
            session.scalars(
                select(Assignment.judge_id).where(
                    Assignment.entry_id == entry_id,
                    Assignment.state.in_(READING_STATES),
                    ~select(Conflict.id)
                    .where(
                        Conflict.judge_id == Assignment.judge_id,
                        Conflict.team_id == file.entry.team_id,
                        Conflict.status != ConflictStatus.DISMISSED,
                    )
                    .exists(),
                )
            )
        )
    return file, replace(subject_of(file), judge_ids=judges)
