"""Receipts: what was submitted, when, and the number that stands for it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from competition.errors import NotFound
from competition.guards import session, signed_in
from competition.models import Entry, EntryVersion, LocalText
from competition.queries.submissions import VersionFile, account_names, files_of, local_of
from competition.services.submissions.versions import canonical_json
from competition.web.submissions.blueprint import blueprint
from competition.web.submissions.lookup import entry_at
from competition.web.submissions.tasks import files_in_words


@dataclass(frozen=True)
class Submitted:
    """The content of a version as pages show it."""

    title: LocalText
    summary: LocalText
    track: LocalText
    repository_url: str
    demo_url: str
    files: tuple[VersionFile, ...]


def submitted(version: EntryVersion) -> Submitted:
    content = version.content
    return Submitted(
        title=local_of(content.get("title")),
        summary=local_of(content.get("summary")),
        track=local_of(content.get("track")),
        repository_url=content.get("repository_url", ""),
        demo_url=content.get("demo_url", ""),
        files=files_of(content),
    )


def receipt_number(entry: Entry, version: EntryVersion) -> str:
    """The receipt's name: R-2026-073-02."""
    zone = ZoneInfo(entry.round.competition.zone)
    year = version.submitted_at.astimezone(zone).year
    return f"R-{year}-{entry.number.removeprefix('E-')}-{version.version:02}"


def version_of(entry: Entry, number: int) -> EntryVersion:
    for item in entry.versions:
        if item.version == number:
            return item
    raise NotFound


@blueprint.get("/c/<slug>/entries/<int:entry_id>/versions/<int:version>")
@signed_in
def receipt(slug: str, entry_id: int, version: int) -> ResponseReturnValue:
    competition, entry = entry_at(slug, entry_id)
    found = version_of(entry, version)
    names = account_names(session(), [found.submitted_by])
    return render_template(
        "submissions/receipt.html",
        competition=competition,
        entry=entry,
        version=found,
        number=receipt_number(entry, found),
        content=submitted(found),
        files_in_words=files_in_words,
        submitted_by=names.get(found.submitted_by or 0, ""),
        is_last=found is entry.versions[-1],
    )


@blueprint.get("/c/<slug>/entries/<int:entry_id>/versions/<int:version>.json")
@signed_in
def version_content(slug: str, entry_id: int, version: int) -> ResponseReturnValue:
    """The exact bytes whose sha256 is the number on the receipt."""
    _competition, entry = entry_at(slug, entry_id)
    found = version_of(entry, version)
    response = Response(canonical_json(found.content), mimetype="application/json")
    name = f"{receipt_number(entry, found)}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
