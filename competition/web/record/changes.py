"""The before and after of an audit entry as lines that people can read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from competition.models import AuditEntry, LocalText
from competition.web.formats import MISSING, hash_groups, local, moment
from competition.web.labels import label
from competition.web.record.words import ACTS, ENUMS, FIELDS, HIDDEN_FIELDS, THINGS

Path = tuple[str | int, ...]
OWN_VALUES: Mapping[str, str] = {"save_draft": "ratings"}
"""Acts whose values are nobody's but their author's: a draft can be read by its judge alone.

The log keeps them; what was handed in is read on the scorecard.
"""


ADDRESS = re.compile(r"[^\s<>(),;:，；：（）]+@[^\s<>(),;:，；：（）]+")
"""An e-mail address, wherever in a text it stands."""

PUBLIC_ADDRESS = ("contact_email",)
"""The one that stands on the competition's page."""


@dataclass(frozen=True)
class Change:
    """One field: what it was and what it is; None where there was or is nothing to tell."""

    field: str
    before: str | None
    after: str | None


def act_words(action: str) -> str:
    """What was done; an act without words is shown by its name."""
    return str(ACTS.get(action) or action.replace("_", " "))


def thing_words(object_type: str) -> str:
    return str(THINGS.get(object_type) or object_type.replace("_", " "))


def changes_of(entry: AuditEntry, zone: str, *, with_contacts: bool) -> list[Change]:
    """Every value that differs, in the order of the fields.

    Without contacts no e-mail address and no telephone number can be read.
    """
    before, after = dict(_leaves(entry.before)), dict(_leaves(entry.after))

    def words(path: Path, values: Mapping[Path, Any]) -> str | None:
        if path not in values:
            return None
        text = _words(entry, path, values[path], zone)
        return text if with_contacts or path == PUBLIC_ADDRESS else ADDRESS.sub("…", text)

    return [
        Change(_field_words(path), None, _("changed"))
        if path[0] == OWN_VALUES.get(entry.action) or (path[-1] == "phone" and not with_contacts)
        else Change(_field_words(path), words(path, before), words(path, after))
        for path in dict.fromkeys([*before, *after])
        if before.get(path) != after.get(path)
    ]


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every single value with the way to it; a bilingual text is one value."""
    if isinstance(value, dict) and not _is_local_text(value):
        for key, item in value.items():
            if key not in HIDDEN_FIELDS:
                yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value, start=1):
            yield from _leaves(item, (*path, number))
    elif path and value not in (None, "", {}):
        yield path, value


def _is_local_text(value: dict[str, Any]) -> bool:
    return bool(value) and value.keys() <= {"en", "zh"}


def _field_words(path: Path) -> str:
    """`criterion 2 · weight`."""
    if path == ("round",):  # within a rule book the same word is the rounding
        return str(THINGS["round"])
    words: list[str] = []
    for part in path:
        if isinstance(part, int) or part.isdecimal():
            words[-1] += f" {part}"
        else:
            words.append(str(FIELDS.get(part) or part.replace("_", " ")))
    return " · ".join(words)


def _words(entry: AuditEntry, path: Path, value: Any, zone: str) -> str:
    name = next(part for part in reversed(path) if isinstance(part, str))
    kind = ENUMS.get(f"{entry.object_type}.{name}") or ENUMS.get(name)
    match value:
        case bool():
            return str(_("yes") if value else _("no"))
        case dict():
            return local(LocalText(**value)) or MISSING
        case str() if kind is not None and value in set(kind):
            return label(kind(value))
        case str() if name == "sha256" or name.endswith("digest"):
            return hash_groups(value)
        case str() if name.endswith("_at"):
            return moment(datetime.fromisoformat(value), zone)
        case _:
            return str(value)
