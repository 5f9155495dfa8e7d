"""Reminding judges who have something left: who gets what is shown before anything is written."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from competition.errors import Invalid
from competition.guards import actor, now, session, setting, signed_in, writes
from competition.models import Competition, Round
from competition.policies import Permission
from competition.queries.scorecards import late_judges, progress
from competition.services import scorecards as service
from competition.vocabulary import RoundState
from competition.web.letters import reminder
from competition.web.lookup import round_at
from competition.web.messages import problem_sentence
from competition.web.scorecards.blueprint import blueprint
from competition.web.security import small_number

REMINDERS = "/c/<slug>/rounds/<int:position>/scoring/reminders"


@blueprint.get(REMINDERS)
@signed_in
def reminders(slug: str, position: int) -> ResponseReturnValue:
    return reminders_page(*round_at(slug, position, Permission.REMIND_JUDGES))


def reminders_page(competition: Competition, of: Round, error: str = "") -> str:
    late = late_judges(session(), of=of, now=now())
    return render_template(
        "scorecards/reminders.html",
        competition=competition,
        of=of,
        late=[(item, reminder(competition, of, item)) for item in late],
        has_work=bool(late or progress(session(), of, with_totals=False).expected),
        is_open=of.state is RoundState.JUDGING,
        has_server=bool(setting("smtp_host")),
        error=error,
    )


@blueprint.post(REMINDERS)
@signed_in
@writes
def remind(slug: str, position: int) -> ResponseReturnValue:
    competition, of = round_at(slug, position, Permission.REMIND_JUDGES)
    chosen = set(request.form.getlist("judge", type=small_number))
    try:
        done = service.remind_late_judges(
            session(),
            actor=actor(),
            of=of,
            judge_ids=chosen,
            write=lambda late: reminder(competition, of, late),
            now=now(),
        )
    except Invalid as error:
        return reminders_page(competition, of, problem_sentence(error.problems[0])), 422
    flash(
        ngettext(
            "%(num)s reminder is in the outbox.",
            "%(num)s reminders are in the outbox.",
            done.written,
        ),
        "success",
    )
    if done.already:
        flash(
            ngettext(
                "%(num)s judge had one today already and gets no other.",
                "%(num)s judges had one today already and get no other.",
                done.already,
            )
        )
    return redirect(url_for("record.outbox", slug=slug), 303)
