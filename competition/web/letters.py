"""Letters in the language of whoever gets them."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_babel import force_locale
from flask_babel import gettext as _

from competition.guards import setting
from competition.models import Competition, Round
from competition.queries.scorecards import LateJudge
from competition.services.outbox import Written
from competition.web.formats import local

BOTH = ("zh_Hans", "en")
"""Who never chose a language gets both, in this order."""
RULE = "\n\n----------------------------------------\n\n"


def reminder(competition: Competition, of: Round, late: LateJudge) -> Written:
    """Asks a judge for the scorecards that are left."""
    facts: dict[str, Any] = {
        "competition": competition,
        "of": of,
        "late": late,
        "address": _desk(competition),
    }

    def subject() -> str:
        return str(
            _(
                "%(competition)s: %(left)s of %(count)s scorecards left",
                competition=local(competition.name),
                left=late.left,
                count=late.expected,
            )
        )

    languages = (late.language,) if late.language in BOTH else BOTH
    subjects, bodies = [], []
    for language in languages:
        with force_locale(language):
            subjects.append(subject())
            bodies.append(render_template("email/reminder.txt", **facts).strip())
    return Written(" ".join(languages), " / ".join(subjects), RULE.join(bodies) + "\n")


def _desk(competition: Competition) -> str:
    """The whole address of the judge's list, from the configured public one."""
    return f"{setting('public_url').rstrip('/')}/c/{competition.slug}/judging"
