"""The blueprint that the pages of tables hang on."""

from __future__ import annotations

from flask import Blueprint
from flask_babel import gettext as _

from competition.errors import Problem
from competition.web.messages import problem_sentence

blueprint = Blueprint("tables", __name__)


@blueprint.context_processor
def words() -> dict[str, object]:
    return {"sentence_of": problem_sentence, "place": place}


def place(problem: Problem) -> str:
    """Row and column in front of a problem's sentence, where they are known."""
    if problem.row is None:
        return ""
    if problem.column is None:
        return str(_("Row %(row)s: ", row=problem.row))
    return str(_("Row %(row)s, column “%(column)s”: ", row=problem.row, column=problem.column))
