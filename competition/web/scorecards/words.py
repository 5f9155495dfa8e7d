"""Words for what is to be done with a scorecard, and small formats of its pages."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from urllib.parse import urlsplit

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from competition.queries.scorecards import DeskState
from competition.web.scorecards.blueprint import blueprint

STATES: Mapping[DeskState, LazyString] = {
    DeskState.RETURNED: _l("returned"),
    DeskState.DRAFT: _l("draft"),
    DeskState.TO_DO: _l("not started"),
    DeskState.SUBMITTED: _l("submitted"),
    DeskState.RECUSED: _l("recused"),
}
GROUPS: Mapping[DeskState, LazyString] = {
    DeskState.RETURNED: _l("Returned to you"),
    DeskState.DRAFT: _l("Draft"),
    DeskState.TO_DO: _l("Not started"),
    DeskState.SUBMITTED: _l("Submitted"),
    DeskState.RECUSED: _l("You stepped back"),
}
CELLS: Mapping[DeskState, str] = {
    DeskState.SUBMITTED: "done",
    DeskState.DRAFT: "half",
    DeskState.RETURNED: "back",
    DeskState.TO_DO: "",
    DeskState.RECUSED: "out",
}
"""The class of a cell in the strip, in the strip's order."""


def strip(counts: Mapping[DeskState, int]) -> list[tuple[str, int, str]]:
    """The strip of cells: class, count and word."""
    return [(look, counts.get(state, 0), str(STATES[state])) for state, look in CELLS.items()]


@blueprint.app_template_filter("unbroken")
def unbroken(text: str) -> Markup:
    """A number like E-073 that is never split between two lines."""
    return Markup('<span class="nowrap">%s</span>') % escape(text)


ENTRY_NUMBER = re.compile(r"\b([A-Z]+-\d+)\b")


@blueprint.app_template_filter("unbroken_numbers")
def unbroken_numbers(text: str) -> str | Markup:
    """A sentence whose entry numbers are never split between two lines; HTML stays as it is."""
    if isinstance(text, Markup):
        return text
    parts = ENTRY_NUMBER.split(str(text))
    return Markup("").join(unbroken(part) if n % 2 else part for n, part in enumerate(parts))


@blueprint.app_template_filter("host")
def host(address: str) -> str:
    """The name of the machine that a link leads to."""
    return urlsplit(address).hostname or ""


@blueprint.app_template_filter("decimal_text")
def decimal_text(number: Fraction) -> str:
    """A fraction as a decimal text of at most twelve places, for the sum in the browser."""
    return f"{float(number):.12f}".rstrip("0").rstrip(".")
