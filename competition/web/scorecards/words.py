"""Words for what is to be done with a scorecard, and small formats of its pages."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from urllib.parse import urlsplit

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

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


@blueprint.app_template_filter("host")
def host(address: str) -> str:
    """The name of the machine that a link leads to."""
    return urlsplit(address).hostname or ""


@blueprint.app_template_filter("decimal_text")
def decimal_text(number: Fraction) -> str:
    """A fraction as a decimal text of at most twelve places, for the sum in the browser."""
    return f"{float(number):.12f}".rstrip("0").rstrip(".")
