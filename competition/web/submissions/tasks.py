"""An entry as a list of tasks, and as answers to check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from competition.errors import Problem
from competition.models import Competition, Entry
from competition.services.submissions.entries import incomplete
from competition.services.submissions.versions import live_files
from competition.web.formats import filesize, local
from competition.web.messages import problem_sentence


@dataclass(frozen=True)
class Task:
    """One part of the entry: the list's macro reads these names."""

    name: str
    url: str | None
    state: str
    tone: str
    note: str = ""


@dataclass(frozen=True)
class Parts:
    """How far an entry has come."""

    done: int
    total: int
    missing: Sequence[tuple[str, str]]
    """What must be there before submitting: sentence, and address of the page to go to."""

    @property
    def is_complete(self) -> bool:
        return not self.missing


PAGES = {"title": "text", "summary": "text", "files": "files"}


def tasks_of(entry: Entry, *, is_open: bool) -> list[Task]:
    """The parts with their states; links while the entry can be changed."""
    missing = {PAGES[problem.field or ""] for problem in incomplete(entry)}
    files = live_files(entry)
    rows = [
        ("text", _("Title and summary"), bool(entry.title and entry.summary), ""),
        ("track", _("Track"), True, local(entry.track.name)),
        ("repository", _("Repository address"), bool(entry.repository_url), entry.repository_url),
        ("demo", _("Live demo address"), bool(entry.demo_url), entry.demo_url),
        ("files", _("Files"), bool(files), files_in_words(files)),
    ]
    slug = entry.round.competition.slug
    return [
        Task(
            name=name,
            url=page_of(slug, entry, part) if is_open else None,
            state=_("Complete") if done else _("To do") if part in missing else _("Optional"),
            tone="plain" if done or part not in missing else "info",
            note=note,
        )
        for part, name, done, note in rows
    ]


def files_in_words(files: Sequence[Any]) -> str:
    """How many files there are, and how large: EntryFiles, or their entries in a version."""
    if not files:
        return ""
    total = sum(item["size"] if isinstance(item, dict) else item.size for item in files)
    count = ngettext("%(num)s file", "%(num)s files", len(files))
    return str(_("%(files)s, %(size)s", files=count, size=filesize(total)))


def page_of(slug: str, entry: Entry, part: str) -> str:
    """The page where a part is changed."""
    if part == "files":
        return url_for("submissions.files", slug=slug, entry_id=entry.id)
    return url_for("submissions.edit_part", slug=slug, entry_id=entry.id, part=part)


def parts_of(entry: Entry) -> Parts:
    filled = (
        bool(entry.title and entry.summary),
        True,
        bool(entry.repository_url),
        bool(entry.demo_url),
        bool(live_files(entry)),
    )
    slug = entry.round.competition.slug
    problems: Sequence[Problem] = incomplete(entry)
    return Parts(
        done=sum(filled),
        total=len(filled),
        missing=[
            (problem_sentence(item), page_of(slug, entry, PAGES[item.field or ""]))
            for item in problems
        ],
    )


@dataclass(frozen=True)
class Answer:
    """One line of the page on which a team checks its answers."""

    term: str
    text: str
    url: str
    is_address: bool = False


def answers(entry: Entry, competition: Competition) -> list[Answer]:
    """Everything that would be submitted, apart from the files."""
    slug = competition.slug
    text, track = (page_of(slug, entry, part) for part in ("text", "track"))
    rows = []
    for term, value in ((_("Title"), entry.title), (_("Summary"), entry.summary)):
        both = [part for part in (value.en, value.zh) if part]
        rows.append(Answer(term, "\n\n".join(both), text))
    rows.append(Answer(_("Track"), local(entry.track.name), track))
    for term, address, part in (
        (_("Repository address"), entry.repository_url, "repository"),
        (_("Live demo address"), entry.demo_url, "demo"),
    ):
        rows.append(Answer(term, address, page_of(slug, entry, part), is_address=bool(address)))
    return rows
