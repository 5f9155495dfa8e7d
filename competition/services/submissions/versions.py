"""What a team hands in at one instant: its exact content and the number on the receipt."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.orm.attributes import flag_modified

from competition.models import Entry, EntryFile, EntryVersion, LocalText
from competition.services.record import plain

OWN_PARTS = ("title", "summary", "repository_url", "demo_url", "files")


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """The one way to write `content` down: sorted keys, no blanks, UTF-8.

    >>> canonical_json({"b": "作品", "a": 1}).decode()
    '{"a":1,"b":"作品"}'
    """
    return json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def digest_of(content: Mapping[str, Any]) -> str:
    """The sha256 of the canonical JSON: the number on the receipt."""
    return hashlib.sha256(canonical_json(content)).hexdigest()


def live_files(entry: Entry) -> list[EntryFile]:
    """The files of the draft, without those removed."""
    return [item for item in entry.files if item.removed_at is None]


def draft_content(entry: Entry) -> dict[str, Any]:
    """The working draft as a version would hold it, without number and instant."""
    of = entry.round
    return {
        "competition": of.competition.slug,
        "round": plain(of.name),
        "number": entry.number,
        "team": entry.team.name,
        "track": {"id": entry.track_id, **plain(entry.track.name)},
        "title": plain(entry.title),
        "summary": plain(entry.summary),
        "repository_url": entry.repository_url,
        "demo_url": entry.demo_url,
        "files": [
            {
                "id": item.id,
                "name": item.name,
                "size": item.size,
                "sha256": item.sha256,
                "media_type": item.media_type,
            }
            for item in live_files(entry)
        ],
    }


def differs(entry: Entry, last: EntryVersion | None) -> bool:
    """Whether the draft is not what the last version holds."""
    if last is None:
        return True
    return _of_the_team(last.content) != _of_the_team(draft_content(entry))


def _of_the_team(content: Mapping[str, Any]) -> list[Any]:
    """What the team itself decides: a new name of the team or track is no change of the entry."""
    return [content.get("track", {}).get("id"), *(content.get(key) for key in OWN_PARTS)]


def restore(entry: Entry, version: EntryVersion, *, now: datetime) -> None:
    """Make the draft what the version holds; the caller holds the entry and its competition."""
    content = version.content
    entry.title, entry.summary = (LocalText(**content[name]) for name in ("title", "summary"))
    entry.repository_url, entry.demo_url = content["repository_url"], content["demo_url"]
    if any(item.id == content["track"]["id"] for item in entry.round.competition.tracks):
        entry.track_id = content["track"]["id"]
    held = {item["id"] for item in content["files"]}
    for file in entry.files:
        is_removed = file.removed_at is not None
        if is_removed is (file.id in held):
            file.removed_at = None if is_removed else now
    flag_modified(entry, "title")


def last_of(versions: Sequence[EntryVersion]) -> EntryVersion | None:
    return versions[-1] if versions else None


def new_version(entry: Entry, *, account_id: int | None, submitted_at: datetime) -> EntryVersion:
    """Append the next version with the content of the draft; the entry is held by the caller."""
    last = last_of(entry.versions)
    number = last.version + 1 if last else 1
    content = {
        **draft_content(entry),
        "version": number,
        "submitted_at": submitted_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
    }
    version = EntryVersion(
        version=number,
        content=content,
        digest=digest_of(content),
        submitted_by=account_id,
        submitted_at=submitted_at,
    )
    entry.versions.append(version)
    return version
