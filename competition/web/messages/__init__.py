"""Domain errors in words: code and facts to one sentence, in the reader's language.

Each feature has its own module with a table `MESSAGES`; a message names its facts in braces of
the `%(name)s` kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from competition.errors import Invalid, Problem
from competition.models import LocalText
from competition.web.formats import local
from competition.web.messages import (
    panels,
    people,
    results,
    rounds,
    rubrics,
    scorecards,
    submissions,
    tables,
)

GENERAL: dict[str, LazyString] = {
    "form_expired": _l(
        "The form was open for too long, or cookies are switched off. Send it again."
    ),
    "changed_meanwhile": _l(
        "Somebody else changed this while you were working on it. Go back, reload, and do it again."
    ),
    "wrong_state": _l("This is not possible at this stage."),
    "conflict": _l("This exists already."),
    "forbidden": _l("You may see this, but not change it."),
    "not_found": _l("This does not exist, or you may not see it."),
    "required": _l("Fill this in."),
    "too_long": _l("Shorten this to %(limit)s characters."),
}

MESSAGES: dict[str, LazyString] = {
    **GENERAL,
    **people.MESSAGES,
    **rounds.MESSAGES,
    **rubrics.MESSAGES,
    **submissions.MESSAGES,
    **panels.MESSAGES,
    **scorecards.MESSAGES,
    **results.MESSAGES,
    **tables.MESSAGES,
}


def sentence(code: str, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence for `code`; an unknown code is a mistake of ours and raises KeyError."""
    return str(MESSAGES[code]) % spelled(facts or {})


def spelled(facts: Mapping[str, Any]) -> dict[str, str]:
    """Facts as text: lists joined by commas, bilingual texts in the reader's language."""
    return {
        key: ", ".join(map(_spelled, value)) if isinstance(value, list | tuple) else _spelled(value)
        for key, value in facts.items()
    }


def _spelled(value: Any) -> str:
    return local(value) if isinstance(value, LocalText) else str(value)


def problem_sentence(problem: Problem) -> str:
    return sentence(problem.code, dict(problem.facts))


def put_on_form(form: Any, error: Invalid) -> None:
    """Write each problem beside its field; those without one go to the form's own list.

    `criteria-2-weight` is the field weight in the third row of criteria.
    """
    for problem in error.problems:
        text = problem_sentence(problem)
        if not _note(form, (problem.field or "").split("-"), text):
            form.form_errors.append(text)


def _note(holder: Any, path: list[str], text: str) -> bool:
    """Add the text to the errors of the field at the end of `path`; False if there is none."""
    field = getattr(holder, path[0], None) if path[0] else None
    if field is None:
        return False
    if len(path) == 1:
        field.errors = [*field.errors, text]
        return True
    place, rows = int(path[1]), field.entries
    if place >= len(rows) or not _note(rows[place].form, path[2:], text):
        return False
    own = [item for item in field.errors if isinstance(item, str)]
    field.errors = [*own, *(row.errors for row in rows)]  # a list keeps a copy of its rows'
    return True
